"""Violations of a citizen: of their vehicles, and the decisions that name them as the driver."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, and_, literal, or_, select

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.freshness import UNKNOWN, AgePolicy, Freshness, worst
from domain.money import NOTHING, Money
from domain.plates import Plate
from domain.principals import Principal
from domain.times import Clock, start_of
from domain.violations import CaptureKind, Violation, ViolationStatus
from models.database import Database
from models.mirror import Violation as ViolationTable
from models.vault import Vault
from models.violation_queries import (
    EVERYTHING,
    OF_PLATE,
    OrderField,
    PageShape,
    Position,
    violations_page,
)
from models.violation_rows import violation_of
from services.access import require_identity
from services.garage import Garage, HeldVehicle
from services.mirror import Mirror
from services.questions import about_violations

ROWS = ViolationTable.__table__.c


@dataclass(frozen=True, slots=True)
class ViolationFilter:
    """Which violations are wanted. Days are legal days in China, both included."""

    statuses: tuple[ViolationStatus, ...] = ()
    from_day: date | None = None
    to_day: date | None = None
    code: str | None = None
    plate_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageRequest:
    """One page of a list: filter, order, and where it begins."""

    filter: ViolationFilter = ViolationFilter()
    order: OrderField = OrderField.OCCURRED_AT
    descending: bool = True
    first: int = 20
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class SeenViolation:
    """A violation, how fresh it is, and its place in the order of the list it is part of."""

    violation: Violation
    freshness: Freshness
    position: Position


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the whole filter, not only the page. Unknown amounts are counted, not added."""

    count: int = 0
    fine: Money = NOTHING
    owed_fine: Money = NOTHING
    points: int = 0
    unknown_amounts: int = 0


@dataclass(frozen=True, slots=True)
class ViolationPage:
    """
    A page with the totals; `missing` are the plates that could not be looked up at all.

    Not `complete` either when the decisions against the person could not be.
    """

    rows: Sequence[SeenViolation]
    has_more: bool
    totals: Totals
    freshness: Freshness
    missing: Sequence[Plate]
    complete: bool


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
                _page(rows, request, lambda _, f=freshness: f, freshness)
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
        by_plate = {v.plate.key: lists[v.plate] for v in usable}

        def freshness_of(row: RowMapping) -> Freshness:
            return by_plate.get(row["plate_key"], of_decisions)

        missing = [v.plate for v in garage.vehicles if v not in usable]
        page = _page(rows, request, freshness_of, worst(ages))
        return replace(page, missing=missing, complete=not missing and of_decisions.usable)

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
        self, principal: Principal, garage: Garage, violation_ids: Sequence[UUID]
    ) -> dict[UUID, SeenViolation | UpstreamUnavailable]:
        """
        Violations by id, of those the citizen may see; one statement while they are fresh.

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
        states = dict(lists.get(row["plate_key"], decisions) for row in rows)
        now = self.clock()
        known = {q: self.ages.judge(state.fetched_at, now) for q, state in states.items()}
        verdicts = await self.mirror.ensure(states)
        if verdicts != known:
            rows = await self._rows(wanted)
        found: dict[UUID, SeenViolation | UpstreamUnavailable] = {}
        for row in rows:
            question, state = lists.get(row["plate_key"], decisions)
            freshness = verdicts.get(question) or self.ages.judge(state.fetched_at, now)
            found[row["id"]] = _seen(row, freshness)
        return found

    async def _rows(self, wanted: Select[Any]) -> Sequence[RowMapping]:
        async with self.db.read() as connection:
            rows: Sequence[RowMapping] = (await connection.execute(wanted)).mappings().all()
        return rows

    async def _page(
        self, vehicles: Sequence[HeldVehicle], request: PageRequest, *, driver: bytes | None
    ) -> dict[str, list[RowMapping]]:
        wanted = request.filter
        shape = PageShape(
            order=request.order,
            descending=request.descending,
            by_plate=driver is None,
            has_cursor=request.after is not None,
            has_status=bool(wanted.statuses),
            has_from=wanted.from_day is not None,
            has_to=wanted.to_day is not None,
            has_code=wanted.code is not None,
            has_plate=bool(wanted.plate_keys),
        )
        values = _values(vehicles, request) | ({"driver_digest": driver} if driver else {})
        async with self.db.read() as connection:
            rows = (await connection.execute(violations_page(shape), values)).mappings().all()
        groups: dict[str, list[RowMapping]] = {}
        for row in rows:
            groups.setdefault(row["grp"], []).append(row)
        return groups


def _values(vehicles: Sequence[HeldVehicle], request: PageRequest) -> dict[str, Any]:
    wanted, values = request.filter, dict[str, Any]()
    values["plate_keys"] = [vehicle.plate.key for vehicle in vehicles]
    values["since"] = [vehicle.shown_since for vehicle in vehicles]
    values["page_size"] = request.first + 1
    if request.after is not None:
        values |= {"after_value": request.after.value, "after_id": request.after.id}
    if wanted.statuses:
        values["statuses"] = [status.value for status in wanted.statuses]
    if wanted.from_day is not None:
        values["from_instant"] = start_of(wanted.from_day)
    if wanted.to_day is not None:
        values["to_instant"] = _end_of(wanted.to_day)
    if wanted.code is not None:
        values["code"] = wanted.code
    if wanted.plate_keys:
        values["wanted_keys"] = list(wanted.plate_keys)
    return values


def _seen(row: RowMapping, freshness: Freshness) -> SeenViolation | UpstreamUnavailable:
    if not freshness.usable:
        return UpstreamUnavailable(UpstreamReason.UNREACHABLE)
    return SeenViolation(violation_of(row), freshness, Position(row["occurred_at"], row["id"]))


def _end_of(day: date) -> datetime:
    return start_of(day) + timedelta(days=1)


def _page(
    rows: Sequence[RowMapping],
    request: PageRequest,
    freshness_of: Any,
    freshness: Freshness,
) -> ViolationPage:
    listed = [row for row in rows if row["id"] is not None]
    seen = [
        SeenViolation(violation_of(row), freshness_of(row), Position(row["order_value"], row["id"]))
        for row in listed[: request.first]
    ]
    totals = Totals()
    if rows:
        totals = Totals(
            count=rows[0]["total_count"],
            fine=Money(int(rows[0]["total_fine_fen"])),
            owed_fine=Money(int(rows[0]["owed_fine_fen"])),
            points=int(rows[0]["total_points"]),
            unknown_amounts=rows[0]["unknown_amounts"],
        )
    more = len(listed) > request.first
    return ViolationPage(seen, more, totals, freshness, missing=(), complete=True)


def has_pictures(violation: Violation) -> bool:
    """Only a camera record has pictures, and only with its number can they be asked for."""
    return violation.capture is CaptureKind.CAMERA and violation.record_number is not None
