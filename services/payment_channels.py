"""What every payment channel can do for us."""

from collections.abc import Mapping
from typing import Protocol

from domain.payments import ChannelNotice, ClientAction, Order, Trade


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
