"""What a merchant may ask to be paid: `POST /v3/pay/transactions/jsapi`."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.wechatpay import failures
from sandbox.wechatpay.failures import Refused, parameter
from sandbox.wechatpay.parameters import check_currency, fen, fitting, text

NUMBER = re.compile(r"[0-9A-Za-z_\-*]{6,32}")
_DESCRIPTION_LENGTH = 127
_ATTACH_LENGTH = 128
NOTIFY_URL = re.compile(r"https?://[^?#\s]{1,240}")


@dataclass(frozen=True, slots=True)
class Prepay:
    """:ivar asked: all of it, to compare with what is asked again"""

    number: str
    subject: str
    attach: str
    total: int
    openid: str = field(repr=False)
    notify_url: str = field(repr=False)
    expires_at: float | None
    asked: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Merchant:
    """Whom it is paid to, and who can pay: the openids that his app knows people by."""

    merchant_id: str
    app_id: str
    openids: Collection[str] = field(repr=False)

    def read(self, node: Mapping[str, Any]) -> Prepay:
        """:raises Refused: by the first check that fails"""
        self.check(node)
        if node.get("appid") != self.app_id:
            raise Refused(failures.OTHER_APP)
        return Prepay(
            number=fitting(node, "/out_trade_no", NUMBER),
            subject=text(node, "/description", _DESCRIPTION_LENGTH),
            attach=text(node, "/attach", _ATTACH_LENGTH) if "attach" in node else "",
            total=_total(node),
            openid=self._openid(node),
            notify_url=fitting(node, "/notify_url", NOTIFY_URL),
            expires_at=_instant(node, "/time_expire") if "time_expire" in node else None,
            asked=node,
        )

    def check(self, named: Mapping[str, Any], field: str = "/mchid") -> None:
        """:raises Refused: when a merchant is named who is not the one that asks, or nobody"""
        if not named.get("mchid"):
            raise Refused(parameter(field, "缺少商户号"))
        if named["mchid"] != self.merchant_id:
            raise Refused(failures.OTHER_MERCHANT)

    def _openid(self, node: Mapping[str, Any]) -> str:
        openid = text(node, "/payer/openid", _ATTACH_LENGTH)
        if openid not in self.openids:
            raise Refused(parameter("/payer/openid", "无效的openid", openid))
        return openid


def _total(node: Mapping[str, Any]) -> int:
    total = fen(node, "/amount/total")
    check_currency(node["amount"].get("currency", "CNY"))
    return total


def _instant(node: Mapping[str, Any], pointer: str) -> float:
    told = text(node, pointer, 64)
    try:
        instant = datetime.fromisoformat(told)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Refused(parameter(pointer, "时间格式错误", told))
    return instant.timestamp()
