"""How a trade is told, in answers and in notices."""

from sandbox.alipay.trade_book import Trade
from sandbox.alipay.trade_orders import beijing, yuan

NOTHING = "0.00"
_LOGON_ID = "138****0000"


def trade_node(trade: Trade) -> dict[str, object]:
    """The answer of `alipay.trade.query`."""
    node: dict[str, object] = {
        "code": "10000",
        "msg": "Success",
        **numbers(trade),
        "trade_status": trade.status,
        **buyer_fields(trade.order.buyer, "buyer_user_id"),
        **money_fields(trade, trade.order.fen),
    }
    if trade.paid_at is not None:
        node["send_pay_date"] = beijing(trade.paid_at)
        node["fund_bill_list"] = _funds(trade.order.fen)
    return node


def numbers(trade: Trade) -> dict[str, str]:
    return {"trade_no": trade.trade_no, "out_trade_no": trade.order.out_trade_no}


def buyer_fields(buyer: str, name_of_user_id: str) -> dict[str, str]:
    """Whoever was named by an open_id is named by it again."""
    name = name_of_user_id if buyer.isdigit() else "buyer_open_id"
    return {name: buyer, "buyer_logon_id": _LOGON_ID}


def money_fields(trade: Trade, fen: int) -> dict[str, str]:
    """What was asked for, and what the buyer has paid of it."""
    paid = yuan(fen) if trade.paid_at is not None else NOTHING
    return {
        "total_amount": yuan(fen),
        "buyer_pay_amount": paid,
        "receipt_amount": paid,
        "invoice_amount": paid,
        "point_amount": NOTHING,
    }


def _funds(fen: int) -> list[dict[str, str]]:
    return [{"amount": yuan(fen), "fund_channel": "ALIPAYACCOUNT"}]
