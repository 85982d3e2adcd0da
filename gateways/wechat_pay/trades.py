"""The payments of a mini-program: begin one, ask for it, close it, hear of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from domain.payments import (
    ChannelNotice,
    CloseRefused,
    Order,
    PaymentProblem,
    PaymentRefused,
    Trade,
    TradeState,
    WechatRequestPayment,
)
from domain.times import CHINA
from gateways.platform_ids import is_opaque
from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.notices import open_notice
from gateways.wechat_pay.signing import client_parameters
from gateways.wechat_pay.states import CURRENCY, read_trade
from gateways.wechat_pay.verdicts import WechatPayRefused, broken, plain
from gateways.wechat_pay.verifying import UnknownSerial

PREPAY = "/v3/pay/transactions/jsapi"
BY_OUR_NUMBER = "/v3/pay/transactions/out-trade-no"
OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-*]{6,32}")
# Commas and the like would break the rows of the bill, line breaks its lines.
DESCRIPTION = re.compile(r"[^,`\x00-\x1f\x7f]{1,127}")

# INVALID_REQUEST is missing on purpose: it may say that the number was begun with other values.
PROBLEMS = {
    **dict.fromkeys(("USERACCOUNTABNORMAL", "ACCOUNTERROR"), PaymentProblem.PAYER),
    **dict.fromkeys(
        ("PARAMERROR", "APPIDMCHIDNOTMATCH", "MCHNOTEXISTS", "SIGNERROR", "NOAUTH", "RULELIMIT"),
        PaymentProblem.MERCHANT,
    ),
    "ORDERCLOSED": PaymentProblem.NUMBER_USED,
}
PAYER_FIELD = "/payer/openid"


@dataclass(frozen=True, slots=True)
class WechatPayTrades:
    """WeChat Pay as a payment channel; WeChat Pay calls `notify_url`, which has no query."""

    client: WechatPayClient
    notify_url: str

    async def begin(self, order: Order) -> str:
        """
        Begin a payment; the `prepay_id` to pay it with, good for two hours.

        :raises PaymentRefused: it will never be one; of a number that is used up, ask
        :raises ValueError: for what WeChat Pay or its bills would not take
        """
        _check(order)
        try:
            answer = await self.client.call("POST", PREPAY, body=self._prepay(order))
        except WechatPayRefused as refused:
            problem = _problem(refused)
            if problem is None:
                raise refused.unexplained() from None
            raise PaymentRefused(problem, refused.code) from None
        prepay_id = answer.get("prepay_id")
        if not is_opaque(prepay_id):
            raise broken("no usable prepay_id")
        return prepay_id

    def client_action(self, handle: str) -> WechatRequestPayment:
        """Write the arguments of `wx.requestPayment` for a `prepay_id`."""
        now = int(self.client.clock().timestamp())
        return client_parameters(self.client.wire, handle, now, self.client.nonce())

    async def ask(self, number: str) -> Trade:
        """How it stands with our number. :raises UpstreamUnavailable: if nobody says"""
        check_number(number)
        wire = self.client.wire
        try:
            answer = await self.client.call(
                "GET", f"{BY_OUR_NUMBER}/{number}", {"mchid": wire.merchant_id}
            )
        except WechatPayRefused as refused:
            if refused.says("ORDER_NOT_EXIST"):
                return Trade(number, TradeState.ABSENT)
            raise refused.unexplained() from None
        try:
            trade = read_trade(answer, wire)
            detail = "another out_trade_no"
        except ValueError as error:
            trade, detail = None, str(error)
        if trade is None or trade.number != number:
            raise broken(detail)
        return trade

    async def close(self, number: str) -> None:
        """
        End a trade that nobody has paid; again is no harm, nor is one that never was.

        :raises CloseRefused: it is paid, or about to be
        """
        check_number(number)
        body = {"mchid": self.client.wire.merchant_id}
        try:
            await self.client.call("POST", f"{BY_OUR_NUMBER}/{number}/close", body=body)
        except WechatPayRefused as refused:
            if refused.says_paid:
                raise CloseRefused from None
            if not (refused.says("ORDER_NOT_EXIST") or refused.says("ORDER_CLOSED")):
                raise refused.unexplained() from None

    async def receive(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        """
        Do as `open_notice` does; a serial we do not know may be that of a new certificate.

        :raises NotGenuine: nobody vouches for it
        :raises BadNotice: it is genuine, but nothing that we can apply
        """
        try:
            return self.open_notice(headers, body)
        except UnknownSerial as unknown:
            await self.client.refresh_if_unknown(unknown.serial)
        return self.open_notice(headers, body)

    def open_notice(self, headers: Mapping[str, str], body: bytes) -> ChannelNotice:
        """
        Verify a notice by the very bytes that came.

        :raises UnknownSerial: let the client `refresh_if_unknown`, then try once more
        :raises NotGenuine: nobody vouches for it
        :raises BadNotice: it is genuine, but nothing that we can apply
        """
        client = self.client
        return open_notice(headers, body, client.wire, client.keys, client.clock())

    def _prepay(self, order: Order) -> dict[str, object]:
        wire = self.client.wire
        return {
            "appid": wire.app_id,
            "mchid": wire.merchant_id,
            "description": order.subject,
            "out_trade_no": order.number,
            "time_expire": order.expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
            "notify_url": self.notify_url,
            "amount": {"total": order.amount.fen, "currency": CURRENCY},
            "payer": {"openid": order.payer},
        }


def _problem(refused: WechatPayRefused) -> PaymentProblem | None:
    if refused.says_used:
        return PaymentProblem.NUMBER_USED
    if refused.says("PARAM_ERROR") and refused.field == PAYER_FIELD:
        return PaymentProblem.PAYER
    return PROBLEMS.get(plain(refused.code))


def _check(order: Order) -> None:
    check_number(order.number)
    if not DESCRIPTION.fullmatch(order.subject):
        raise ValueError("a description is 1 to 127 characters, without , ` and line breaks")
    if order.amount.fen < 1:
        raise ValueError("an amount is at least 1 fen")
    if not is_opaque(order.payer):
        raise ValueError("no openid")


def check_number(out_trade_no: str) -> None:
    """Make sure that WeChat Pay would take it. :raises ValueError: if it would not"""
    if not OUT_TRADE_NO.fullmatch(out_trade_no):
        raise ValueError("an out_trade_no is 6 to 32 of 0-9 A-Z a-z _ - *")
