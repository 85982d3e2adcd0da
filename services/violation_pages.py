"""A page of violations: what is asked for, how a statement is told of it, what comes back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.freshness import Freshness
from domain.money import NOTHING, Money
from domain.plates import Plate
from domain.times import start_of
from domain.violations import Violation, ViolationStatus
from models.reading import array_of
from models.violation_queries import OrderField, PageShape, Position
from models.violation_rows import ViolationRow, violation_of_row
from services.garage import HeldVehicle


class ViolationFilter(NamedTuple):
    """Which violations are wanted. Days are legal days in China, both included."""

    statuses: tuple[ViolationStatus, ...] = ()
    from_day: date | None = None
    to_day: date | None = None
    code: str | None = None
    plate_keys: tuple[str, ...] = ()


class PageRequest(NamedTuple):
    """One page of a list: filter, order, and where it begins."""

    filter: ViolationFilter = ViolationFilter()
    order: OrderField = OrderField.OCCURRED_AT
    descending: bool = True
    first: int = 20
    after: Position | None = None
    # Whether the columns of a `ViolationCard` are all that is going to be looked at.
    of_cards: bool = False


class SeenViolation:
    """
    A violation as it was read, and how fresh it is.

    Most of it is shown straight from its `row`; `violation` is for those who judge it.
    """

    __slots__ = ("_violation", "freshness", "row")

    def __init__(self, row: ViolationRow, freshness: Freshness) -> None:
        self.row = row
        self.freshness = freshness
        self._violation: Violation | None = None

    @property
    def violation(self) -> Violation:
        """The whole value, made when it is first asked for."""
        if self._violation is None:
            self._violation = violation_of_row(self.row)
        return self._violation


@dataclass(slots=True)
class Totals:
    """Sums over the whole filter, not only the page. Unknown amounts are counted, not added."""

    count: int = 0
    fine: Money = NOTHING
    owed_fine: Money = NOTHING
    points: int = 0
    unknown_amounts: int = 0


NO_TOTALS = Totals()
NO_PLATES: Mapping[str | None, Freshness] = {}


class ViolationPage(NamedTuple):
    """
    A page with the totals; `missing` are the plates that could not be looked up at all.

    Not `complete` either when the decisions against the person could not be. A row is as fresh as
    its plate's list in `of_plates`, or else as `of_others`.
    """

    rows: Sequence[ViolationRow]
    has_more: bool
    totals: Totals
    freshness: Freshness
    of_plates: Mapping[str | None, Freshness]
    of_others: Freshness
    missing: Sequence[Plate] = ()
    complete: bool = True


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
        is_card=request.of_cards,
    )


def values_of(vehicles: Sequence[HeldVehicle], request: PageRequest) -> dict[str, Any]:
    """The values the statement of a page is run with."""
    wanted, values = request.filter, watched(vehicles)
    values["page_size"] = request.first + 1
    if request.after is not None:
        values |= {"after_value": request.after.value, "after_id": request.after.id}
    if wanted.statuses:
        values["statuses"] = array_of([status.value for status in wanted.statuses])
    if wanted.from_day is not None:
        values["from_instant"] = start_of(wanted.from_day)
    if wanted.to_day is not None:
        values["to_instant"] = start_of(wanted.to_day) + timedelta(days=1)
    if wanted.code is not None:
        values["code"] = wanted.code
    if wanted.plate_keys:
        values["wanted_keys"] = array_of(wanted.plate_keys)
    return values


def watched(vehicles: Sequence[HeldVehicle]) -> dict[str, Any]:
    """The plates of vehicles, and since when what happened to each is theirs."""
    return {
        "plate_keys": array_of([vehicle.plate_key for vehicle in vehicles]),
        "since": array_of([vehicle.shown_since.isoformat() for vehicle in vehicles]),
    }


def page_of(
    rows: Sequence[ViolationRow],
    request: PageRequest,
    freshness: Freshness,
    of_plates: Mapping[str | None, Freshness] = NO_PLATES,
) -> ViolationPage:
    """
    The rows of a statement as a complete page, the totals first.

    A row of a plate that is not in `of_plates` is as fresh as the whole.
    """
    if not rows:
        return ViolationPage((), False, NO_TOTALS, freshness, of_plates, freshness)
    count, fine, owed_fine, points, unknown = rows[0].totals or (0, 0, 0, 0, 0)
    totals = Totals(count, Money(fine), Money(owed_fine), points, unknown)
    more = len(rows) - 1 > request.first
    listed = rows[1 : 1 + request.first]
    return ViolationPage(listed, more, totals, freshness, of_plates, freshness)
