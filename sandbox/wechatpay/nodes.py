"""Trades and refunds as answers and notices tell of them."""

from datetime import datetime

from sandbox.city.seeds import CHINA
from sandbox.wechatpay.book import Trade
from sandbox.wechatpay.prepay import Merchant
from sandbox.wechatpay.refund_book import Refund, Status


def trade_node(trade: Trade, merchant: Merchant) -> dict[str, object]:
    node: dict[str, object] = {
        "amount": {"payer_currency": "CNY", "total": trade.prepay.total},
        "appid": merchant.app_id,
        "mchid": merchant.merchant_id,
        "out_trade_no": trade.prepay.number,
        "promotion_detail": [],
        "trade_state": trade.state.name,
        "trade_state_desc": trade.state.value,
    }
    return node | _payment(trade) if trade.is_paid else node


def refund_node(refund: Refund) -> dict[str, object]:
    """As answers have it."""
    fen, total = refund.request.fen, refund.request.total
    node: dict[str, object] = {
        "amount": {
            "currency": "CNY",
            "discount_refund": 0,
            "from": [],
            "payer_refund": fen,
            "payer_total": total,
            "refund": fen,
            "settlement_refund": fen,
            "settlement_total": total,
            "total": total,
        },
        "channel": "ORIGINAL",
        "create_time": told(refund.accepted_at),
        "funds_account": "AVAILABLE",
        "promotion_detail": [],
        "status": refund.status.name,
        **_refund_numbers(refund),
    }
    return node | _success(refund)


def refund_notice_node(refund: Refund, merchant: Merchant) -> dict[str, object]:
    """As notices have it."""
    fen, total = refund.request.fen, refund.request.total
    node: dict[str, object] = {
        "amount": {"payer_refund": fen, "payer_total": total, "refund": fen, "total": total},
        "mchid": merchant.merchant_id,
        "refund_status": refund.status.name,
        **_refund_numbers(refund),
    }
    return node | _success(refund)


def told(at: float) -> str:
    return datetime.fromtimestamp(at, CHINA).isoformat(timespec="seconds")


def _payment(trade: Trade) -> dict[str, object]:
    total = trade.prepay.total
    return {
        "amount": {
            "currency": "CNY",
            "payer_currency": "CNY",
            "payer_total": total,
            "total": total,
        },
        "attach": trade.prepay.attach,
        "bank_type": "OTHERS",
        "payer": {"openid": trade.prepay.openid},
        "success_time": told(trade.paid_at),
        "trade_type": "JSAPI",
        "transaction_id": trade.transaction_id,
    }


def _refund_numbers(refund: Refund) -> dict[str, object]:
    return {
        "out_refund_no": refund.request.refund_number,
        "out_trade_no": refund.trade.prepay.number,
        "refund_id": refund.refund_id,
        "transaction_id": refund.trade.transaction_id,
        "user_received_account": "支付用户零钱",
    }


def _success(refund: Refund) -> dict[str, object]:
    return {"success_time": told(refund.ends_at)} if refund.status is Status.SUCCESS else {}
