"""Refunds at WeChat Pay: ask for one, and ask how it stands with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.money import Money
from domain.refunds import Refund, RefundOrder, RefundProblem, RefundRefused, RefundState
from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.states import CURRENCY, read_refund
from gateways.wechat_pay.trades import check_number
from gateways.wechat_pay.verdicts import WechatPayRefused, broken, plain

REFUNDS = "/v3/refund/domestic/refunds"
OUT_REFUND_NO = re.compile(r"[0-9A-Za-z]{6,32}")
REASON = re.compile(r"[^,`\x00-\x1f\x7f]{1,80}")

# INVALID_REQUEST is missing on purpose: it may say that the number was used with other values.
PROBLEMS = {
    "NOTENOUGH": RefundProblem.BALANCE,
    **dict.fromkeys(
        ("TRADEERROR", "ORDERCLOSED", "ORDERNOTEXIST", "RESOURCENOTEXISTS"),
        RefundProblem.NOT_REFUNDABLE,
    ),
    **dict.fromkeys(
        ("PARAMERROR", "APPIDMCHIDNOTMATCH", "MCHNOTEXISTS", "SIGNERROR", "NOAUTH", "RULELIMIT"),
        RefundProblem.MERCHANT,
    ),
    **dict.fromkeys(
        ("REQUESTBLOCKED", "USERACCOUNTABNORMAL", "ACCOUNTERROR"), RefundProblem.MERCHANT
    ),
}
# What it says otherwise, if it says so.
HINTED = {
    **dict.fromkeys(("可退金额", "全额退款"), RefundProblem.BEYOND_REMAINDER),
    **dict.fromkeys(("最大期限", "退款期限", "未支付"), RefundProblem.NOT_REFUNDABLE),
}


@dataclass(frozen=True, slots=True)
class WechatPayRefunds:
    """WeChat Pay gives money back; it tells `notify_url` how that ended."""

    client: WechatPayClient
    notify_url: str

    async def refund(self, order: RefundOrder) -> Refund:
        """
        Ask for a refund; the same again is the same refund. It is accepted, and may still fail.

        :raises RefundRefused: this call has done nothing
        :raises NotDone: it was not even looked at; the same may be sent again
        :raises UpstreamUnavailable: *unknown*: ask, or send the very same again
        :raises ValueError: for what WeChat Pay would not take
        """
        _check(order)
        try:
            answer = await self.client.call("POST", REFUNDS, body=self._body(order))
        except WechatPayRefused as refused:
            problem = _problem(refused)
            if problem is None:
                raise refused.unexplained() from None
            raise RefundRefused(problem, refused.code) from None
        refund, total = _read(answer, order.number, order.refund_number)
        if (refund.amount, total) != (order.amount, order.total):
            raise broken("another amount")
        return refund

    async def ask(self, number: str, refund_number: str) -> Refund:
        """How it stands with a refund. :raises UpstreamUnavailable: if nobody says"""
        check_number(number)
        _check_refund_number(refund_number)
        try:
            answer = await self.client.call("GET", f"{REFUNDS}/{refund_number}")
        except WechatPayRefused as refused:
            if refused.says("RESOURCE_NOT_EXISTS"):
                return Refund(number, refund_number, RefundState.ABSENT)
            raise refused.unexplained() from None
        refund, _ = _read(answer, number, refund_number)
        return refund

    def _body(self, order: RefundOrder) -> dict[str, object]:
        return {
            "out_trade_no": order.number,
            "out_refund_no": order.refund_number,
            "reason": order.reason,
            "notify_url": self.notify_url,
            "amount": {
                "refund": order.amount.fen,
                "total": order.total.fen,
                "currency": CURRENCY,
            },
        }


def _read(answer: Mapping[str, Any], number: str, refund_number: str) -> tuple[Refund, Money]:
    try:
        refund, total = read_refund(answer)
    except ValueError as error:
        detail = str(error)
    else:
        if (refund.number, refund.refund_number) == (number, refund_number):
            return refund, total
        detail = "another refund"
    raise broken(detail)


def _problem(refused: WechatPayRefused) -> RefundProblem | None:
    if refused.says_used:
        return RefundProblem.NUMBER_USED
    if refused.says("INVALID_REQUEST"):
        return HINTED.get(refused.hint)
    return PROBLEMS.get(plain(refused.code))


def _check(order: RefundOrder) -> None:
    check_number(order.number)
    _check_refund_number(order.refund_number)
    if not REASON.fullmatch(order.reason):
        raise ValueError("a reason is 1 to 80 characters, without , ` and line breaks")
    if not 1 <= order.amount.fen <= order.total.fen:
        raise ValueError("a refund is at least 1 fen, and at most what was paid")


def _check_refund_number(out_refund_no: str) -> None:
    if not OUT_REFUND_NO.fullmatch(out_refund_no):
        raise ValueError("an out_refund_no of ours is 6 to 32 of 0-9 A-Z a-z")
