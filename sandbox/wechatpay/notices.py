"""Notices: JSON whose resource only the merchant can read, vouched for in the headers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.payments import Letter
from sandbox.payments.trouble import UNKNOWN_ORDER, Tampering
from sandbox.platforms.clock import Clock
from sandbox.wechatpay.answers import Stamp, encoded
from sandbox.wechatpay.book import Trade
from sandbox.wechatpay.nodes import refund_notice_node, told, trade_node
from sandbox.wechatpay.platform_keys import PlatformKeys
from sandbox.wechatpay.prepay import Merchant
from sandbox.wechatpay.refund_book import Refund
from sandbox.wechatpay.sealing import seal

PAID = "TRANSACTION.SUCCESS"
_ACKNOWLEDGING = (200, 204)
_OTHER = {"mchid": "1900009999", "appid": "wx9999999999999999"}


@dataclass(frozen=True, slots=True)
class News:
    """What is told; `at` is seconds since 1970."""

    event: str
    summary: str
    about: str
    at: float
    content: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Notices:
    """`clock` is the real one: it stands in signatures, which have to be fresh."""

    merchant: Merchant
    keys: PlatformKeys
    clock: Clock

    def paid(self, trade: Trade, tampering: Tampering, probes: int = 0) -> Letter:
        """That a trade was paid; the first deliveries are `probes`, whose signatures are wrong."""
        content = _tampered(trade_node(trade, self.merchant), tampering)
        news = News(PAID, "支付成功", "transaction", trade.paid_at, content)
        return self._letter(trade, trade.prepay.notify_url, news, tampering.forged, probes)

    def refunded(self, refund: Refund, tampering: Tampering, probes: int = 0) -> Letter:
        """That a refund came to its end; `probes` as of payments."""
        content = _tampered(refund_notice_node(refund, self.merchant), tampering)
        event, summary = f"REFUND.{refund.status.name}", refund.status.value
        news = News(event, summary, "refund", refund.ends_at, content)
        return self._letter(refund.trade, refund.request.notify_url, news, tampering.forged, probes)

    def _letter(self, trade: Trade, url: str, news: News, is_forged: bool, probes: int) -> Letter:
        body = encoded(
            {
                "id": f"EV-{secrets.randbelow(10**22):022d}",
                "create_time": told(news.at),
                "resource_type": "encrypt-resource",
                "event_type": news.event,
                "summary": news.summary,
                "resource": self._resource(news),
            }
        )
        stamp, signer = Stamp(right=not is_forged), self.keys.of_notice()
        left = iter(range(probes))

        def make() -> tuple[dict[str, str], bytes]:
            is_probe = next(left, None) is not None
            headers = replace(stamp, probe=is_probe).headers(body, signer, self.clock())
            return {"Content-Type": "application/json", **headers}, body

        return Letter(trade.prepay.number, news.event, url, make, _is_acknowledged)

    def _resource(self, news: News) -> dict[str, str]:
        sealed = seal(encoded(news.content), news.about, self.keys.apiv3_key)
        return {"original_type": news.about, **sealed}


def _tampered(node: dict[str, object], tampering: Tampering) -> dict[str, object]:
    if tampering.fen is not None:
        node["amount"] = _amount(node, tampering.fen)
    if tampering.other_merchant:
        node |= _OTHER
    if tampering.unknown_order:
        node["out_trade_no"] = UNKNOWN_ORDER
    return node


def _amount(node: Mapping[str, object], fen: int) -> dict[str, object]:
    if "refund_status" in node:
        return {"payer_refund": fen, "payer_total": fen, "refund": fen, "total": fen}
    return {"currency": "CNY", "payer_currency": "CNY", "payer_total": fen, "total": fen}


def _is_acknowledged(status: int, _: bytes) -> bool:
    return status in _ACKNOWLEDGING
