"""What WeChat Pay tells us by itself: a trade was paid, a refund came to its end."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.payments import BadNotice, ChannelNotice, NoticeKind, Trade, TradeState
from gateways.strict_json import read_object
from gateways.wechat_pay.keys import KeyRing
from gateways.wechat_pay.resources import open_resource
from gateways.wechat_pay.states import read_refunded_trade, read_trade, word
from gateways.wechat_pay.verifying import verify
from gateways.wechat_pay.wire import WechatPayWire

KINDS = {
    "TRANSACTION.SUCCESS": NoticeKind.TRADE,
    **dict.fromkeys(
        ("REFUND.SUCCESS", "REFUND.ABNORMAL", "REFUND.CLOSED"),
        NoticeKind.REFUND,
    ),
}


def open_notice(
    headers: Mapping[str, str], raw_body: bytes, wire: WechatPayWire, keys: KeyRing, now: datetime
) -> ChannelNotice:
    """
    Verify a notice and decrypt what it is about.

    :raises UnknownSerial: a key that we do not have may vouch for it
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


def _read(notice: Mapping[str, Any], wire: WechatPayWire) -> ChannelNotice:
    event = word(notice, "event_type")
    kind = KINDS.get(event)
    if kind is None:
        raise ValueError("an event that we do not know")
    content = read_object(open_resource(notice.get("resource"), wire.apiv3_key).decode("utf-8"))
    read = _paid if kind is NoticeKind.TRADE else _refunded
    return ChannelNotice(word(notice, "id"), kind, event, read(event, content, wire))


def _paid(_: str, content: Mapping[str, Any], wire: WechatPayWire) -> Trade:
    trade = read_trade(content, wire)
    if trade.state is not TradeState.PAID:
        raise ValueError("a state that is not the event's")
    return trade


def _refunded(event: str, content: Mapping[str, Any], wire: WechatPayWire) -> Trade:
    if event != f"REFUND.{word(content, 'refund_status')}":
        raise ValueError("a state that is not the event's")
    return read_refunded_trade(content, wire)
