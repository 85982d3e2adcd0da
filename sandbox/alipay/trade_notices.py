"""What the gateway tells a merchant by itself: a signed form, posted to the notify_url."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.alipay.credentials import SANDBOX_SELLER_ID
from sandbox.alipay.signatures import base_string, sign
from sandbox.alipay.trade_book import Trade
from sandbox.alipay.trade_nodes import buyer_fields, money_fields
from sandbox.alipay.trade_orders import beijing, yuan
from sandbox.payments import Letter, Tampering
from sandbox.payments.trouble import UNKNOWN_ORDER
from sandbox.platforms.clock import Clock

_OTHER_APP_ID = "2021009999999999"
_OTHER_SELLER_ID = "2088999999999999"
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class NoticeWriter:
    app_id: str
    key: RSAPrivateKey
    clock: Clock

    def letter(self, trade: Trade, tampering: Tampering, older: Letter | None = None) -> Letter:
        """The notice of a trade as it stands."""
        return Letter(
            key=trade.order.out_trade_no,
            event=trade.status,
            url=trade.order.notify_url,
            make=lambda: (_HEADERS, self._body(trade, tampering)),
            is_acknowledged=lambda status, body: (status, body) == (200, b"success"),
            older=older,
        )

    def _body(self, trade: Trade, tampering: Tampering) -> bytes:
        told = _told(self.app_id, trade, tampering)
        told |= {"notify_id": _notify_id(told), "notify_time": beijing(self.clock())}
        # Unlike in a request, sign_type is not signed.
        signed = base_string(told, "utf-8") + (b" " if tampering.forged else b"")
        return urlencode(told | {"sign_type": "RSA2", "sign": sign(self.key, signed)}).encode()


def _told(app_id: str, trade: Trade, tampering: Tampering) -> dict[str, str]:
    order, other = trade.order, tampering.other_merchant
    fen = order.fen if tampering.fen is None else tampering.fen
    content = {name: order.content.get(name) for name in ("body", "passback_params")}
    times = {
        "gmt_create": trade.created_at,
        "gmt_payment": trade.paid_at,
        "gmt_close": trade.closed_at,
    }
    return {
        "notify_type": "trade_status_sync",
        "app_id": _OTHER_APP_ID if other else app_id,
        "auth_app_id": _OTHER_APP_ID if other else app_id,
        "charset": "utf-8",
        "version": "1.0",
        "trade_no": trade.trade_no,
        "out_trade_no": UNKNOWN_ORDER if tampering.unknown_order else order.out_trade_no,
        "trade_status": trade.status,
        "seller_id": _OTHER_SELLER_ID if other else SANDBOX_SELLER_ID,
        "seller_email": "seller@sandbox.invalid",
        "subject": order.subject,
        **buyer_fields(order.buyer, "buyer_id"),
        **money_fields(trade, fen),
        **_funds(trade, fen),
        **_refunds(trade),
        **{name: str(value) for name, value in content.items() if value},
        **{name: beijing(moment) for name, moment in times.items() if moment is not None},
    }


def _funds(trade: Trade, fen: int) -> dict[str, str]:
    if trade.paid_at is None:
        return {}
    return {"fund_bill_list": f'[{{"amount":"{yuan(fen)}","fundChannel":"ALIPAYACCOUNT"}}]'}


def _refunds(trade: Trade) -> dict[str, str]:
    """What has been given back until now, and the last time it was."""
    if not trade.refunds_done:
        return {}
    last = trade.refunds_done[-1]
    return {
        "refund_fee": yuan(trade.refunded_fen),
        "gmt_refund": f"{beijing(last.done_at or 0)}.000",
        "out_biz_no": last.number,
    }


def _notify_id(told: Mapping[str, str]) -> str:
    """The same for the same event, however often it is told; 34 characters."""
    return sha256(base_string(told, "utf-8")).hexdigest()[:34]
