"""What a merchant may ask to be given back: `POST /v3/refund/domestic/refunds`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.wechatpay.parameters import check_currency, fen, fitting, text
from sandbox.wechatpay.prepay import NOTIFY_URL

REFUND_NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
_REASON_LENGTH = 80
_ID_LENGTH = 32


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """
    The trade is named by `transaction_id`, or by `number` if that is empty.

    :ivar notify_url: who does not give one is told nothing
    :ivar asked: all of it, to compare with what is asked again
    """

    number: str
    transaction_id: str
    refund_number: str
    fen: int
    total: int
    notify_url: str = field(repr=False)
    asked: Mapping[str, Any] = field(repr=False)


def read_refund(node: Mapping[str, Any]) -> RefundRequest:
    """:raises Refused: by the first check that fails"""
    transaction_id = _optional(node, "transaction_id", _ID_LENGTH)
    if "reason" in node:
        text(node, "/reason", _REASON_LENGTH)
    refunded, total = fen(node, "/amount/refund"), fen(node, "/amount/total")
    check_currency(node["amount"].get("currency"))
    return RefundRequest(
        number="" if transaction_id else text(node, "/out_trade_no", _ID_LENGTH),
        transaction_id=transaction_id,
        refund_number=fitting(node, "/out_refund_no", REFUND_NUMBER),
        fen=refunded,
        total=total,
        notify_url=fitting(node, "/notify_url", NOTIFY_URL) if "notify_url" in node else "",
        asked=node,
    )


def _optional(node: Mapping[str, Any], name: str, length: int) -> str:
    return text(node, f"/{name}", length) if name in node else ""
