"""Lists of violations: filter, order, page, totals."""

import re
from datetime import date
from enum import Enum
from typing import Annotated, cast

import strawberry

from domain.codes import CodeTable
from domain.failures import BadRequest
from domain.plates import InvalidPlate, PlateType, parse_plate
from domain.violations import ViolationStatus
from graphql_api.execution import computed, names_below, projected
from models.violation_queries import OrderField
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.ids import check_page_size, parse_cursor, to_cursor
from resolvers.plate import Plate
from resolvers.values import Freshness, Money, PageInfo
from resolvers.violation import Violation
from services.violation_pages import PageRequest, ViolationPage
from services.violation_pages import ViolationFilter as Wanted

MAX_PAGE = 50
CODE = re.compile(r"[0-9A-Z]{1,8}")

describe_enum(
    OrderField,
    name="ViolationOrderField",
    description="What a list of violations is ordered by.",
    texts={
        OrderField.OCCURRED_AT: "When it happened.",
        OrderField.FINE: "The fine; unknown amounts count as the lowest.",
        OrderField.POINTS: "The points; unknown ones count as the lowest.",
    },
)


@strawberry.enum(description="The direction of an order.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("asc", description="Lowest or oldest first.")
    DESC = strawberry.enum_value("desc", description="Highest or newest first.")


@strawberry.input(description="Which violations are wanted. All conditions must hold.")
class ViolationFilter:
    status: list[ViolationStatus] | None = strawberry.field(
        default=None, description="Any of these; all if left out or empty."
    )
    occurred_from: date | None = strawberry.field(
        default=None, description="First legal day in China, included."
    )
    occurred_until: date | None = strawberry.field(
        default=None, description="Last legal day in China, included."
    )
    code: str | None = strawberry.field(default=None, description="Exactly this violation code.")
    plate: str | None = strawberry.field(
        default=None,
        description="Exactly this plate, of any type; typed as people do. BAD_REQUEST if it cannot"
        " be a plate.",
    )
    plate_type: PlateType | None = strawberry.field(
        default=None, description="With `plate`: only of this plate type."
    )


@strawberry.input(description="The order of a list of violations.")
class ViolationOrder:
    field: OrderField = strawberry.field(
        default=OrderField.OCCURRED_AT, description="What to order by."
    )
    direction: OrderDirection = strawberry.field(
        default=OrderDirection.DESC, description="Which way."
    )


@strawberry.type(description="Sums over the whole filter, not only the page.")
class ViolationTotals:
    fine: Money = strawberry.field(description="All known fines.")
    owed_fine: Money = strawberry.field(
        description="The known fines of those still UNHANDLED or DECIDED, without surcharge."
    )
    points: int = strawberry.field(description="All known points.")
    unknown_amounts: int = strawberry.field(
        description="How many violations have a fine or points that the agency still sets; they"
        " are not in the sums."
    )


@strawberry.type(description="One violation in a page.")
class ViolationEdge:
    """Its objects are the violations themselves: they know their place."""

    @computed(description="Its place, good for the order it was made in.")
    def cursor(self: Violation) -> str:
        return to_cursor(self.order, self.row)

    node: Violation = projected("", description="The violation.")


@strawberry.type(description="A page of violations.")
class ViolationConnection:
    page: strawberry.Private[ViolationPage]
    request: strawberry.Private[PageRequest]
    codes: strawberry.Private[CodeTable]
    total_count: int = projected(
        "page.totals.count", description="How many the filter finds in all."
    )

    @computed(description="Sums over the whole filter.")
    def totals(self) -> ViolationTotals:
        totals = self.page.totals
        return ViolationTotals(
            fine=Money.sure(totals.fine),
            owed_fine=Money.sure(totals.owed_fine),
            points=totals.points,
            unknown_amounts=totals.unknown_amounts,
        )

    @computed(description="The page, with cursors.")
    def edges(self) -> list[ViolationEdge]:
        return cast("list[ViolationEdge]", _nodes(self))

    @computed(description="The page, without cursors.")
    def nodes(self) -> list[Violation]:
        return _nodes(self)

    @computed(description="Where the page stands.")
    def page_info(self) -> PageInfo:
        order, rows = self.request.order, self.page.rows
        return PageInfo(
            has_next_page=self.page.has_more,
            has_previous_page=self.request.after is not None,
            start_cursor=to_cursor(order, rows[0]) if rows else None,
            end_cursor=to_cursor(order, rows[-1]) if rows else None,
        )

    freshness: Freshness = projected(
        "page.freshness",
        description="The age of the oldest part of the list. UNAVAILABLE: a part is missing, see"
        " `isComplete`.",
    )
    is_complete: bool = projected(
        "page.complete",
        description="False when a part could not be looked up: the plates in `missing`, or the"
        " decisions that name you as the driver.",
    )

    @computed(
        description="Your plates that could not be looked up: their violations are not in this"
        " list, which does not mean that there are none."
    )
    def missing(self) -> list[Plate]:
        return [Plate.of(plate) for plate in self.page.missing]


def _nodes(connection: ViolationConnection) -> list[Violation]:
    page, order, table = connection.page, connection.request.order, connection.codes
    age, other = page.of_plates.get, page.of_others
    return [Violation(row, age(row.plate_key, other), table, order) for row in page.rows]


Filter = Annotated[
    ViolationFilter | None, strawberry.argument(description="Which violations; all if left out.")
]
Order = Annotated[
    ViolationOrder | None, strawberry.argument(description="Newest first if left out.")
]
First = Annotated[int, strawberry.argument(description="Page size, 0 to 50.")]
After = Annotated[
    str | None,
    strawberry.argument(description="Cursor of the page before, made with the same order."),
]


NEWEST_FIRST = ViolationOrder()
# Fields, wherever beneath a list, for which a card is enough. A test asks for each of them.
ON_A_CARD = frozenset(
    {
        *("totalCount", "totals", "owedFine", "unknownAmounts", "edges", "cursor", "node", "nodes"),
        *("pageInfo", "hasNextPage", "hasPreviousPage", "startCursor", "endCursor"),
        *("freshness", "state", "fetchedAt", "isComplete", "missing"),
        *("id", "code", "description", "legalBasis", "occurredAt", "place", "status", "points"),
        *("fine", "surcharge", "fen", "yuan", "decision", "number", "decidedAt"),
        *("plate", "plateType", "display"),
    }
)
NO_FILTER = Wanted()


def page_request(
    info: Info,
    filter: ViolationFilter | None,
    order_by: ViolationOrder | None,
    first: int,
    after: str | None,
) -> PageRequest:
    """
    The arguments of a list as the service takes them, and how much of each violation is wanted.

    :raises BadRequest: if the page size, the cursor or the plate make no sense
    """
    order = order_by or NEWEST_FIRST
    return PageRequest(
        filter=_wanted(filter) if filter is not None else NO_FILTER,
        order=order.field,
        descending=order.direction is OrderDirection.DESC,
        first=check_page_size(first, MAX_PAGE),
        after=parse_cursor(order.field, after) if after is not None else None,
        of_cards=names_below(info) <= ON_A_CARD,
    )


def _wanted(filter: ViolationFilter) -> Wanted:
    return Wanted(
        statuses=tuple(filter.status or ()),
        from_day=filter.occurred_from,
        to_day=filter.occurred_until,
        code=_code(filter.code) if filter.code is not None else None,
        plate_keys=_plate_keys(filter.plate, filter.plate_type) if filter.plate is not None else (),
    )


def _code(text: str) -> str:
    code = text.strip().upper()
    if not CODE.fullmatch(code):
        raise BadRequest("bad_code")
    return code


def _plate_keys(text: str, plate_type: PlateType | None) -> tuple[str, ...]:
    """The keys a plate can have: of its type, or of every type under which it could exist."""
    keys, reason = [], None
    for candidate in [plate_type] if plate_type is not None else list(PlateType):
        try:
            keys.append(parse_plate(text, candidate).key)
        except InvalidPlate as invalid:
            reason = reason or invalid
    if not keys and reason is not None:
        raise BadRequest(f"plate_{reason.problem.value}", part=reason.part)
    return tuple(keys)


def connection(page: ViolationPage, request: PageRequest, info: Info) -> ViolationConnection:
    """A page of the service as a Relay connection."""
    return ViolationConnection(page=page, request=request, codes=info.context.services.codes)
