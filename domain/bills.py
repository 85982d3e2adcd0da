"""A channel's bill of one day: its own list of what it moved for us."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Money


class BillLineKind(StrEnum):
    """What a line of a bill is about."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class BillLine:
    """
    One line of a bill. Amounts are positive, whatever the channel's file does.

    :ivar place: the line's number in the file, from 1
    :ivar number: ours, of the payment
    :ivar reference: the channel's, of the payment
    :ivar refund_number: ours, of a refund
    :ivar fee: what the channel keeps; of a refund, what it gives back of it
    :ivar at: by the channel's clock
    :ivar merchant: whose money it is, in the channel's words; None where the file does not say
    """

    place: int
    kind: BillLineKind
    number: str
    reference: str
    refund_number: str | None
    amount: Money
    fee: Money
    at: datetime
    currency: str
    merchant: str | None


@dataclass(frozen=True, slots=True)
class BillTotals:
    """What the file itself says its lines come to."""

    payments: int
    refunds: int
    paid: Money
    refunded: Money


class BillNotReady(Exception):
    """The channel has not made the bill yet: ask later in the day."""


class NoBill(Exception):
    """The channel says that nothing was moved that day."""


class BadBill(Exception):
    """
    A file that cannot be trusted as a whole: cut, re-encoded, or its totals are not its lines'.

    The text says which and where, and holds nothing personal.
    """
