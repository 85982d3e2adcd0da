"""What a merchant may ask to be paid: `POST /v3/pay/transactions/jsapi`."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.wechatpay import failures
from sandbox.wechatpay.failures import Refused, parameter

_NUMBER = re.compile(r"[0-9A-Za-z_\-*]{6,32}")
_DESCRIPTION_LENGTH = 127
_ATTACH_LENGTH = 128
_NOTIFY_URL = re.compile(r"https?://[^?#\s]{1,240}")
_MOST_FEN = 10**9


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
            number=_fitting(node, "/out_trade_no", _NUMBER),
            subject=_text(node, "/description", _DESCRIPTION_LENGTH),
            attach=_text(node, "/attach", _ATTACH_LENGTH) if "attach" in node else "",
            total=_total(node),
            openid=self._openid(node),
            notify_url=_fitting(node, "/notify_url", _NOTIFY_URL),
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
        openid = _text(node, "/payer/openid", _ATTACH_LENGTH)
        if openid not in self.openids:
            raise Refused(parameter("/payer/openid", "无效的openid", openid))
        return openid


def _total(node: Mapping[str, Any]) -> int:
    total = _found(node, "/amount/total")
    if isinstance(total, bool) or not isinstance(total, int) or not 1 <= total <= _MOST_FEN:
        raise Refused(parameter("/amount/total", "金额错误", total))
    currency = _found({"amount": {"currency": "CNY"} | node["amount"]}, "/amount/currency")
    if currency != "CNY":
        raise Refused(parameter("/amount/currency", "不支持的币种", currency))
    return total


def _instant(node: Mapping[str, Any], pointer: str) -> float:
    text = _text(node, pointer, 64)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise Refused(parameter(pointer, "时间格式错误", text))
    return instant.timestamp()


def _fitting(node: Mapping[str, Any], pointer: str, shape: re.Pattern[str]) -> str:
    value = _text(node, pointer, 255)
    if not shape.fullmatch(value):
        raise Refused(parameter(pointer, "格式错误", value))
    return value


def _text(node: Mapping[str, Any], pointer: str, length: int) -> str:
    value = _found(node, pointer)
    if not isinstance(value, str) or not 1 <= len(value) <= length:
        raise Refused(parameter(pointer, "缺少参数或长度错误", value))
    return value


def _found(node: Mapping[str, Any], pointer: str) -> Any:
    value: Any = node
    for name in pointer.split("/")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value
