"""Notices: JSON whose resource only the merchant can read, vouched for in the headers."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sandbox.payments import Letter
from sandbox.payments.trouble import UNKNOWN_ORDER, Tampering
from sandbox.platforms.clock import Clock
from sandbox.wechatpay.answers import Stamp, encoded
from sandbox.wechatpay.book import Trade
from sandbox.wechatpay.nodes import told, trade_node
from sandbox.wechatpay.platform_keys import PlatformKeys
from sandbox.wechatpay.prepay import Merchant
from sandbox.wechatpay.sealing import seal

PAID = "TRANSACTION.SUCCESS"
_ACKNOWLEDGING = (200, 204)
_OTHER = {"mchid": "1900009999", "appid": "wx9999999999999999"}


@dataclass(frozen=True, slots=True)
class Notices:
    """`clock` is the real one: it stands in signatures, which have to be fresh."""

    merchant: Merchant
    keys: PlatformKeys
    clock: Clock

    def paid(self, trade: Trade, tampering: Tampering, probes: int = 0) -> Letter:
        """That a trade was paid; the first deliveries are `probes`, whose signatures are wrong."""
        body = encoded(
            {
                "id": f"EV-{secrets.randbelow(10**22):022d}",
                "create_time": told(trade.paid_at),
                "resource_type": "encrypt-resource",
                "event_type": PAID,
                "summary": "支付成功",
                "resource": self._resource(_tampered(trade_node(trade, self.merchant), tampering)),
            }
        )
        stamp, signer = Stamp(right=not tampering.forged), self.keys.of_notice()
        left = iter(range(probes))

        def make() -> tuple[dict[str, str], bytes]:
            is_probe = next(left, None) is not None
            headers = replace(stamp, probe=is_probe).headers(body, signer, self.clock())
            return {"Content-Type": "application/json", **headers}, body

        return Letter(trade.prepay.number, PAID, trade.prepay.notify_url, make, _is_acknowledged)

    def _resource(self, content: Mapping[str, object]) -> dict[str, str]:
        sealed = seal(encoded(content), "transaction", self.keys.apiv3_key)
        return {"original_type": "transaction", **sealed}


def _tampered(node: dict[str, object], tampering: Tampering) -> dict[str, object]:
    if tampering.fen is not None:
        amount = {"currency": "CNY", "payer_currency": "CNY"}
        node["amount"] = {**amount, "payer_total": tampering.fen, "total": tampering.fen}
    if tampering.other_merchant:
        node |= _OTHER
    if tampering.unknown_order:
        node["out_trade_no"] = UNKNOWN_ORDER
    return node


def _is_acknowledged(status: int, _: bytes) -> bool:
    return status in _ACKNOWLEDGING
