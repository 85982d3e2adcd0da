"""Payments: how it stands with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import strawberry

from domain import money
from domain.failures import UpstreamUnavailable
from domain.refunds import RefundStatus
from graphql_api.execution import Batch, batched
from resolvers.channel import Channel
from resolvers.client_action import ClientAction, client_action
from resolvers.context import Context, Info
from resolvers.decision import PenaltyDecision
from resolvers.ids import key_of, to_id
from resolvers.node import Node
from resolvers.pages import page_of
from resolvers.payment_words import ItemState, PaymentStatus
from resolvers.receipt import Receipt
from resolvers.refund import Refund, refunds_of_payments
from resolvers.values import Money, PageInfo
from services.payments.views import HeldItem, HeldPayment
from services.refunds.views import HeldRefund

MAX_PAGE = 50


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

    @batched(
        description="The decisions it pays for, those that you can still see: a vehicle may have"
        " been sold since. Null with UPSTREAM_UNAVAILABLE when they cannot be looked up."
    )
    @staticmethod
    async def decisions(
        payments: Sequence["Payment"], info: Info
    ) -> Batch[list[PenaltyDecision] | None]:
        return await _decisions(info.context, [one.held for one in payments])

    @batched(
        description="The proof that it was paid; null unless the money came in time (PAID, and"
        " after refunds)."
    )
    @staticmethod
    async def receipt(payments: Sequence["Payment"], info: Info) -> Batch[Receipt | None]:
        keys = [one.held.id for one in payments]
        held = await info.context.services.receipts.of_payments(keys)
        return [Receipt.of(held[key], info) if key in held else None for key in keys]

    @batched(
        description="What goes back of it, the oldest first. Money that settled nothing (SURPLUS)"
        " goes back by itself."
    )
    @staticmethod
    async def refunds(payments: Sequence["Payment"], info: Info) -> Batch[list[Refund]]:
        held = await refunds_of_payments(info.context, [one.held for one in payments])
        return [[Refund.of(one) for one in each] for each in held]

    @batched(description="What has gone back of it until now.")
    @staticmethod
    async def refunded(payments: Sequence["Payment"], info: Info) -> Batch[Money]:
        held = await refunds_of_payments(info.context, [one.held for one in payments])
        return [_refunded(each) for each in held]

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


def _refunded(held: Sequence[HeldRefund]) -> Money:
    done = (one for one in held if one.status is RefundStatus.SUCCEEDED)
    return Money.sure(money.Money(sum(one.amount.fen for one in done)))


async def _decisions(
    context: Context, payments: Sequence[HeldPayment]
) -> Sequence[list[PenaltyDecision] | Exception]:
    """The acts behind all payments of a level in one statement."""
    wanted = [item.violation_id for one in payments for item in one.items]
    garage = await context.garage()
    found = await context.services.violations.find(context.principal, garage, wanted)
    answers: list[list[PenaltyDecision] | Exception] = []
    for one in payments:
        acts = [found[item.violation_id] for item in one.items if item.violation_id in found]
        silent = next((act for act in acts if isinstance(act, UpstreamUnavailable)), None)
        decisions = [
            PenaltyDecision.of(act) for act in acts if not isinstance(act, UpstreamUnavailable)
        ]
        answers.append(silent or [decision for decision in decisions if decision is not None])
    return answers


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
