"""What WeChat Pay tells us by itself: a trade was paid, a refund came to its end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateways.strict_json import read_object
from gateways.wechat_pay.keys import KeyRing
from gateways.wechat_pay.resources import open_resource
from gateways.wechat_pay.states import (
    RefundState,
    RefundStatus,
    TradeState,
    TradeStatus,
    instant,
    read_refund,
    read_trade,
    word,
)
from gateways.wechat_pay.verifying import verify
from gateways.wechat_pay.wire import WechatPayWire

TRADE_EVENTS = {"TRANSACTION.SUCCESS": TradeStatus.SUCCESS}
REFUND_EVENTS = {
    "REFUND.SUCCESS": RefundStatus.SUCCESS,
    "REFUND.ABNORMAL": RefundStatus.ABNORMAL,
    "REFUND.CLOSED": RefundStatus.CLOSED,
}


class BadNotice(Exception):
    """From WeChat Pay, but not about us, or not understood. The text holds nothing of it."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that is genuine and about us. The same comes again, with the same id."""

    id: str
    event: str
    created_at: datetime
    about: TradeState | RefundState


def open_notice(
    headers: Mapping[str, str], raw_body: bytes, wire: WechatPayWire, keys: KeyRing, now: datetime
) -> Notice:
    """
    Verify a notice and decrypt what it is about.

    :raises NotGenuine: nobody vouches for it
    :raises BadNotice: it is genuine, but nothing that we can apply
    """
    verify(headers, raw_body, keys, now)
    try:
        return _read(read_object(raw_body.decode("utf-8")), wire)
    except UnicodeDecodeError:
        reason = "not UTF-8"
    except ValueError as error:
        reason = str(error)
    raise BadNotice(reason)


def _read(notice: Mapping[str, Any], wire: WechatPayWire) -> Notice:
    event = word(notice, "event_type")
    content = read_object(open_resource(notice.get("resource"), wire.apiv3_key).decode("utf-8"))
    return Notice(
        id=word(notice, "id"),
        event=event,
        created_at=instant(notice, "create_time"),
        about=_about(event, content, wire),
    )


def _about(event: str, content: Mapping[str, Any], wire: WechatPayWire) -> TradeState | RefundState:
    about: TradeState | RefundState
    if event in TRADE_EVENTS:
        about, expected = read_trade(content, wire), TRADE_EVENTS[event].value
    elif event in REFUND_EVENTS:
        about, expected = read_refund(content, wire), REFUND_EVENTS[event].value
    else:
        raise ValueError("an event that we do not know")
    if about.status.value != expected:
        raise ValueError("a state that is not the event's")
    return about
