"""The driving licence of a citizen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from uuid import UUID

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.freshness import Freshness
from domain.law.scoring import ScoringCycle, cycle_on
from domain.letters import Letter, licence_classes, licence_is_valid, licence_letters
from domain.names import parse_name
from domain.principals import Citizen, Principal
from domain.times import Clock, legal_day
from models.database import Database
from models.garage_queries import LICENCE, HoldingRow, LicenceRow
from models.vault import Vault
from services.access import require_identity
from services.holdings import Holdings
from services.mirror import Mirror
from services.questions import EntryState, about_licence

Row = HoldingRow | LicenceRow


@dataclass(slots=True)
class HeldLicence:
    """
    A driving licence as last known on a legal day. `points` are those of the running cycle.

    Whether the names match is found out when somebody asks: the holder's is sealed.
    """

    id: UUID
    masked_number: str
    masked_file_number: str | None
    classes: tuple[tuple[str, str], ...]
    statuses: tuple[Letter, ...]
    valid: bool
    first_licensed_on: date | None
    valid_from: date | None
    valid_until: date | None
    points: int | None
    next_reset_on: date | None
    issuing_authority: str | None
    freshness: Freshness
    today: date
    compare_names: Callable[[], bool | None] = field(repr=False, compare=False)

    @property
    def name_matches(self) -> bool | None:
        """Whether the register knows the holder by the name they were verified by."""
        return self.compare_names()

    @property
    def cycle(self) -> ScoringCycle | None:
        """The scoring cycle that is running; None while the day of first licensing is unknown."""
        first = self.first_licensed_on
        return None if first is None or first > self.today else cycle_on(first, self.today)


@dataclass(frozen=True, slots=True)
class LicenceService:
    """Looks a licence up through the mirror."""

    db: Database
    vault: Vault
    mirror: Mirror
    clock: Clock

    def age(self, holdings: Holdings) -> Freshness | None:
        """How fresh the licence is; None if the register has to be asked."""
        ages = self.mirror.known([holdings.about_licence()[1]])
        return ages[0] if ages is not None else None

    def shown(self, principal: Principal, holdings: Holdings, age: Freshness) -> HeldLicence | None:
        """
        The licence as it is in the holdings, of this age. See `of`.

        :raises StepUpRequired: when the person has not been verified
        :raises UpstreamUnavailable: when it is too old to be shown
        """
        citizen, _ = require_identity(principal)
        return self._held(citizen, holdings.rows[0], holdings.digest, age)

    async def of(
        self, principal: Principal, holdings: Holdings | None = None, *, anew: bool = False
    ) -> HeldLicence | None:
        """
        The citizen's licence, or None when the register knows of none.

        With their holdings at hand no statement is needed while it is fresh. `anew`: the register
        is asked first, however fresh it is: something is about to be done.

        :raises StepUpRequired: when the person has not been verified
        :raises UpstreamUnavailable: when it cannot be looked up: never shown as "no licence"
        """
        citizen, identity_number = require_identity(principal)
        row: Row
        if holdings is None:
            digest = self.vault.digest_of_person(identity_number)
            question, row = about_licence(self.vault, identity_number), await self._row(digest)
            state = EntryState(row.licence_fetched_at, row.licence_failed_at)
        else:
            digest, row = holdings.digest, holdings.rows[0]
            question, state = holdings.about_licence()
        verdicts = await self.mirror.ensure({question: state}, anew=anew)
        freshness = verdicts[question]
        if verdicts.moved:
            row = await self._row(digest)
        return self._held(citizen, row, digest, freshness)

    def _held(
        self, citizen: Citizen, row: Row, digest: bytes, freshness: Freshness
    ) -> HeldLicence | None:
        if not freshness.usable:
            raise UpstreamUnavailable(UpstreamReason.UNREACHABLE)
        if not row.licence_found:
            return None
        names = partial(self._is_named, row.licence_sealed, digest, citizen.name)
        return _licence(row, freshness, legal_day(self.clock()), names)

    def _is_named(self, sealed: bytes, digest: bytes, name: str | None) -> bool | None:
        on_record = self.vault.open(sealed, belongs_to=digest.hex()).get("name")
        if name is None or on_record is None:
            return None
        return parse_name(name) == parse_name(on_record)

    async def _row(self, digest: bytes) -> LicenceRow:
        [row] = await self.db.rows(LICENCE, {"person_digest": digest, "person_key": digest.hex()})
        return row


def _licence(
    row: Row, freshness: Freshness, today: date, compare_names: Callable[[], bool | None]
) -> HeldLicence:
    letters, until = row.licence_letters, row.valid_until
    return HeldLicence(
        id=row.licence_id,
        masked_number=row.masked_number,
        masked_file_number=row.masked_file_number,
        classes=licence_classes(row.licence_classes),
        statuses=licence_letters(letters),
        valid=licence_is_valid(letters) and (until is None or today <= until),
        first_licensed_on=row.first_licensed_on,
        valid_from=row.valid_from,
        valid_until=until,
        points=row.points,
        next_reset_on=row.next_reset_on,
        issuing_authority=row.licence_authority,
        freshness=freshness,
        today=today,
        compare_names=compare_names,
    )
