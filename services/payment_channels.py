"""What every payment channel can do for us."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from domain.bills import BillLine
from domain.payments import ChannelNotice, ClientAction, Order, Trade
from domain.refunds import Refund, RefundOrder
from gateways.bills import RawBill


class PaymentChannel(Protocol):
    """
    One way to pay. Every call says what it means when it fails.

    NotDone: nothing happened, the same may be sent again. Any other UpstreamUnavailable of `begin`
    or `close`: unknown what happened, so `ask`.
    """

    async def begin(self, order: Order) -> str:
        """
        Open a trade for the payer; the channel's handle on it. The same order again is no harm.

        :raises PaymentRefused: it will never be one
        """
        ...

    def client_action(self, handle: str) -> ClientAction:
        """What the mini-program calls with the handle of `begin`."""
        ...

    async def ask(self, number: str) -> Trade:
        """How it stands with our number. :raises UpstreamUnavailable: if nobody says"""
        ...

    async def close(self, number: str) -> None:
        """
        End a trade that nobody has paid; again is no harm, nor is one that never was.

        :raises CloseRefused: it is paid, or about to be
        """
        ...

    async def receive(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        """
        Verify a notice by the very bytes that came; a key that is new is fetched first.

        :raises NotGenuine: nobody vouches for it
        :raises BadNotice: it is genuine, but nothing we can apply
        """
        ...


class RefundChannel(Protocol):
    """One way to give money back. A number that was used is never used for anything else."""

    async def refund(self, order: RefundOrder) -> Refund:
        """
        Give money back; the same order again is no harm, and gives nothing twice.

        :raises RefundRefused: this call has done nothing
        :raises NotDone: it was not even looked at; the same may be sent again
        :raises UpstreamUnavailable: unknown: ask, or send the very same again
        """
        ...

    async def ask(self, number: str, refund_number: str) -> Refund:
        """How it stands with a refund. :raises UpstreamUnavailable: if nobody says"""
        ...


@dataclass(frozen=True, slots=True)
class RefundTerms:
    """
    What a channel asks of those who refund.

    :ivar gap: between two requests about one payment
    :ivar ask_after: a request, before it is asked what became of it
    :ivar most: refunds of one payment
    :ivar window: after the payment, in which it can be refunded
    """

    gap: timedelta
    ask_after: timedelta
    most: int
    window: timedelta


class BillSource(Protocol):
    """Where a channel's daily bills come from."""

    async def fetch(self, day: date) -> RawBill:
        """
        The bill of a legal day; whoever has it closes its file.

        :raises BillNotReady: ask later
        :raises NoBill: nothing was moved that day
        :raises UpstreamUnavailable: it did not come
        """
        ...

    def read(self, bill: RawBill) -> Iterator[BillLine]:
        """
        Its lines; none of them counts before the last has come without an error. It blocks.

        :raises BadBill: the file cannot be trusted as a whole
        """
        ...
