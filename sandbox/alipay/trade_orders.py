"""What `alipay.trade.create` is asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.alipay import failures
from sandbox.alipay.buyers import Buyers
from sandbox.alipay.calls import Call
from sandbox.alipay.credentials import SANDBOX_SELLER_ID
from sandbox.alipay.failures import Refused, invalid_parameter
from sandbox.city.seeds import CHINA

NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
_YUAN = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")
_MOST_FEN = 100_000_000_00
_LONGEST_SUBJECT = 256
_TIME = "%Y-%m-%d %H:%M:%S"
_SECONDS = len("2026-11-01 08:00:00")
_LIFE = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class TradeOrder:
    """
    An order to open a trade.

    :ivar buyer: an open_id or a user_id
    :ivar expires_at: seconds since 1970
    :ivar content: all of the biz_content, which has to be the same if it is sent again
    """

    out_trade_no: str
    fen: int
    subject: str
    buyer: str = field(repr=False)
    expires_at: float
    notify_url: str
    content: Mapping[str, Any] = field(repr=False)


def read_order(call: Call, buyers: Buyers, now: float) -> TradeOrder:
    """:raises Refused: by the first field that is missing or makes no sense"""
    content = call.content()
    _check(content, "product_code", "JSAPI_PAY")
    _check(content, "op_app_id", call.app_id)
    return TradeOrder(
        out_trade_no=matching(content, "out_trade_no", NUMBER).group(),
        fen=fen_of(content, "total_amount"),
        subject=_subject(content),
        buyer=_buyer(content, buyers),
        expires_at=_expiry(content, now),
        notify_url=call.parameters.get("notify_url", ""),
        content=content,
    )


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def beijing(moment: float) -> str:
    return datetime.fromtimestamp(moment, CHINA).isoformat(" ")[:_SECONDS]


def fen_of(content: Mapping[str, Any], name: str) -> int:
    """:raises Refused: when the field is no amount"""
    whole, cents = matching(content, name, _YUAN).groups(default="")
    fen = int(whole) * 100 + int(cents.ljust(2, "0"))
    if not 1 <= fen <= _MOST_FEN:
        raise Refused(invalid_parameter(name))
    return fen


def _subject(content: Mapping[str, Any]) -> str:
    subject = content.get("subject")
    if not isinstance(subject, str) or not 1 <= len(subject) <= _LONGEST_SUBJECT:
        raise Refused(invalid_parameter("subject"))
    return subject


def _buyer(content: Mapping[str, Any], buyers: Buyers) -> str:
    buyer = content.get("buyer_open_id") or content.get("buyer_id")
    if not isinstance(buyer, str):
        raise Refused(invalid_parameter("buyer_open_id"))
    if buyer == SANDBOX_SELLER_ID:
        raise Refused(failures.BUYER_SELLER_EQUAL)
    if not buyers.know(buyer):
        raise Refused(failures.BUYER_NOT_EXIST)
    return buyer


def _expiry(content: Mapping[str, Any], now: float) -> float:
    text = content.get("time_expire")
    if text is None:
        return now + _LIFE.total_seconds()
    try:
        expiry = datetime.strptime(text, _TIME).replace(tzinfo=CHINA).timestamp()
    except (TypeError, ValueError):
        raise Refused(invalid_parameter("time_expire")) from None
    return expiry


def matching(content: Mapping[str, Any], name: str, form: re.Pattern[str]) -> re.Match[str]:
    """:raises Refused: when the field is missing or has another form"""
    # Numbers need not be texts.
    found = form.fullmatch(str(content.get(name, "")))
    if found is None:
        raise Refused(invalid_parameter(name))
    return found


def _check(content: Mapping[str, Any], name: str, only: str) -> None:
    if content.get(name) != only:
        raise Refused(invalid_parameter(name))
