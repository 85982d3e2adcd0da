"""Refunds: giving money back through the channel it came by, and what the channel says of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Money


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """
    What a channel is asked to give back. Sent again it is the same to the last character.

    :ivar number: of the payment (wire: out_trade_no)
    :ivar refund_number: ours, new for every refund, 6 to 32 letters and digits; unique for ever
    :ivar total: what was paid, all of it
    :ivar reason: what the payer reads, 1 to 80 characters without , ` and line breaks
    """

    number: str
    refund_number: str
    amount: Money
    total: Money
    reason: str


class RefundState(StrEnum):
    """What a channel says about a refund number of ours."""

    # It has never heard of it; or has not yet, or it failed (Alipay does not tell these apart).
    ABSENT = "absent"
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    # It will never be one. The money is still there: another number may try again.
    CLOSED = "closed"
    # The payer's account takes no money: people have to see to it.
    ABNORMAL = "abnormal"


@dataclass(frozen=True, slots=True)
class Refund:
    """
    A channel's word on a refund number of ours.

    `amount`, `reference` (the channel's own number), `refunded_at` and `accepted_at` (its clock)
    are there if the channel told them; of one that SUCCEEDED the amount always is.
    """

    number: str
    refund_number: str
    state: RefundState
    amount: Money | None = None
    reference: str | None = None
    refunded_at: datetime | None = None
    accepted_at: datetime | None = None


class RefundStatus(StrEnum):
    """How it stands with a refund of ours; UNKNOWN is not failed: the channel is asked."""

    # Decided here; the channel has not taken it on yet.
    CREATED = "created"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    SUCCEEDED = "succeeded"
    # It never will be one: nothing moved.
    FAILED = "failed"
    # The payer's account takes no money: people see to it at the channel.
    ABNORMAL = "abnormal"


# Nobody knows yet how these end: no other refund of the payment may begin.
UNDER_WAY = frozenset({RefundStatus.CREATED, RefundStatus.PROCESSING, RefundStatus.UNKNOWN})
# Money may still go back by these.
NOT_ENDED = UNDER_WAY | {RefundStatus.ABNORMAL}


class RefundReason(StrEnum):
    """Why money is given back."""

    PAID_AFTER_END = "paid_after_end"
    PAID_TWICE = "paid_twice"
    DECISION_ANNULLED = "decision_annulled"
    PAID_TOO_MUCH = "paid_too_much"
    PAID_IN_ERROR = "paid_in_error"


# What the payer reads at the channel.
PAYER_TEXTS = {
    RefundReason.PAID_AFTER_END: "交通违法罚款退款：付款超时",
    RefundReason.PAID_TWICE: "交通违法罚款退款：重复缴款",
    RefundReason.DECISION_ANNULLED: "交通违法罚款退款：处罚决定已撤销",
    RefundReason.PAID_TOO_MUCH: "交通违法罚款退款：多缴",
    RefundReason.PAID_IN_ERROR: "交通违法罚款退款：误缴",
}


class RefundProblem(StrEnum):
    """Why a channel refused a refund."""

    # More than is left of the payment.
    BEYOND_REMAINDER = "beyond_remainder"
    # The payment is not one that can be refunded: too old, finished, frozen, never paid.
    NOT_REFUNDABLE = "not_refundable"
    # The merchant's account has not enough: the same number again once it has.
    BALANCE = "balance"
    # The number was used with another amount: ask about it.
    NUMBER_USED = "number_used"
    # Our side: rights or settings of the merchant's account; or the payer's account is gone.
    MERCHANT = "merchant"


class RefundRefused(Exception):
    """The channel definitely refused: nothing was done by this call. `code` is its own."""

    def __init__(self, problem: RefundProblem, code: str) -> None:
        super().__init__(f"{problem} {code}")
        self.problem = problem
        self.code = code
