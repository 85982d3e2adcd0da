"""The payments of a mini-program in Alipay: begin one, ask for it, close it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from domain.money import Money
from domain.payments import (
    AlipayTradePay,
    ChannelNotice,
    ClientAction,
    CloseRefused,
    Order,
    Trade,
    TradeState,
)
from gateways.alipay.client import AlipayClient
from gateways.alipay.notices import open_notice
from gateways.alipay.trade_problems import reason_of, refusal
from gateways.alipay.trade_states import beijing, read_trade, word
from gateways.alipay.verdicts import AlipayRefused, broken, turned_away
from gateways.platform_ids import is_opaque

CREATE = "alipay.trade.create"
QUERY = "alipay.trade.query"
CLOSE = "alipay.trade.close"

R = TypeVar("R")
LEAST = Money(1)
NUMBER = re.compile(r"[0-9A-Za-z]{6,32}")
SUBJECT = re.compile(r"[^,`\x00-\x1f\x7f]{1,127}")
# Accounts of old are named by numbers, which have a field of their own.
USER_ID = re.compile(r"2088\d{12}", re.ASCII)

NOT_CLOSABLE = frozenset(
    {"REASON_TRADE_STATUS_INVALID", "TRADE_STATUS_ERROR", "REASON_ILLEGAL_STATUS"}
)


@dataclass(frozen=True, slots=True)
class AlipayTrades:
    """
    Payment through Alipay: a `services.payment_channels.PaymentChannel`.

    :ivar notify_url: where Alipay posts its notices; they are then read by `open_notice`
    :ivar seller_id: the account that is paid, so that only its notices count; any if None
    """

    client: AlipayClient
    notify_url: str
    seller_id: str | None

    async def begin(self, order: Order) -> str:
        """
        Open a trade; its trade_no. The same order again leads to the same trade.

        :raises PaymentRefused: definitely refused, nothing was done
        :raises NotDone: it was not even looked at; the same may be sent again
        :raises UpstreamUnavailable: unknown: ask
        """
        _check(order)
        try:
            node = await self.client.call(
                CREATE, biz_content=self._content(order), notify_url=self.notify_url
            )
        except AlipayRefused as refused:
            raise refusal(refused) from None
        return _understood(node, order.number, lambda node: word(node, "trade_no"))

    def client_action(self, handle: str) -> ClientAction:
        return AlipayTradePay(trade_no=handle)

    async def ask(self, number: str) -> Trade:
        """How it stands with our number. :raises UpstreamUnavailable: if nobody says"""
        try:
            node = await self.client.call(QUERY, biz_content={"out_trade_no": number})
        except AlipayRefused as refused:
            if reason_of(refused) == "TRADE_NOT_EXIST":
                return Trade(number, TradeState.ABSENT)
            raise turned_away(QUERY, refused) from None
        return _understood(node, number, lambda node: read_trade(node, "send_pay_date"))

    async def close(self, number: str) -> None:
        """
        End a trade that nobody has paid.

        :raises CloseRefused: it is paid, or about to be
        :raises UpstreamUnavailable: unknown: ask
        """
        try:
            await self.client.call(CLOSE, biz_content={"out_trade_no": number})
        except AlipayRefused as refused:
            if reason_of(refused) == "TRADE_NOT_EXIST":
                return
            if reason_of(refused) not in NOT_CLOSABLE:
                raise turned_away(CLOSE, refused) from None
        else:
            return
        # One that is closed cannot be closed either, and Alipay does not tell it from a paid one.
        if (await self.ask(number)).state is not TradeState.CLOSED:
            raise CloseRefused

    async def receive(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        """Do as `open_notice` does: Alipay's key is the one we were given."""
        return self.open_notice(headers, body)

    def open_notice(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        """
        Verify a notice by the very bytes that came; Alipay puts nothing into headers.

        :raises NotGenuine: nobody vouches for it
        :raises BadNotice: it is genuine, but nothing we can apply
        """
        return open_notice(body, self.client.wire, self.seller_id)

    def _content(self, order: Order) -> dict[str, str]:
        payer = "buyer_id" if USER_ID.fullmatch(order.payer) else "buyer_open_id"
        return {
            "out_trade_no": order.number,
            "total_amount": order.amount.yuan,
            "subject": order.subject,
            "product_code": "JSAPI_PAY",
            "op_app_id": self.client.wire.app_id,
            payer: order.payer,
            "time_expire": beijing(order.expires_at),
        }


def _check(order: Order) -> None:
    if not NUMBER.fullmatch(order.number):
        raise ValueError("a number is 6 to 32 letters and digits")
    if not SUBJECT.fullmatch(order.subject):
        raise ValueError("a subject is 1 to 127 characters, without , ` and line breaks")
    if order.amount < LEAST:
        raise ValueError("an amount is at least 1 fen")
    if not is_opaque(order.payer):
        raise ValueError("no payer")


def _understood(node: Mapping[str, Any], number: str, read: Callable[[Mapping[str, Any]], R]) -> R:
    """What an answer says about our number and no other."""
    try:
        if word(node, "out_trade_no") == number:
            return read(node)
        detail = "another out_trade_no"
    except ValueError as error:
        detail = str(error)
    raise broken(detail)
