"""A trade as answers and notices tell of it."""

from datetime import datetime

from sandbox.city.seeds import CHINA
from sandbox.wechatpay.book import State, Trade
from sandbox.wechatpay.prepay import Merchant


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
    return node | _payment(trade) if trade.state is State.SUCCESS else node


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
