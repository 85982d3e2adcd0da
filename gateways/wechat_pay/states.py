"""What WeChat Pay says about a trade or a refund, in answers and in notices. Money is in fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from gateways.platform_ids import is_opaque
from gateways.wechat_pay.wire import WechatPayWire

CURRENCY = "CNY"
S = TypeVar("S", bound=StrEnum)


class TradeStatus(StrEnum):
    """REFUND: after any refund, also of a part. The last four are of payments at a counter."""

    NOTPAY = "NOTPAY"
    SUCCESS = "SUCCESS"
    REFUND = "REFUND"
    CLOSED = "CLOSED"
    REVOKED = "REVOKED"
    USERPAYING = "USERPAYING"
    PAYERROR = "PAYERROR"
    ACCEPT = "ACCEPT"


class RefundStatus(StrEnum):
    """ABNORMAL: the payer's card takes no money, people have to see to it."""

    PROCESSING = "PROCESSING"
    SUCCESS = "SUCCESS"
    CLOSED = "CLOSED"
    ABNORMAL = "ABNORMAL"


PAID = frozenset({TradeStatus.SUCCESS, TradeStatus.REFUND})


@dataclass(frozen=True, slots=True)
class TradeState:
    """A trade; what comes with the payment is there if it has been paid (SUCCESS, REFUND)."""

    out_trade_no: str
    status: TradeStatus
    total_fen: int | None
    transaction_id: str | None
    paid_at: datetime | None
    openid: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class RefundState:
    """A refund; `payer_refund_fen` is what the payer gets, without vouchers."""

    out_trade_no: str
    transaction_id: str
    out_refund_no: str
    refund_id: str
    status: RefundStatus
    total_fen: int
    refund_fen: int
    payer_refund_fen: int
    refunded_at: datetime | None


def read_trade(node: Mapping[str, Any], wire: WechatPayWire) -> TradeState:
    """
    Read a trade of ours.

    :raises ValueError: if it is another's, or not understood; the text holds nothing of it
    """
    _check_ours(node, "mchid", wire.merchant_id)
    _check_ours(node, "appid", wire.app_id)
    status = _known(TradeStatus, node, "trade_state")
    is_paid = status in PAID
    return TradeState(
        out_trade_no=word(node, "out_trade_no"),
        status=status,
        total_fen=_total(node) if is_paid or node.get("amount") else None,
        transaction_id=word(node, "transaction_id") if is_paid else None,
        paid_at=instant(node, "success_time") if is_paid else None,
        openid=word(_object(node, "payer"), "openid") if is_paid else None,
    )


def read_refund(node: Mapping[str, Any], wire: WechatPayWire) -> RefundState:
    """
    Read a refund of ours, as a notice has it.

    :raises ValueError: if it is another's, or not understood; the text holds nothing of it
    """
    _check_ours(node, "mchid", wire.merchant_id)
    status = _known(RefundStatus, node, "refund_status")
    amount = _object(node, "amount")
    _check_ours({"currency": CURRENCY} | amount, "currency", CURRENCY)  # Notices have none.
    return RefundState(
        out_trade_no=word(node, "out_trade_no"),
        transaction_id=word(node, "transaction_id"),
        out_refund_no=word(node, "out_refund_no"),
        refund_id=word(node, "refund_id"),
        status=status,
        total_fen=_fen(amount, "total"),
        refund_fen=_fen(amount, "refund"),
        payer_refund_fen=_fen(amount, "payer_refund"),
        refunded_at=instant(node, "success_time") if status is RefundStatus.SUCCESS else None,
    )


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


def _known(statuses: type[S], node: Mapping[str, Any], name: str) -> S:
    found = [status for status in statuses if status == node.get(name)]
    if not found:
        raise ValueError(f"unknown {name}")
    return found[0]


def _total(node: Mapping[str, Any]) -> int:
    amount = _object(node, "amount")
    _check_ours(amount, "currency", CURRENCY)
    return _fen(amount, "total")


def _fen(amount: Mapping[str, Any], name: str) -> int:
    value = amount.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"no usable amount {name}")
    return value


def _object(node: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = node.get(name)
    if not isinstance(value, dict):
        raise ValueError(f"no {name}")
    return value


def _check_ours(node: Mapping[str, Any], name: str, ours: str) -> None:
    if node.get(name) != ours:
        raise ValueError(f"another {name}")
