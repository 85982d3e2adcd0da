"""Refunds through Alipay: give money back, ask what became of it."""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.money import NOTHING, Money
from domain.refunds import Refund, RefundOrder, RefundState
from gateways.alipay.client import AlipayClient
from gateways.alipay.refund_problems import refund_refusal
from gateways.alipay.trade_problems import reason_of
from gateways.alipay.trade_states import amount_of, instant_of, word
from gateways.alipay.verdicts import AlipayRefused, broken, turned_away

REFUND = "alipay.trade.refund"
QUERY = "alipay.trade.fastpay.refund.query"

NUMBER = re.compile(r"[0-9A-Za-z]{6,32}")
REASON = re.compile(r"[^,`\x00-\x1f\x7f]{1,80}")


@dataclass(frozen=True, slots=True)
class AlipayRefunds:
    """Alipay wants 3 seconds between two refunds of a trade, and 10 before one is asked about."""

    client: AlipayClient

    async def refund(self, order: RefundOrder) -> Refund:
        """
        Give money back: SUCCEEDED if the money has moved now, PROCESSING if Alipay does not say so.

        Sent again it moves nothing, and is PROCESSING however it stands: ask.

        :raises RefundRefused: definitely refused, nothing was done by this call
        :raises NotDone: it was not even looked at; the same may be sent again
        :raises UpstreamUnavailable: unknown: ask
        """
        _check(order)
        try:
            node = await self.client.call(REFUND, biz_content=_content(order))
        except AlipayRefused as refused:
            raise refund_refusal(refused) from None
        return _understood(lambda: _moved(node, order))

    async def ask(self, number: str, refund_number: str) -> Refund:
        """
        How it stands with our refund number, of the payment with our number.

        ABSENT is also what it says of one that is being done, or failed.

        :raises UpstreamUnavailable: if nobody says
        """
        names = {"out_trade_no": number, "out_request_no": refund_number}
        try:
            node = await self.client.call(QUERY, biz_content=names)
        except AlipayRefused as refused:
            if reason_of(refused) == "TRADE_NOT_EXIST":
                return Refund(number, refund_number, RefundState.ABSENT)
            raise turned_away(QUERY, refused) from None
        return _understood(lambda: _found(node, number, refund_number))


def _content(order: RefundOrder) -> dict[str, str]:
    return {
        "out_trade_no": order.number,
        "out_request_no": order.refund_number,
        "refund_amount": order.amount.yuan,
        "refund_reason": order.reason,
    }


def _check(order: RefundOrder) -> None:
    if not NUMBER.fullmatch(order.number) or not NUMBER.fullmatch(order.refund_number):
        raise ValueError("a number is 6 to 32 letters and digits")
    if not REASON.fullmatch(order.reason):
        raise ValueError("a reason is 1 to 80 characters, without , ` and line breaks")
    if not NOTHING < order.amount <= order.total:
        raise ValueError("an amount is at least 1 fen and at most the total")


def _moved(node: Mapping[str, Any], order: RefundOrder) -> Refund:
    if word(node, "out_trade_no") != order.number:
        raise ValueError("another out_trade_no")
    if node.get("fund_change") != "Y":
        return Refund(order.number, order.refund_number, RefundState.PROCESSING)
    # All refunds of the trade together, not only this one.
    if not order.amount <= _refunded(node, "refund_fee") <= order.total:
        raise ValueError("another refund_fee")
    return _done(node, order.number, order.refund_number, order.amount)


def _found(node: Mapping[str, Any], number: str, refund_number: str) -> Refund:
    status = node.get("refund_status")
    if not status and not node.get("refund_amount"):
        return Refund(number, refund_number, RefundState.ABSENT)
    # Old answers have no status, and an amount only if it was given back.
    if status and status != "REFUND_SUCCESS":
        raise ValueError("unknown refund_status")
    if word(node, "out_trade_no") != number or word(node, "out_request_no") != refund_number:
        raise ValueError("another number")
    return _done(node, number, refund_number, _refunded(node, "refund_amount"))


def _done(node: Mapping[str, Any], number: str, refund_number: str, amount: Money) -> Refund:
    return Refund(
        number, refund_number, RefundState.SUCCEEDED, amount, refunded_at=_refunded_at(node)
    )


def _refunded(node: Mapping[str, Any], name: str) -> Money:
    amount = amount_of(node, name)
    if amount == NOTHING:
        raise ValueError(f"no usable {name}")
    return amount


def _refunded_at(node: Mapping[str, Any]) -> datetime | None:
    # Nothing depends on it: an odd one is no reason to call the refund unknown.
    with suppress(ValueError):
        return instant_of(node, "gmt_refund_pay")
    return None


def _understood(read: Callable[[], Refund]) -> Refund:
    try:
        return read()
    except ValueError as error:
        detail = str(error)
    raise broken(detail)
