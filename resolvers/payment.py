"""Payments: how it stands with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from domain import receipts
from domain.failures import UpstreamUnavailable
from domain.payments import PaymentStatus
from models.payment import ItemState
from resolvers.channel import Channel
from resolvers.client_action import ClientAction, client_action
from resolvers.context import Context, Info
from resolvers.decision import PenaltyDecision
from resolvers.described import describe_enum
from resolvers.ids import key_of, to_id
from resolvers.node import Node
from resolvers.pages import page_of
from resolvers.receipt import Receipt
from resolvers.values import Money, PageInfo
from services.payments.views import HeldItem, HeldPayment

MAX_PAGE = 50

describe_enum(
    PaymentStatus,
    name="PaymentStatus",
    description="How it stands with a payment.",
    texts={
        PaymentStatus.CREATED: "Begun here, the channel has not answered yet. Ask again.",
        PaymentStatus.AWAITING: "Open: `clientAction` says how to pay.",
        PaymentStatus.UNKNOWN: "The channel does not answer, so nobody can tell. It is asked until"
        " it does; do not pay elsewhere meanwhile.",
        PaymentStatus.PAID: "Paid, and certain: by a signed notice or by asking the channel.",
        PaymentStatus.FAILED: "The channel refused to begin it. Nothing was charged.",
        PaymentStatus.CANCELLED: "Given up before anybody paid.",
        PaymentStatus.EXPIRED: "Nobody paid in time.",
        PaymentStatus.REFUNDING: "A refund is under way.",
        PaymentStatus.REFUNDED: "The money went back.",
    },
)
describe_enum(
    ItemState,
    name="PaymentLineStatus",
    description="What a payment did for one decision.",
    texts={
        ItemState.LIVE: "Nothing yet: the payment has not ended.",
        ItemState.PAID: "It paid the fine.",
        ItemState.SURPLUS: "The money came, but the decision is annulled, or was paid otherwise, or"
        " the payment was over: it is yours and goes back.",
        ItemState.REFUNDED: "It was paid, and all of it went back: the fine is not paid by it.",
        ItemState.RELEASED: "The payment ended without money: the fine can be paid by another.",
    },
)


@strawberry.type(description="What a payment pays for one decision, frozen when it was begun.")
class PaymentLine:
    decision_number: str = strawberry.field(
        description="Number of the decision, with its check character where it is known."
    )
    principal: Money = strawberry.field(description="The fine.")
    surcharge: Money = strawberry.field(description="加处罚款 as of the day it was begun.")
    status: ItemState = strawberry.field(description="What the payment did for it.")
    registered_at: datetime | None = strawberry.field(
        description="When the police register was told that it is paid; null until then. That may"
        " take a while: the payment counts all the same."
    )

    @classmethod
    def of(cls, item: HeldItem) -> "PaymentLine":
        """One item of a payment."""
        return cls(
            decision_number=item.decision_number + (item.check_character or ""),
            principal=Money.sure(item.principal),
            surcharge=Money.sure(item.surcharge),
            status=item.state,
            registered_at=item.told_at,
        )


@strawberry.type(description="One attempt to pay decided fines through one channel (缴款).")
class Payment(Node):
    held: strawberry.Private[HeldPayment]
    number: str = strawberry.field(
        description="Our number, 22 characters; it stands on the receipt and in the channel's bill."
    )
    channel: Channel = strawberry.field(description="Through whom.")
    status: PaymentStatus = strawberry.field(description="How it stands.")
    amount: Money = strawberry.field(description="What is charged: it never changes.")
    lines: list[PaymentLine] = strawberry.field(description="The decisions it pays for.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    expires_at: datetime = strawberry.field(description="After this nobody can pay it.")
    paid_at: datetime | None = strawberry.field(
        description="When the money moved, by the channel's clock. On a payment that had ended"
        " before: the money came too late and goes back."
    )

    @strawberry.field(
        description="How to pay now; null when there is nothing to pay, or not yet (CREATED)."
    )
    def client_action(self, info: Info) -> ClientAction | None:
        return client_action(info.context.services.payments.client_action(self.held))

    @strawberry.field(
        description="The decisions it pays for, those that you can still see: a vehicle may have"
        " been sold since. Null with UPSTREAM_UNAVAILABLE when they cannot be looked up."
    )
    async def decisions(self, info: Info) -> list[PenaltyDecision] | None:
        return await info.context.batch(decisions_of_payments, self.held, None)

    @strawberry.field(
        description="The proof that it was paid; null unless the money came in time (PAID, and"
        " after refunds)."
    )
    async def receipt(self, info: Info) -> Receipt | None:
        held = await info.context.batch(receipts_of_payments, self.held, None)
        return Receipt.of(held, info) if held is not None else None

    @classmethod
    def of(cls, held: HeldPayment) -> "Payment":
        """A payment as the service found it."""
        return cls(
            id=to_id("Payment", held.id),
            held=held,
            number=held.number,
            channel=held.channel,
            status=held.status,
            amount=Money.sure(held.amount),
            lines=[PaymentLine.of(item) for item in held.items],
            created_at=held.created_at,
            expires_at=held.expires_at,
            paid_at=held.paid_at,
        )


async def decisions_of_payments(
    context: Context, payments: Sequence[HeldPayment], _: None
) -> Sequence[list[PenaltyDecision] | UpstreamUnavailable]:
    """The batched look-up: the acts behind all payments of a level in one statement."""
    wanted = [item.violation_id for one in payments for item in one.items]
    garage = await context.garage()
    found = await context.services.violations.find(context.principal, garage, wanted)
    answers: list[list[PenaltyDecision] | UpstreamUnavailable] = []
    for one in payments:
        acts = [found[item.violation_id] for item in one.items if item.violation_id in found]
        silent = next((act for act in acts if isinstance(act, UpstreamUnavailable)), None)
        decisions = [
            PenaltyDecision.of(act) for act in acts if not isinstance(act, UpstreamUnavailable)
        ]
        answers.append(silent or [decision for decision in decisions if decision is not None])
    return answers


async def receipts_of_payments(
    context: Context, payments: Sequence[HeldPayment], _: None
) -> Sequence[receipts.Receipt | None]:
    """The batched look-up: one statement for all payments of a level."""
    found = await context.services.receipts.of_payments([one.id for one in payments])
    return [found.get(one.id) for one in payments]


@strawberry.type(description="One payment in a page.")
class PaymentEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Payment = strawberry.field(description="The payment.")


@strawberry.type(description="A page of payments, the newest first.")
class PaymentConnection:
    total_count: int = strawberry.field(description="How many payments you began; at most 500.")
    edges: list[PaymentEdge] = strawberry.field(description="The page, with cursors.")
    nodes: list[Payment] = strawberry.field(description="The page, without cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")


def payment_connection(
    held: Sequence[HeldPayment], first: int, after: str | None
) -> PaymentConnection:
    """
    A page of a citizen's payments.

    :raises BadRequest: if the page size or the cursor make no sense
    """
    page = page_of(held, first, after, MAX_PAGE)
    nodes = [Payment.of(one) for one in page.items]
    return PaymentConnection(
        total_count=len(held),
        edges=[PaymentEdge(cursor=c, node=n) for c, n in zip(page.cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page.info,
    )


@strawberry.type
class PaymentQueries:
    @strawberry.field(
        description="One of your payments; null if there is no such one. After paying, ask every"
        " second or two until `status` is no longer AWAITING."
    )
    async def payment(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Id of a payment.")],
    ) -> Payment | None:
        return await find_payment(info, id)


async def find_payment(info: Info, text: str) -> Payment | None:
    """
    A payment of the citizen who asks.

    :raises BadRequest: if the text is no id of a payment
    """
    key = key_of("Payment", text)
    held = await info.context.services.payments.find(info.context.principal, key)
    return Payment.of(held) if held is not None else None
