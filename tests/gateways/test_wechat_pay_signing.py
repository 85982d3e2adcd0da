"""What we sign and what we open, byte for byte as another's SDK does."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from domain.money import Money
from domain.payments import (
    ChannelNotice,
    NotGenuine,
    NoticeKind,
    Trade,
    TradeState,
    WechatRequestPayment,
)
from gateways.wechat_pay import WechatPayWire
from gateways.wechat_pay.keys import KeyRing, PlatformKey, by_serial, read_certificate
from gateways.wechat_pay.notices import open_notice
from gateways.wechat_pay.signing import authorization, client_parameters, request_text

# Made by wechatpayv3.
GOLDEN = json.loads((Path(__file__).parent / "golden" / "wechat_pay.json").read_text())
SIGNED_AT = datetime.fromtimestamp(GOLDEN["timestamp"], UTC)


@pytest.fixture(scope="module")
def wire() -> WechatPayWire:
    private = load_pem_private_key(GOLDEN["private_key"].encode(), None)
    public = load_pem_public_key(GOLDEN["platform_public_key"].encode())
    assert isinstance(private, RSAPrivateKey)
    assert isinstance(public, RSAPublicKey)
    return WechatPayWire(
        base_url="http://127.0.0.1:9",
        app_id=GOLDEN["app_id"],
        merchant_id=GOLDEN["merchant_id"],
        certificate_serial=GOLDEN["certificate_serial"],
        private_key=private,
        apiv3_key=GOLDEN["apiv3_key"].encode(),
        platform_keys=(PlatformKey(GOLDEN["public_key_id"], public),),
    )


@pytest.mark.parametrize("request_", GOLDEN["requests"], ids=lambda one: one["name"])
def test_another_sdk_signs_requests_the_same(wire: WechatPayWire, request_: dict[str, Any]) -> None:
    signed = authorization(
        wire,
        request_["method"],
        request_["target"],
        GOLDEN["timestamp"],
        GOLDEN["nonce"],
        request_["body"].encode(),
    )

    assert signed == request_["authorization"]


def test_another_sdk_signs_payments_the_same(wire: WechatPayWire) -> None:
    payment = GOLDEN["payment"]

    assert client_parameters(
        wire, payment["prepay_id"], GOLDEN["timestamp"], GOLDEN["nonce"]
    ) == WechatRequestPayment(
        time_stamp=str(GOLDEN["timestamp"]),
        nonce_str=GOLDEN["nonce"],
        package=f"prepay_id={payment['prepay_id']}",
        sign_type="RSA",
        pay_sign=payment["pay_sign"],
    )


OPENED = GOLDEN["notice"]["opened"]
PAID = Trade(
    number=OPENED["resource"]["out_trade_no"],
    state=TradeState.PAID,
    amount=Money(15000),
    reference=OPENED["resource"]["transaction_id"],
    paid_at=datetime(2026, 11, 1, 23, 29, 59, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("name", "kind", "trade"),
    [
        ("notice", NoticeKind.TRADE, PAID),
        ("certificate_notice", NoticeKind.TRADE, PAID),
        ("refund_notice", NoticeKind.REFUND, replace(PAID, paid_at=None)),
    ],
)
def test_another_sdk_opens_the_same_notices(
    wire: WechatPayWire, name: str, kind: NoticeKind, trade: Trade
) -> None:
    notice, opened = GOLDEN[name], GOLDEN[name]["opened"]
    certificate = read_certificate(GOLDEN["platform_certificate"].encode())
    keys = KeyRing(by_serial([*wire.platform_keys, certificate]))
    body = notice["body"].encode()

    assert open_notice(notice["headers"], body, wire, keys, SIGNED_AT) == ChannelNotice(
        id=opened["id"], kind=kind, event=opened["event_type"], trade=trade
    )
    # The SDK would take it on any day.
    with pytest.raises(NotGenuine, match="too old"):
        open_notice(notice["headers"], body, wire, keys, SIGNED_AT + timedelta(days=1))


def test_what_is_signed() -> None:
    assert request_text("POST", "/v3/x?a=%20", 7, "N", "罚".encode()) == (
        b"POST\n/v3/x?a=%20\n7\nN\n\xe7\xbd\x9a\n"
    )
    assert request_text("GET", "/v3/x", 7, "N", b"") == b"GET\n/v3/x\n7\nN\n\n"
