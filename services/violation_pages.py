"""A page of violations: what is asked for, how a statement is told of it, what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping

from domain.freshness import Freshness
from domain.money import NOTHING, Money
from domain.plates import Plate
from domain.times import start_of
from domain.violations import Violation, ViolationStatus
from models.violation_queries import OrderField, PageShape, Position
from models.violation_rows import violation_of
from services.garage import HeldVehicle


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


def shape_of(request: PageRequest, *, by_plate: bool) -> PageShape:
    """Which statement a page needs."""
    wanted = request.filter
    return PageShape(
        order=request.order,
        descending=request.descending,
        by_plate=by_plate,
        has_cursor=request.after is not None,
        has_status=bool(wanted.statuses),
        has_from=wanted.from_day is not None,
        has_to=wanted.to_day is not None,
        has_code=wanted.code is not None,
        has_plate=bool(wanted.plate_keys),
    )


def values_of(vehicles: Sequence[HeldVehicle], request: PageRequest) -> dict[str, Any]:
    """The values the statement of a page is run with."""
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
        values["to_instant"] = start_of(wanted.to_day) + timedelta(days=1)
    if wanted.code is not None:
        values["code"] = wanted.code
    if wanted.plate_keys:
        values["wanted_keys"] = list(wanted.plate_keys)
    return values


def page_of(
    rows: Sequence[RowMapping],
    request: PageRequest,
    freshness: Freshness,
    by_plate: Mapping[str, Freshness],
) -> ViolationPage:
    """
    The rows of a statement as a complete page; the totals stand on every row.

    A row of a plate that is not in `by_plate` is as fresh as the whole.
    """
    listed = [row for row in rows if row["id"] is not None]
    seen = [
        SeenViolation(
            violation_of(row),
            by_plate.get(row["plate_key"], freshness),
            Position(row["order_value"], row["id"]),
        )
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
