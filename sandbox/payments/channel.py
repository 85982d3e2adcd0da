"""What the cashier and the control endpoints need of a channel."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from sandbox.payments.postman import Letter
from sandbox.payments.trouble import Tampering


class NotPayable(Exception):
    """The trade has been paid, or is over."""


class BillState(Enum):
    PAYABLE = "payable"
    PAID = "paid"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Bill:
    """What the cashier shows a payer."""

    out_trade_no: str
    subject: str
    fen: int
    merchant: str
    state: BillState


class PaymentTrades(Protocol):
    """
    The trades of a channel. Every method raises LookupError for a trade there is not.

    A trade past its expiry is over, whether anybody has looked at it since or not.
    """

    def bill(self, handle: str) -> Bill:
        """The bill by what the mini-program pays with: a trade_no, a prepay_id."""
        ...

    def pay(self, out_trade_no: str) -> None:
        """
        Move the money and post the notice.

        :raises NotPayable: nothing has moved
        """
        ...

    def decline(self, out_trade_no: str) -> None:
        """
        The payer goes away; the trade stays as it is.

        :raises NotPayable: there is nothing to decline
        """
        ...

    def letter(self, out_trade_no: str, tampering: Tampering) -> Letter:
        """The notice of how the trade stands now."""
        ...
