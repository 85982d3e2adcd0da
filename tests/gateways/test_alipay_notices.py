"""Notices of Alipay: genuine, about us, and understood."""

import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from domain.money import Money
from domain.payments import (
    BadNotice,
    ChannelNotice,
    NotGenuine,
    NoticeKind,
    Trade,
    TradeState,
)
from gateways.alipay.notices import open_notice
from gateways.platform_ids import is_opaque
from sandbox.payments.trouble import UNKNOWN_ORDER
from tests.gateways.platforms import APP_ID, alipay_wire, app_key, everything_told, platform_key
from tests.gateways.test_alipay_trades import NUMBER, OVER, STARTED, WAITING, Shop, order, shop

__all__ = ["shop"]  # a fixture

SELLER = "2088000000000001"
REFERENCE = "2026110222001400000000000001"
PAID = Trade(NUMBER, TradeState.PAID, Money(15000), REFERENCE, STARTED)
WIRE = alipay_wire("http://127.0.0.1:9/")
FIELDS = {
    "app_id": APP_ID,
    "auth_app_id": APP_ID,
    "body": "",
    "buyer_logon_id": "138****0000",
    "buyer_open_id": "074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5",
    "charset": "utf-8",
    "fund_bill_list": '[{"amount":"150.00","fundChannel":"ALIPAYACCOUNT"}]',
    "gmt_create": "2026-11-02 15:29:00",
    "gmt_payment": "2026-11-02 15:30:05",
    "notify_id": "2026110200222153005012345678901234",
    "notify_time": "2026-11-02 15:30:06",
    "notify_type": "trade_status_sync",
    "out_trade_no": NUMBER,
    "passback_params": "a%3D1%26b%3D%E7%BD%9A",
    "seller_id": SELLER,
    "subject": '罚款 50% "A" {1} \\ a+b=c&d/e?f#g',
    "total_amount": "150.00",
    "trade_no": REFERENCE,
    "trade_status": "TRADE_SUCCESS",
    "version": "1.0",
}


def signed(fields: dict[str, str], key: Any = None) -> dict[str, str]:
    """As the platform does it: over all that is not empty, but neither sign nor sign_type."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name])
    signature = (key or platform_key()).sign(text.encode(), PKCS1v15(), SHA256())
    return {**fields, "sign": base64.b64encode(signature).decode(), "sign_type": "RSA2"}


def body(**changed: str | None) -> bytes:
    fields = {name: value for name, value in (FIELDS | changed).items() if value is not None}
    return urlencode(signed(fields)).encode()


def opened(sent: bytes, seller_id: str | None = SELLER) -> ChannelNotice:
    return open_notice(sent, WIRE, seller_id)


def not_genuine(sent: bytes) -> str:
    with pytest.raises(NotGenuine) as raised:
        opened(sent)
    assert NUMBER not in everything_told(raised.value)
    return str(raised.value)


def bad(sent: bytes, seller_id: str | None = SELLER) -> str:
    with pytest.raises(BadNotice) as raised:
        opened(sent, seller_id)
    assert NUMBER not in everything_told(raised.value)
    return str(raised.value)


def test_a_payment() -> None:
    assert opened(body()) == ChannelNotice(
        id="2026110200222153005012345678901234",
        kind=NoticeKind.TRADE,
        event="TRADE_SUCCESS",
        trade=PAID,
    )


@pytest.mark.parametrize(
    ("changed", "kind", "trade"),
    [
        ({"trade_status": "TRADE_FINISHED"}, NoticeKind.TRADE, PAID),
        ({"trade_status": "WAIT_BUYER_PAY", "gmt_payment": None}, NoticeKind.TRADE, WAITING),
        (
            {
                "trade_status": "TRADE_CLOSED",
                "gmt_payment": None,
                "gmt_close": "2026-11-02 16:00:00",
            },
            NoticeKind.TRADE,
            OVER,
        ),
        # Refunds of a part and of all.
        (
            {"refund_fee": "50.00", "gmt_refund": "2026-11-03 10:00:00.123", "out_biz_no": "R1"},
            NoticeKind.REFUND,
            PAID,
        ),
        ({"trade_status": "TRADE_CLOSED", "refund_fee": "150.00"}, NoticeKind.REFUND, PAID),
        ({"trade_status": "TRADE_CLOSED", "gmt_refund": "2026-11-03"}, NoticeKind.REFUND, PAID),
        ({"out_biz_no": "R1"}, NoticeKind.REFUND, PAID),
        # What is empty is not there.
        ({"refund_fee": "", "gmt_refund": "", "out_biz_no": ""}, NoticeKind.TRADE, PAID),
    ],
)
def test_events(changed: dict[str, str | None], kind: NoticeKind, trade: Trade) -> None:
    notice = opened(body(**changed))

    assert (notice.kind, notice.trade) == (kind, trade)
    assert notice.event == changed.get("trade_status", "TRADE_SUCCESS")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"app_id": "2021009999999999"}, "another app_id"),
        ({"app_id": None}, "another app_id"),
        ({"seller_id": "2088999999999999"}, "another seller_id"),
        ({"seller_id": None}, "another seller_id"),
        ({"notify_type": "dut_user_sign"}, "another notify_type"),
        ({"trade_status": "TRADE_PENDING"}, "unknown trade_status"),
        ({"trade_status": None}, "no usable trade_status"),
        ({"total_amount": "150.001"}, "no usable total_amount"),
        ({"total_amount": "-150.00"}, "no usable total_amount"),
        ({"total_amount": "1.5E2"}, "no usable total_amount"),
        ({"total_amount": None}, "no usable total_amount"),
        ({"gmt_payment": None}, "no usable gmt_payment"),
        ({"gmt_payment": "2026-11-02"}, "no usable gmt_payment"),
        ({"out_trade_no": ""}, "no usable out_trade_no"),
        ({"trade_no": "a b"}, "no usable trade_no"),
        ({"notify_id": None}, "no usable notify_id"),
    ],
)
def test_genuine_but_not_for_us(changed: dict[str, str | None], why: str) -> None:
    assert bad(body(**changed)) == why


def test_any_seller_will_do_if_none_is_configured() -> None:
    assert opened(body(seller_id="2088999999999999"), None).trade == PAID
    assert opened(body(seller_id=None), None).trade == PAID
    assert bad(body(app_id="2021009999999999"), None) == "another app_id"


def test_what_nobody_vouches_for() -> None:
    fields = signed(FIELDS)
    with_type = signed(FIELDS | {"sign_type": "RSA2"})

    assert not_genuine(urlencode(signed(FIELDS, app_key())).encode()) == "wrong signature"
    assert not_genuine(urlencode(fields | {"total_amount": "0.01"}).encode()) == "wrong signature"
    assert not_genuine(urlencode(fields | {"more": "1"}).encode()) == "wrong signature"
    # So requests are signed, but not notices.
    assert not_genuine(urlencode(with_type).encode()) == "wrong signature"
    for unsigned in ({"sign": ""}, {"sign": "?"}, {"sign_type": "RSA"}, {"sign_type": ""}):
        assert not_genuine(urlencode(fields | unsigned).encode()) == "not signed"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (b"", "not signed"),
        (b"success", "not a form"),
        (b'{"app_id":"1"}', "not a form"),
        (b"&".join([body(), b"total_amount=150.00"]), "a name stands twice"),
        (b"&".join([body(), b"total_amount=0.01"]), "a name stands twice"),
        (b"a=%FF&b=1", "not a form"),
        (b"a=\xff", "not a form"),
        (b"&".join(b"a%d=1" % number for number in range(101)), "not a form"),
    ],
)
def test_what_is_no_form(sent: bytes, why: str) -> None:
    assert not_genuine(sent) == why


GOLDEN = json.loads(
    (Path(__file__).parents[1] / "sandbox" / "golden" / "alipay_requests.json").read_text()
)


@pytest.mark.parametrize(
    ("golden", "kind", "state"),
    [
        (GOLDEN["notices"][0], NoticeKind.TRADE, TradeState.PAID),
        (GOLDEN["notices"][1], NoticeKind.TRADE, TradeState.CLOSED),
        (GOLDEN["notices"][2], NoticeKind.REFUND, TradeState.PAID),
    ],
    ids=lambda one: one["name"] if isinstance(one, dict) else str(one),
)
def test_what_an_sdk_has_signed(golden: Any, kind: NoticeKind, state: TradeState) -> None:
    key = load_pem_public_key(GOLDEN["public_key"].encode())
    assert isinstance(key, RSAPublicKey)

    notice = open_notice(golden["body"].encode(), replace(WIRE, platform_key=key), SELLER)

    assert (notice.id, notice.kind) == (golden["fields"]["notify_id"], kind)
    assert (notice.trade.number, notice.trade.state) == ("CW2026110100000001", state)


@given(st.data())
def test_nothing_can_be_changed(data: st.DataObject) -> None:
    fields = signed(FIELDS)
    name = data.draw(st.sampled_from(sorted(fields.keys() - {"sign", "sign_type"})))
    value = data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
    if value == fields[name]:
        return

    assert not_genuine(urlencode(fields | {name: value}).encode()) == "wrong signature"


@given(st.binary(max_size=200))
def test_no_noise_is_a_notice(noise: bytes) -> None:
    with pytest.raises(NotGenuine):
        opened(noise)


async def told(shop: Shop) -> ChannelNotice:
    return shop.trades.open_notice({}, (await shop.merchant.told())[-1])


async def test_the_sandbox_tells_of_a_payment(shop: Shop) -> None:
    handle = await shop.trades.begin(order())
    await shop.sandbox.switch("notice-duplicate", copies=5)
    await shop.pay()

    notices = [shop.trades.open_notice({}, one) for one in await shop.merchant.told(5)]
    [notice] = set(notices)
    assert notice.trade == Trade(NUMBER, TradeState.PAID, Money(15000), handle, STARTED)
    assert (notice.kind, notice.event) == (NoticeKind.TRADE, "TRADE_SUCCESS")
    assert is_opaque(notice.id)


async def test_the_sandbox_tells_what_was_before_and_of_a_closed_trade(shop: Shop) -> None:
    await shop.trades.begin(order())
    await shop.sandbox.switch("notice-reversed")
    await shop.trades.close(NUMBER)

    notices = [shop.trades.open_notice({}, one) for one in await shop.merchant.told(2)]
    assert [notice.trade for notice in notices] == [OVER, WAITING]
    assert len({notice.id for notice in notices}) == 2


@pytest.mark.parametrize(
    ("scenario", "raised"),
    [("notice-forged", NotGenuine), ("notice-other-merchant", BadNotice)],
)
async def test_bad_notices_of_the_sandbox(
    shop: Shop, scenario: str, raised: type[Exception]
) -> None:
    await shop.trades.begin(order())
    await shop.sandbox.switch(scenario)
    await shop.pay()

    with pytest.raises(raised):
        await told(shop)


async def test_notices_of_the_sandbox_that_the_caller_has_to_judge(shop: Shop) -> None:
    await shop.trades.begin(order())
    await shop.sandbox.switch("notice-amount", fen=14999)
    await shop.sandbox.switch("notice-unknown-order")
    await shop.pay()

    trade = (await told(shop)).trade
    assert (trade.number, trade.amount) == (UNKNOWN_ORDER, Money(14999))
