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

    `amount`, `reference` (the channel's own number) and `refunded_at` (its clock) are there if the
    channel told them; of one that SUCCEEDED the amount always is.
    """

    number: str
    refund_number: str
    state: RefundState
    amount: Money | None = None
    reference: str | None = None
    refunded_at: datetime | None = None


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
