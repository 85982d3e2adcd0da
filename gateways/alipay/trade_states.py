"""What Alipay says about a trade, in answers and in notices. Money is in yuan, time Beijing's."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from domain.money import Money
from domain.payments import Trade, TradeState
from domain.times import CHINA
from gateways.platform_ids import is_opaque

TIME = "%Y-%m-%d %H:%M:%S"
TIME_LENGTH = len("2026-11-01 08:00:00")

STATES = {
    "WAIT_BUYER_PAY": TradeState.AWAITING,
    "TRADE_SUCCESS": TradeState.PAID,
    # Paid, and too long ago to be refunded.
    "TRADE_FINISHED": TradeState.PAID,
    "TRADE_CLOSED": TradeState.CLOSED,
}


def read_trade(node: Mapping[str, Any], paid_at_name: str) -> Trade:
    """
    Read a trade; `paid_at_name` is the field that is there once somebody has paid.

    TRADE_CLOSED says that nobody paid in time, or that all has been refunded: then there is a time
    of payment, and the trade is PAID for us.

    :raises ValueError: if it is not understood; the text holds nothing of it
    """
    state = STATES.get(str(node.get("trade_status")))
    if state is None:
        raise ValueError("unknown trade_status")
    number = word(node, "out_trade_no")
    if state is TradeState.CLOSED and node.get(paid_at_name):
        state = TradeState.PAID
    if state is not TradeState.PAID:
        return Trade(number, state)
    return Trade(
        number,
        state,
        amount=amount_of(node, "total_amount"),
        reference=word(node, "trade_no"),
        paid_at=instant_of(node, paid_at_name),
    )


def word(node: Mapping[str, Any], name: str) -> str:
    """Read a number or an id. :raises ValueError: if it is none"""
    value = node.get(name)
    if not is_opaque(value):
        raise ValueError(f"no usable {name}")
    return value


def beijing(instant: datetime) -> str:
    return instant.astimezone(CHINA).strftime(TIME)


def amount_of(node: Mapping[str, Any], name: str) -> Money:
    """Read an amount in yuan. :raises ValueError: if it is none"""
    value = node.get(name)
    try:
        amount = Money.of_yuan_text(value if isinstance(value, str) else "")
    except ValueError:
        raise ValueError(f"no usable {name}") from None
    return amount


def instant_of(node: Mapping[str, Any], name: str) -> datetime:
    """Read a time of Beijing. :raises ValueError: if it is none"""
    value = node.get(name)
    # strptime takes 1-1-1 for a date, too.
    if isinstance(value, str) and len(value) == TIME_LENGTH:
        try:
            return datetime.strptime(value, TIME).replace(tzinfo=CHINA).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"no usable {name}")
