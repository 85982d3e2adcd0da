"""Violations of a citizen: of their vehicles, and the decisions that name them as the driver."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, literal, or_, select

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.freshness import UNKNOWN, AgePolicy, Freshness, worst
from domain.plates import Plate
from domain.principals import Principal
from domain.times import Clock
from domain.violations import CaptureKind, Violation
from models.database import Database
from models.mirror import Violation as ViolationTable
from models.vault import Vault
from models.violation_queries import (
    EVERYTHING,
    OF_PLATE,
    Position,
    violations_page,
)
from models.violation_rows import violation_of
from services.access import require_identity
from services.garage import Garage, HeldVehicle
from services.mirror import Mirror
from services.questions import EntryState, Question, about_violations
from services.violation_pages import (
    PageRequest,
    SeenViolation,
    ViolationPage,
    page_of,
    shape_of,
    values_of,
)

ROWS = ViolationTable.__table__.c


@dataclass(frozen=True, slots=True)
class ViolationService:
    """Looks up violations through the mirror."""

    db: Database
    vault: Vault
    mirror: Mirror
    ages: AgePolicy
    clock: Clock

    async def of_vehicles(
        self, vehicles: Sequence[HeldVehicle], request: PageRequest
    ) -> list[ViolationPage | UpstreamUnavailable]:
        """
        One page for each vehicle: one statement in all, and no upstream call while fresh.

        A vehicle whose violations cannot be looked up gets the failure, never an empty page.
        """
        verdicts = await self._lists(vehicles)
        # One vehicle may be asked about in several places of a query.
        usable = {v.plate: v for v in vehicles if verdicts[v.plate].usable}
        groups = await self._page([*usable.values()], request, driver=None) if usable else {}
        answers: list[ViolationPage | UpstreamUnavailable] = []
        for vehicle in vehicles:
            freshness = verdicts[vehicle.plate]
            rows = groups.get(vehicle.plate.key, [])
            answers.append(
                page_of(rows, request, freshness, {})
                if freshness.usable
                else UpstreamUnavailable(UpstreamReason.UNREACHABLE)
            )
        return answers

    async def of_citizen(
        self, principal: Principal, garage: Garage, request: PageRequest
    ) -> ViolationPage:
        """
        All violations of the citizen's vehicles and all decisions against the citizen, in one list.

        What could not be looked up is named in `missing`.

        :raises UpstreamUnavailable: when nothing could be looked up at all
        """
        _, identity_number = require_identity(principal)
        lists, decisions = await asyncio.gather(
            self._lists(garage.vehicles),
            self.mirror.ensure({garage.decisions: garage.decisions_state}),
        )
        of_decisions = decisions[garage.decisions]
        ages = [*lists.values(), of_decisions]
        if not any(age.usable for age in ages):
            raise UpstreamUnavailable(UpstreamReason.UNREACHABLE)
        usable = [v for v in garage.vehicles if lists[v.plate].usable]
        driver = self.vault.digest(identity_number)
        rows = (await self._page(usable, request, driver=driver)).get(EVERYTHING, [])
        page = page_of(rows, request, of_decisions, {v.plate.key: lists[v.plate] for v in usable})
        missing = [v.plate for v in garage.vehicles if v not in usable]
        return replace(
            page,
            freshness=worst(ages),
            missing=missing,
            complete=not missing and of_decisions.usable,
        )

    async def _lists(self, vehicles: Sequence[HeldVehicle]) -> dict[Plate, Freshness]:
        """How fresh the list of each plate is; unknown once the owner cannot be confirmed."""
        verdicts = await self.mirror.ensure(
            {about_violations(vehicle.plate): vehicle.list_state for vehicle in vehicles}
        )
        return {
            v.plate: verdicts[about_violations(v.plate)] if v.freshness.usable else UNKNOWN
            for v in vehicles
        }

    async def find(
        self,
        principal: Principal,
        garage: Garage,
        violation_ids: Sequence[UUID],
        *,
        anew: bool = False,
    ) -> dict[UUID, SeenViolation | UpstreamUnavailable]:
        """
        Violations by id, of those the citizen may see; one statement while they are fresh.

        `anew`: the register is asked first, however fresh they are: something is about to be done.

        Others are left out. What can no longer be shown is the failure, never old news.
        """
        _, identity_number = require_identity(principal)
        mine = [
            and_(OF_PLATE, ROWS.plate_key == v.plate.key, ROWS.occurred_at >= v.shown_since)
            for v in garage.vehicles
        ]
        wanted = select(ViolationTable.__table__).where(
            ROWS.id.in_(violation_ids),
            or_(ROWS.driver_digest == self.vault.digest(identity_number), *mine, literal(False)),
        )
        rows = await self._rows(wanted)
        lists = {v.plate.key: (about_violations(v.plate), v.list_state) for v in garage.vehicles}
        decisions = (garage.decisions, garage.decisions_state)

        def source_of(row: RowMapping) -> tuple[Question, EntryState]:
            # What was decided on the scene is in no camera's list.
            is_camera = row["capture"] is CaptureKind.CAMERA
            return lists.get(row["plate_key"], decisions) if is_camera else decisions

        states = dict(map(source_of, rows))
        verdicts = await self.mirror.ensure(states, anew=anew)
        if verdicts.moved:
            rows = await self._rows(wanted)
        found: dict[UUID, SeenViolation | UpstreamUnavailable] = {}
        for row in rows:
            question, state = source_of(row)
            freshness = verdicts.get(question) or self.ages.judge(state.fetched_at, self.clock())
            found[row["id"]] = _seen(row, freshness)
        return found

    async def _rows(self, wanted: Select[Any]) -> Sequence[RowMapping]:
        async with self.db.read() as connection:
            rows: Sequence[RowMapping] = (await connection.execute(wanted)).mappings().all()
        return rows

    async def _page(
        self, vehicles: Sequence[HeldVehicle], request: PageRequest, *, driver: bytes | None
    ) -> dict[str, list[RowMapping]]:
        shape = shape_of(request, by_plate=driver is None)
        values = values_of(vehicles, request) | ({"driver_digest": driver} if driver else {})
        async with self.db.read() as connection:
            rows = (await connection.execute(violations_page(shape), values)).mappings().all()
        groups: dict[str, list[RowMapping]] = {}
        for row in rows:
            groups.setdefault(row["grp"], []).append(row)
        return groups


def _seen(row: RowMapping, freshness: Freshness) -> SeenViolation | UpstreamUnavailable:
    if not freshness.usable:
        return UpstreamUnavailable(UpstreamReason.UNREACHABLE)
    return SeenViolation(violation_of(row), freshness, Position(row["occurred_at"], row["id"]))


def has_pictures(violation: Violation) -> bool:
    """Only a camera record has pictures, and only with its number can they be asked for."""
    return violation.capture is CaptureKind.CAMERA and violation.record_number is not None
