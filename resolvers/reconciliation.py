"""Reconciliation: its days, and the suspense account."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from domain import money
from domain.discrepancies import DiscrepancyKind, DiscrepancyState, ReconciliationState
from resolvers.channel import Channel
from resolvers.context import Info
from resolvers.described import describe_enum
from resolvers.values import Money
from services import reconciliation_views
from services.reconciliation_views import HeldDay

describe_enum(
    ReconciliationState,
    name="ReconciliationState",
    description="How it stands with a day of a channel.",
    texts={
        ReconciliationState.WAITING: "The bill is not there yet, or nobody has looked.",
        ReconciliationState.REFUSED: "The bill cannot be trusted as a whole; nothing of it counts.",
        ReconciliationState.DONE: "Every line was compared.",
    },
)


@strawberry.type(description="How many discrepancies of one kind are in one state.")
class DiscrepancyCount:
    kind: DiscrepancyKind = strawberry.field(description="What differs.")
    state: DiscrepancyState = strawberry.field(description="What became of them.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="One day of a channel, reconciled or still to be (对账日).")
class ReconciliationDay:
    channel: Channel = strawberry.field(description="Whose bill.")
    day: date = strawberry.field(description="The day of the bill (China).")
    state: ReconciliationState = strawberry.field(description="How it stands.")
    doubt: str | None = strawberry.field(
        description="Why a file was refused, which line and where; null without doubt."
    )
    payments: int = strawberry.field(description="Lines of payments in the bill.")
    refunds: int = strawberry.field(description="Lines of refunds in the bill.")
    paid: Money = strawberry.field(description="What the bill says came in.")
    refunded: Money = strawberry.field(description="What the bill says went back.")
    fees: Money = strawberry.field(
        description="What the channel kept, less what it gave back with refunds: may be below zero."
    )
    decisions: int = strawberry.field(description="Decisions settled that day, in our books.")
    confirmed: int = strawberry.field(description="How many of them the register has as paid.")
    not_asked: int = strawberry.field(
        description="How many of them the register was not asked about."
    )
    done_at: datetime | None = strawberry.field(
        description="When every line had been compared; null until then."
    )
    counts: list[DiscrepancyCount] = strawberry.field(
        description="Its discrepancies by kind and state; those of which there are any."
    )

    @classmethod
    def of(cls, held: HeldDay) -> "ReconciliationDay":
        """A day as the service found it."""
        return cls(
            channel=held.channel,
            day=held.day,
            state=held.state,
            doubt=held.doubt,
            payments=held.payments,
            refunds=held.refunds,
            paid=Money.sure(money.Money(held.paid_fen)),
            refunded=Money.sure(money.Money(held.refunded_fen)),
            fees=Money.sure(money.Money(held.fees_fen)),
            decisions=held.decisions,
            confirmed=held.confirmed,
            not_asked=held.not_asked,
            done_at=held.done_at,
            counts=[
                DiscrepancyCount(kind=one.kind, state=one.state, count=one.count)
                for one in held.counts
            ],
        )


@strawberry.type(description="Money that is in the books and settles nothing (暂收款).")
class Suspense:
    balance: Money = strawberry.field(
        description="Of the ledger's account: above zero for money that came."
    )
    explained: Money = strawberry.field(description="What open discrepancies have in it.")
    difference: Money = strawberry.field(
        description="Balance less explained. Other than 0: somebody has to look for it."
    )

    @classmethod
    def of(cls, found: reconciliation_views.Suspense) -> "Suspense":
        """The account as the service found it."""
        return cls(
            balance=Money.sure(money.Money(found.balance)),
            explained=Money.sure(money.Money(found.explained)),
            difference=Money.sure(money.Money(found.difference)),
        )


@strawberry.type
class ReconciliationFields:
    @strawberry.field(
        description="Days of the reconciliation, by day and channel; at most 31 days at once."
    )
    async def reconciliation_days(
        self,
        info: Info,
        day_from: Annotated[date, strawberry.argument(description="First day, included.")],
        day_until: Annotated[date, strawberry.argument(description="Last day, included.")],
        channel: Annotated[
            Channel | None, strawberry.argument(description="Of one channel; all if left out.")
        ] = None,
    ) -> list[ReconciliationDay]:
        views = info.context.services.reconciliation_views
        found = await views.days(info.context.principal, channel, day_from, day_until)
        return [ReconciliationDay.of(one) for one in found]

    @strawberry.field(description="The suspense account, and what explains it.")
    async def suspense(self, info: Info) -> Suspense:
        found = await info.context.services.reconciliation_views.suspense(info.context.principal)
        return Suspense.of(found)
