"""What WeChat Pay says about trades and refunds, in answers and in notices. Money is in fen."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.money import Money
from domain.payments import Trade, TradeState
from domain.refunds import Refund, RefundState
from gateways.platform_ids import is_opaque
from gateways.wechat_pay.wire import WechatPayWire

CURRENCY = "CNY"
# REFUND: after any refund, also of a part. Some are only of payments at a counter.
STATES = {
    **dict.fromkeys(("SUCCESS", "REFUND"), TradeState.PAID),
    **dict.fromkeys(("NOTPAY", "USERPAYING", "PAYERROR", "ACCEPT"), TradeState.AWAITING),
    **dict.fromkeys(("CLOSED", "REVOKED"), TradeState.CLOSED),
}
REFUND_STATES = {
    "PROCESSING": RefundState.PROCESSING,
    "SUCCESS": RefundState.SUCCEEDED,
    "CLOSED": RefundState.CLOSED,
    "ABNORMAL": RefundState.ABNORMAL,
}


def read_trade(node: Mapping[str, Any], wire: WechatPayWire) -> Trade:
    """
    Read a trade of ours.

    :raises ValueError: if it is another's, or not understood; the text holds nothing of it
    """
    _check_ours(node, "mchid", wire.merchant_id)
    _check_ours(node, "appid", wire.app_id)
    number, state = word(node, "out_trade_no"), STATES.get(word(node, "trade_state"))
    if state is None:
        raise ValueError("unknown trade_state")
    if state is not TradeState.PAID:
        return Trade(number, state)
    amount = _amount(node)
    _check_ours(amount, "currency", CURRENCY)
    return Trade(
        number=number,
        state=state,
        amount=_fen(amount, "total"),
        reference=word(node, "transaction_id"),
        paid_at=instant(node, "success_time"),
    )


def read_refunded_trade(node: Mapping[str, Any], wire: WechatPayWire) -> Trade:
    """
    Read which trade of ours was refunded; a refund does not say when the trade was paid.

    :raises ValueError: if it is another's, or not understood; the text holds nothing of it
    """
    _check_ours(node, "mchid", wire.merchant_id)
    amount = _amount(node)
    _check_ours({"currency": CURRENCY} | amount, "currency", CURRENCY)  # Notices have none.
    return Trade(
        number=word(node, "out_trade_no"),
        state=TradeState.PAID,
        amount=_fen(amount, "total"),
        reference=word(node, "transaction_id"),
    )


def read_refund(node: Mapping[str, Any]) -> tuple[Refund, Money]:
    """
    Read a refund, and what its trade was paid with. Whose it is, its numbers have to say.

    :raises ValueError: if it is not understood; the text holds nothing of it
    """
    state, amount = REFUND_STATES.get(word(node, "status")), _amount(node)
    if state is None:
        raise ValueError("unknown status")
    _check_ours(amount, "currency", CURRENCY)
    refund = Refund(
        number=word(node, "out_trade_no"),
        refund_number=word(node, "out_refund_no"),
        state=state,
        amount=_fen(amount, "refund"),
        reference=word(node, "refund_id"),
        refunded_at=_succeeded_at(node, state),
        accepted_at=_accepted_at(node),
    )
    return refund, _fen(amount, "total")


def _succeeded_at(node: Mapping[str, Any], state: RefundState) -> datetime | None:
    told = state is RefundState.SUCCEEDED and node.get("success_time") is not None
    return instant(node, "success_time") if told else None


def _accepted_at(node: Mapping[str, Any]) -> datetime | None:
    """By which its day in a bill goes; notices do not tell it."""
    return None if node.get("create_time") is None else instant(node, "create_time")


def word(node: Mapping[str, Any], name: str) -> str:
    """Read a number, an id or a code. :raises ValueError: if it is none"""
    value = node.get(name)
    if not is_opaque(value):
        raise ValueError(f"no usable {name}")
    return value


def instant(node: Mapping[str, Any], name: str) -> datetime:
    """Read an RFC 3339 time. :raises ValueError: if it is none"""
    try:
        moment = datetime.fromisoformat(word(node, name))
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"no usable {name}")


def _amount(node: Mapping[str, Any]) -> dict[str, Any]:
    value = node.get("amount")
    if not isinstance(value, dict):
        raise ValueError("no amount")
    return value


def _fen(amount: Mapping[str, Any], name: str) -> Money:
    value = amount.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"no usable amount {name}")
    return Money(value)


def _check_ours(node: Mapping[str, Any], name: str, ours: str) -> None:
    if node.get(name) != ours:
        raise ValueError(f"another {name}")
