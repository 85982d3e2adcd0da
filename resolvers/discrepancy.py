"""Discrepancies: where a bill, the books and the register do not say the same."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from domain import money
from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from models.time_pages import Moment
from resolvers.channel import Channel
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.ids import to_id
from resolvers.time_pages import After, Direction, First, cursors_of, page_info, wanted_page
from resolvers.values import Money, PageInfo
from resolvers.violation_list import OrderDirection
from services.reconciliation_views import DiscrepancyFilter as Wanted
from services.reconciliation_views import HeldDiscrepancy

describe_enum(
    DiscrepancyKind,
    name="DiscrepancyKind",
    description="What differs.",
    texts={
        DiscrepancyKind.UNKNOWN_PAYMENT: "The channel was paid under a number that is not ours.",
        DiscrepancyKind.NOT_SETTLED: "The channel was paid; here the payment is not settled.",
        DiscrepancyKind.PAYMENT_MISSING: "Settled here, and not in the bill.",
        DiscrepancyKind.AMOUNT_DIFFERS: "Another amount in the bill than here.",
        DiscrepancyKind.MERCHANT_DIFFERS: "Another currency, or another merchant's line.",
        DiscrepancyKind.UNKNOWN_REFUND: "The channel gave money back that nobody here asked for.",
        DiscrepancyKind.REFUND_MISSING: "Given back here, and not in the bill.",
        DiscrepancyKind.DUPLICATE_LINE: "The same payment or refund stands in bills twice.",
        DiscrepancyKind.PAID_TWICE: "One fine, paid by two payments.",
        DiscrepancyKind.FEE_DIFFERS: "The channel kept another fee than was agreed on.",
        DiscrepancyKind.DAY_BOUNDARY: "It stands in the bill of the day before or after.",
        DiscrepancyKind.REGISTER_UNPAID: "Paid here; the register still has it as unpaid.",
        DiscrepancyKind.REGISTER_PAID_ELSEWHERE: "Paid elsewhere, says the register, while a"
        " payment here is open or settled.",
        DiscrepancyKind.SURPLUS_HELD: "Money that settles nothing and could not be given back.",
    },
)
describe_enum(
    DiscrepancyState,
    name="DiscrepancyState",
    description="What became of a discrepancy.",
    texts={
        DiscrepancyState.OPEN: "People have to see to it: there is a task of its number.",
        DiscrepancyState.WAITING: "The next bill, or an answer, decides; nobody has to do anything"
        " yet.",
        DiscrepancyState.HEALED: "It was put right without anybody.",
        DiscrepancyState.RESOLVED: "People have seen to it.",
    },
)


@strawberry.input(description="Which discrepancies are wanted. All conditions must hold.")
class DiscrepancyFilter:
    day_from: date | None = strawberry.field(
        default=None, description="First day of the bills (China), included."
    )
    day_until: date | None = strawberry.field(
        default=None, description="Last day of the bills (China), included."
    )
    channel: Channel | None = strawberry.field(
        default=None, description="Of this channel; of all if left out."
    )
    kinds: list[DiscrepancyKind] | None = strawberry.field(
        default=None, description="Any of these; all if left out or empty."
    )
    states: list[DiscrepancyState] | None = strawberry.field(
        default=None, description="Any of these; all if left out or empty."
    )


@strawberry.type(description="Something that does not agree (差异).")
class Discrepancy:
    id: strawberry.ID = strawberry.field(description="Opaque and stable.")
    number: str = strawberry.field(
        description="Our number of it: `subject` of its task, and its reference in the books."
    )
    channel: Channel = strawberry.field(description="Whose bill it is about.")
    day: date = strawberry.field(description="Day of the bill (China).")
    kind: DiscrepancyKind = strawberry.field(description="What differs.")
    subject: str = strawberry.field(
        description="Number of a payment, of one of its lines (number-line), or of a refund, as we"
        " or, for what is not ours, the bill has it."
    )
    place: int | None = strawberry.field(
        description="Line of the bill, from 1; null where it has none."
    )
    ours: Money | None = strawberry.field(description="The amount here; null without one.")
    theirs: Money | None = strawberry.field(
        description="The amount of the other side; null without one."
    )
    suspense: Money = strawberry.field(
        description="What it has in suspense now: above zero for money that came and is not"
        " explained, below for money that should have come."
    )
    state: DiscrepancyState = strawberry.field(description="What became of it.")
    found_at: datetime = strawberry.field(description="When it was found.")
    ended_at: datetime | None = strawberry.field(
        description="When it was healed or resolved; null until then."
    )

    @classmethod
    def of(cls, held: HeldDiscrepancy) -> "Discrepancy":
        """A discrepancy as the service found it."""
        return cls(
            id=to_id("Discrepancy", held.id),
            number=held.number,
            channel=held.channel,
            day=held.day,
            kind=held.kind,
            subject=held.subject,
            place=held.place or None,
            ours=_amount(held.ours_fen),
            theirs=_amount(held.theirs_fen),
            suspense=Money.sure(money.Money(held.suspense_fen)),
            state=held.state,
            found_at=held.found_at,
            ended_at=held.ended_at,
        )


def _amount(fen: int | None) -> Money | None:
    return None if fen is None else Money.sure(money.Money(fen))


@strawberry.type(description="One discrepancy in a page.")
class DiscrepancyEdge:
    cursor: str = strawberry.field(description="Its place, good for the direction it was made in.")
    node: Discrepancy = strawberry.field(description="The discrepancy.")


@strawberry.type(description="A page of discrepancies.")
class DiscrepancyConnection:
    total_count: int = strawberry.field(description="How many the filter finds in all.")
    edges: list[DiscrepancyEdge] = strawberry.field(description="The page, with cursors.")
    nodes: list[Discrepancy] = strawberry.field(description="The page, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


@strawberry.type
class DiscrepancyFields:
    @strawberry.field(description="What did not agree, in the order it was found.")
    async def discrepancies(
        self,
        info: Info,
        filter: Annotated[
            DiscrepancyFilter | None, strawberry.argument(description="Which; all if left out.")
        ] = None,
        direction: Direction = OrderDirection.ASC,
        first: First = 20,
        after: After = None,
    ) -> DiscrepancyConnection:
        page = wanted_page("discrepancies", direction, first, after)
        wanted = _wanted(filter) if filter is not None else Wanted()
        views = info.context.services.reconciliation_views
        found = await views.discrepancies(info.context.principal, wanted, page)
        places = [Moment(one.found_at, one.id) for one in found.items]
        cursors = cursors_of("discrepancies", direction, places)
        nodes = [Discrepancy.of(one) for one in found.items]
        return DiscrepancyConnection(
            total_count=found.total,
            edges=[
                DiscrepancyEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=page_info(cursors, page, has_more=found.has_more),
        )


def _wanted(filter: DiscrepancyFilter) -> Wanted:
    return Wanted(
        first_day=filter.day_from,
        last_day=filter.day_until,
        channel=filter.channel,
        kinds=tuple(filter.kinds or ()),
        states=tuple(filter.states or ()),
    )
