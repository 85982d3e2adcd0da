"""The payments of a mini-program: begin one, ask for it, close it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.times import CHINA
from gateways.platform_ids import is_opaque
from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.notices import Notice, open_notice
from gateways.wechat_pay.signing import client_parameters
from gateways.wechat_pay.states import CURRENCY, TradeState, read_trade
from gateways.wechat_pay.verdicts import WechatPayRefused, broken

PREPAY = "/v3/pay/transactions/jsapi"
BY_OUR_NUMBER = "/v3/pay/transactions/out-trade-no"
OUT_TRADE_NO = re.compile(r"[0-9A-Za-z_\-*]{6,32}")
# Commas and the like would break the rows of the bill, line breaks its lines.
DESCRIPTION = re.compile(r"[^,`\x00-\x1f\x7f]{1,127}")


@dataclass(frozen=True, slots=True)
class WechatPayTrades:
    """WeChat Pay's word on our trades. Errors are those of `WechatPayClient.call`."""

    client: WechatPayClient

    async def prepay(
        self,
        out_trade_no: str,
        description: str,
        total_fen: int,
        openid: str,
        expires_at: datetime,
        notify_url: str,
    ) -> str:
        """
        Begin a payment; the id to pay it with, good for two hours.

        Again with the same arguments it is the same payment; never again with others.

        :raises ValueError: for what WeChat Pay or its bills would not take
        """
        _check(out_trade_no, description, total_fen, openid)
        wire = self.client.wire
        answer = await self.client.call(
            "POST",
            PREPAY,
            body={
                "appid": wire.app_id,
                "mchid": wire.merchant_id,
                "description": description,
                "out_trade_no": out_trade_no,
                "time_expire": expires_at.astimezone(CHINA).isoformat(timespec="seconds"),
                "notify_url": notify_url,
                "amount": {"total": total_fen, "currency": CURRENCY},
                "payer": {"openid": openid},
            },
        )
        prepay_id = answer.get("prepay_id")
        if not is_opaque(prepay_id):
            raise broken("no usable prepay_id")
        return prepay_id

    def client_parameters(self, prepay_id: str) -> dict[str, str]:
        """Write the arguments of `wx.requestPayment`."""
        now = int(self.client.clock().timestamp())
        return client_parameters(self.client.wire, prepay_id, now, self.client.nonce())

    async def query(self, out_trade_no: str) -> TradeState | None:
        """How it stands with a payment; None if WeChat Pay has never heard of it."""
        _check_number(out_trade_no)
        wire = self.client.wire
        try:
            answer = await self.client.call(
                "GET", f"{BY_OUR_NUMBER}/{out_trade_no}", {"mchid": wire.merchant_id}
            )
        except WechatPayRefused as refused:
            if refused.says("ORDER_NOT_EXIST"):
                return None
            raise
        try:
            state = read_trade(answer, wire)
            detail = "another out_trade_no"
        except ValueError as error:
            state, detail = None, str(error)
        if state is None or state.out_trade_no != out_trade_no:
            raise broken(detail)
        return state

    async def close(self, out_trade_no: str) -> None:
        """Close a payment that nobody has made; again is no harm."""
        _check_number(out_trade_no)
        await self.client.call(
            "POST",
            f"{BY_OUR_NUMBER}/{out_trade_no}/close",
            body={"mchid": self.client.wire.merchant_id},
        )

    def open_notice(self, headers: Mapping[str, str], raw_body: bytes) -> Notice:
        """
        Verify a notice; the body is the very bytes that came.

        :raises NotGenuine: nobody vouches for it
        :raises BadNotice: it is genuine, but nothing that we can apply
        """
        client = self.client
        return open_notice(headers, raw_body, client.wire, client.keys, client.clock())


def _check(out_trade_no: str, description: str, total_fen: int, openid: str) -> None:
    _check_number(out_trade_no)
    if not DESCRIPTION.fullmatch(description):
        raise ValueError("a description is 1 to 127 characters, without , ` and line breaks")
    if total_fen < 1:
        raise ValueError("an amount is at least 1 fen")
    if not is_opaque(openid):
        raise ValueError("no openid")


def _check_number(out_trade_no: str) -> None:
    if not OUT_TRADE_NO.fullmatch(out_trade_no):
        raise ValueError("an out_trade_no is 6 to 32 of 0-9 A-Z a-z _ - *")
