"""The vehicles of a citizen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, update

from domain.freshness import UNKNOWN, Freshness
from domain.letters import Letter, VehicleUse, vehicle_letters, vehicle_use
from domain.plates import Plate
from domain.principals import Principal
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import Clock, start_of
from models.binding import VehicleBinding
from models.database import Database
from models.garage_queries import GARAGE
from models.vault import Vault
from models.violation_rows import plate_of_key
from services.access import require_citizen, require_identity
from services.mirror import Mirror
from services.questions import EntryState, Question, about_decisions, about_vehicle

LONG_AGO = datetime(1990, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class HeldVehicle:
    """A bound vehicle with the last known state of its record."""

    id: UUID
    plate: Plate
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
    list_state: EntryState

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


@dataclass(frozen=True, slots=True)
class Garage:
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

    async def of(self, principal: Principal) -> Garage:
        """
        The vehicles a citizen has bound: one statement, and no upstream call while they are fresh.

        :raises StepUpRequired: when the person has not been verified
        """
        citizen, identity_number = require_identity(principal)
        decisions = about_decisions(self.vault, identity_number)
        rows = await self._rows(citizen.id, identity_number, decisions)
        questions = {
            about_vehicle(plate_of_key(row["plate_key"])): EntryState(
                row["vehicle_fetched_at"], row["vehicle_failed_at"]
            )
            for row in rows
            if row["binding_id"] is not None
        }
        verdicts = await self.mirror.ensure(questions)
        if verdicts.moved:
            rows = await self._rows(citizen.id, identity_number, decisions)
        return Garage(
            [_vehicle(row, verdicts) for row in rows if row["still_theirs"]],
            decisions,
            EntryState(rows[0]["decisions_fetched_at"], rows[0]["decisions_failed_at"]),
        )

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

    async def _rows(
        self, citizen_id: UUID, identity_number: str, decisions: Question
    ) -> Sequence[RowMapping]:
        values: dict[str, Any] = {
            "citizen_id": citizen_id,
            "owner_digest": self.vault.digest(identity_number),
            "decisions_key": decisions.key,
        }
        async with self.db.read() as connection:
            return (await connection.execute(GARAGE, values)).mappings().all()


def _vehicle(row: RowMapping, verdicts: dict[Question, Freshness]) -> HeldVehicle:
    plate = plate_of_key(row["plate_key"])
    freshness = verdicts.get(about_vehicle(plate), UNKNOWN)
    known = freshness.usable
    return HeldVehicle(
        id=row["id"],
        plate=plate,
        make=row["make"] if known else None,
        colour=row["colour"] if known else None,
        type_code=row["type_code"] if known else None,
        use=vehicle_use(row["use_code"]) if known else None,
        statuses=vehicle_letters(row["status_letters"]) if known else (),
        first_registered_on=row["first_registered_on"],
        inspection_valid_until=row["inspection_valid_until"] if known else None,
        insurance_valid_until=row["insurance_valid_until"] if known else None,
        registered=row["vehicle_found"] is not False,
        bound_at=row["bound_at"],
        freshness=freshness,
        list_state=EntryState(row["list_fetched_at"], row["list_failed_at"]),
    )
