"""Refunds: money that goes back."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from domain.refunds import RefundReason, RefundStatus
from resolvers.context import Context
from resolvers.described import describe_enum
from resolvers.values import Money
from services.payments.views import HeldPayment
from services.refunds.views import HeldRefund, HeldRefundLine

describe_enum(
    RefundStatus,
    name="RefundStatus",
    description="How it stands with a refund.",
    texts={
        RefundStatus.CREATED: "Decided; the channel has not taken it on yet.",
        RefundStatus.PROCESSING: "The channel has taken it on. Usually minutes, with a bank card"
        " up to three working days.",
        RefundStatus.UNKNOWN: "The channel does not answer, so nobody can tell. It is asked until"
        " it does.",
        RefundStatus.SUCCEEDED: "The money has gone back to where it came from.",
        RefundStatus.FAILED: "The channel will not do it, and no money moved. If it is yours,"
        " people see to it.",
        RefundStatus.ABNORMAL: "The payer's account takes no money: people see to it.",
    },
)
describe_enum(
    RefundReason,
    name="RefundReason",
    description="Why money is given back.",
    texts={
        RefundReason.PAID_AFTER_END: "It came when the payment was over (the service's own).",
        RefundReason.PAID_TWICE: "The fine had been paid by another payment (the service's own).",
        RefundReason.DECISION_ANNULLED: "The decision was annulled (撤销).",
        RefundReason.PAID_TOO_MUCH: "More was paid than is owed, for example a fine was reduced.",
        RefundReason.PAID_IN_ERROR: "It should not have been paid at all.",
    },
)


@strawberry.type(description="What goes back of one line of a payment.")
class RefundLine:
    decision_number: str = strawberry.field(
        description="Number of the decision, with its check character where it is known."
    )
    principal: Money = strawberry.field(description="Of the fine.")
    surcharge: Money = strawberry.field(description="Of the surcharge (加处罚款).")

    @classmethod
    def of(cls, line: HeldRefundLine) -> "RefundLine":
        """One line of a refund."""
        return cls(
            decision_number=line.decision_number,
            principal=Money.sure(line.principal),
            surcharge=Money.sure(line.surcharge),
        )


@strawberry.type(
    description="Money that goes back to the account it was paid from (退款), through the same"
    " channel."
)
class Refund:
    number: str = strawberry.field(
        description="Our number, 23 characters; it stands in the channel's bill."
    )
    status: RefundStatus = strawberry.field(description="How it stands.")
    reason: RefundReason = strawberry.field(description="Why.")
    amount: Money = strawberry.field(description="How much: it never changes.")
    lines: list[RefundLine] = strawberry.field(description="Of which decisions it was paid for.")
    created_at: datetime = strawberry.field(description="When it was decided.")
    refunded_at: datetime | None = strawberry.field(
        description="When the money went back, by the channel's clock; null until it has."
    )

    @classmethod
    def of(cls, held: HeldRefund) -> "Refund":
        """A refund as the service found it."""
        return cls(
            number=held.number,
            status=held.status,
            reason=held.reason,
            amount=Money.sure(held.amount),
            lines=[RefundLine.of(line) for line in held.lines],
            created_at=held.created_at,
            refunded_at=held.refunded_at,
        )


async def refunds_of_payments(
    context: Context, payments: Sequence[HeldPayment]
) -> Sequence[list[HeldRefund]]:
    """Two statements for all payments of a level, however many fields ask."""
    # Only what was paid can have any.
    paid = tuple(one.id for one in payments if one.paid_at is not None)
    if not paid:
        return [[] for _ in payments]
    found = await context.once(
        ("refunds", paid), lambda: context.services.refunds.of_payments(paid)
    )
    return [found.get(one.id, []) for one in payments]
