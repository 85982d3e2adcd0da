"""The driving licence of a citizen."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, and_, bindparam, select

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.freshness import Freshness
from domain.law.scoring import ScoringCycle, cycle_on
from domain.letters import Letter, licence_classes, licence_is_valid, licence_letters
from domain.names import parse_name
from domain.principals import Principal
from domain.times import Clock, legal_day
from models.database import Database
from models.mirror import Licence, MirrorEntry, Subject
from models.vault import Vault
from services.access import require_identity
from services.mirror import Mirror
from services.questions import EntryState, about_licence

LICENCE = (
    select(MirrorEntry.found, MirrorEntry.fetched_at, MirrorEntry.failed_at, *Licence.__table__.c)
    .join_from(
        MirrorEntry,
        Licence,
        Licence.identity_digest == bindparam("digest"),
        isouter=True,
    )
    .where(and_(MirrorEntry.subject == Subject.LICENCE, MirrorEntry.key == bindparam("key")))
)


@dataclass(frozen=True, slots=True)
class HeldLicence:
    """A driving licence as last known. `points` are those of the running scoring cycle."""

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
    cycle: ScoringCycle | None
    issuing_authority: str | None
    name_matches: bool | None
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class LicenceService:
    """Looks a licence up through the mirror."""

    db: Database
    vault: Vault
    mirror: Mirror
    clock: Clock

    async def of(self, principal: Principal, *, anew: bool = False) -> HeldLicence | None:
        """
        The citizen's licence, or None when the register knows of none.

        `anew`: the register is asked first, however fresh it is: something is about to be done.

        :raises StepUpRequired: when the person has not been verified
        :raises UpstreamUnavailable: when it cannot be looked up: never shown as "no licence"
        """
        citizen, identity_number = require_identity(principal)
        question = about_licence(self.vault, identity_number)
        values: dict[str, object] = {
            "key": question.key,
            "digest": self.vault.digest(identity_number),
        }
        row = await self._row(values)
        state = EntryState(row["fetched_at"], row["failed_at"]) if row else EntryState()
        verdicts = await self.mirror.ensure({question: state}, anew=anew)
        freshness = verdicts[question]
        if verdicts.moved:
            row = await self._row(values)
        if row is None or not freshness.usable:
            raise UpstreamUnavailable(UpstreamReason.UNREACHABLE)
        if not row["found"]:
            return None
        matches = self._is_named(row, citizen.name)
        return _licence(row, freshness, legal_day(self.clock()), name_matches=matches)

    def _is_named(self, row: RowMapping, name: str | None) -> bool | None:
        """Whether the register knows the holder by the name they were verified by."""
        secrets = self.vault.open(row["sealed"], belongs_to=row["identity_digest"].hex())
        on_record = secrets.get("name")
        if name is None or on_record is None:
            return None
        return parse_name(name) == parse_name(on_record)

    async def _row(self, values: dict[str, object]) -> RowMapping | None:
        async with self.db.read() as connection:
            return (await connection.execute(LICENCE, values)).mappings().first()


def _licence(
    row: RowMapping, freshness: Freshness, today: date, *, name_matches: bool | None
) -> HeldLicence:
    letters, until = row["status_letters"], row["valid_until"]
    first = row["first_licensed_on"]
    return HeldLicence(
        id=row["id"],
        masked_number=row["masked_number"],
        masked_file_number=row["masked_file_number"],
        classes=licence_classes(row["classes"]),
        statuses=licence_letters(letters),
        valid=licence_is_valid(letters) and (until is None or today <= until),
        first_licensed_on=first,
        valid_from=row["valid_from"],
        valid_until=until,
        points=row["points"],
        next_reset_on=row["next_reset_on"],
        cycle=cycle_on(first, today) if first is not None and first <= today else None,
        issuing_authority=row["issuing_authority"],
        name_matches=name_matches,
        freshness=freshness,
    )
