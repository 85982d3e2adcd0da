"""The vehicles of a citizen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import update

from domain.freshness import UNKNOWN, Freshness
from domain.letters import Letter, VehicleUse, vehicle_letters, vehicle_use
from domain.plates import Plate
from domain.principals import Principal
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import Clock, start_of
from models.binding import VehicleBinding
from models.database import Database
from models.garage_queries import HOLDINGS, HoldingRow
from models.vault import Vault
from models.violation_rows import plate_of_key
from services.access import require_citizen, require_identity
from services.holdings import Holdings
from services.mirror import Mirror
from services.questions import EntryState, Question

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


class HeldVehicle(NamedTuple):
    """A bound vehicle with the last known state of its record."""

    id: UUID
    plate: Plate
    plate_key: str
    make: str | None
    colour: str | None
    type_code: str | None
    use: VehicleUse | None
    statuses: Sequence[Letter]
    first_registered_on: date | None
    inspection_valid_until: date | None
    insurance_valid_until: date | None
    registered: bool
    bound_at: datetime
    freshness: Freshness
    about_list: tuple[Question, EntryState]

    @property
    def shown_since(self) -> datetime:
        """
        The instant before which violations of the plate are not this vehicle's.

        A plate can be given to another vehicle (police-upstream §4, quirk 9). A registration after
        the binding is a mistake of the register: it must not hide anything.
        """
        if self.first_registered_on is None:
            return LONG_AGO
        registered_at = start_of(self.first_registered_on)
        return registered_at if registered_at <= self.bound_at else LONG_AGO


class Garage(NamedTuple):
    """A citizen's vehicles, and what the mirror knows of the decisions against the citizen."""

    vehicles: Sequence[HeldVehicle]
    decisions: Question
    decisions_state: EntryState


@dataclass(frozen=True, slots=True)
class GarageService:
    """Lists and removes a citizen's vehicles. Binding one is `services.binding`."""

    db: Database
    vault: Vault
    mirror: Mirror
    clock: Clock

    async def holdings(self, principal: Principal) -> Holdings:
        """
        What is known of the citizen's vehicles and licence: one statement, no upstream call.

        :raises StepUpRequired: when the person has not been verified
        """
        citizen, identity_number = require_identity(principal)
        holdings = Holdings(
            citizen.id, identity_number, self.vault.digest_of_person(identity_number)
        )
        holdings.rows = await self._rows(holdings)
        return holdings

    def begin(
        self,
        holdings: Holdings,
        *,
        lists: slice | None = None,
        decisions: bool = False,
        licence: bool = False,
    ) -> None:
        """
        Start asking the register what is due and will be needed, all at the same time.

        `lists`: those of which vehicles, of the ones now shown. Nothing is waited for, and what is
        asked here is not asked again by whoever is given these holdings.
        """
        wanted = [holdings.about_list(row) for row in holdings.shown[lists]] if lists else []
        wanted += [holdings.about_decisions()] if decisions else []
        wanted += [holdings.about_licence()] if licence else []
        holdings.asked |= self.mirror.begin(dict(wanted))

    def known(self, holdings: Holdings) -> Garage | None:
        """The vehicles, if nobody has to be asked about them."""
        questions = holdings.about_vehicles()
        ages = self.mirror.known(questions.values())
        if ages is None:
            return None
        keys = (question.key for question in questions)
        return _garage(holdings, dict(zip(keys, ages, strict=True)))

    async def of(self, principal: Principal, holdings: Holdings | None = None) -> Garage:
        """
        The vehicles a citizen has bound: one statement, none with their holdings at hand, and no
        upstream call while they are fresh.

        :raises StepUpRequired: when the person has not been verified
        """
        if holdings is None:
            holdings = await self.holdings(principal)
        verdicts = await self.mirror.ensure(holdings.about_vehicles())
        if verdicts.moved:
            holdings.rows = await self._rows(holdings)
        return _garage(holdings, {question.key: age for question, age in verdicts.items()})

    async def unbind(self, principal: Principal, vehicle_id: UUID) -> None:
        """
        Take a vehicle out of the citizen's list. Its records stay in the mirror.

        :raises Refused: NOT_FOUND when the citizen holds no such vehicle
        """
        citizen = require_citizen(principal)
        ended = (
            update(VehicleBinding)
            .where(
                VehicleBinding.citizen_id == citizen.id,
                VehicleBinding.vehicle_id == vehicle_id,
                VehicleBinding.unbound_at.is_(None),
            )
            .values(unbound_at=self.clock())
            .returning(VehicleBinding.id)
        )
        async with self.db.begin() as connection:
            if (await connection.execute(ended)).first() is None:
                raise Refused(Refusal(RefusalCode.NOT_FOUND))

    async def _rows(self, holdings: Holdings) -> list[HoldingRow]:
        values = {
            "citizen_id": holdings.citizen_id,
            "person_digest": holdings.digest,
            "person_key": holdings.key,
        }
        return await self.db.rows(HOLDINGS, values)


def _garage(holdings: Holdings, ages: Mapping[str, Freshness]) -> Garage:
    """The vehicles, with the age of each plate's record."""
    return Garage(
        [_vehicle(row, ages.get(row.plate_key, UNKNOWN), holdings) for row in holdings.shown],
        *holdings.about_decisions(),
    )


def _vehicle(row: HoldingRow, freshness: Freshness, holdings: Holdings) -> HeldVehicle:
    known = freshness.usable
    return HeldVehicle(
        id=row.vehicle_id,
        plate=plate_of_key(row.plate_key),
        plate_key=row.plate_key,
        make=row.make if known else None,
        colour=row.colour if known else None,
        type_code=row.type_code if known else None,
        use=vehicle_use(row.use_code) if known else None,
        statuses=vehicle_letters(row.status_letters) if known else (),
        first_registered_on=row.first_registered_on,
        inspection_valid_until=row.inspection_valid_until if known else None,
        insurance_valid_until=row.insurance_valid_until if known else None,
        registered=row.vehicle_found is not False,
        bound_at=row.bound_at,
        freshness=freshness,
        about_list=holdings.about_list(row),
    )
