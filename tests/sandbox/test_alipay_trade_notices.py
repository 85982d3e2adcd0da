"""What the Alipay sandbox tells a merchant by itself, and how often."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.alipay import SANDBOX_APP_ID, SANDBOX_SELLER_ID
from sandbox.alipay.settings import AlipaySandboxSettings
from sandbox.city import City
from sandbox.payments.trouble import UNKNOWN_ORDER
from tests.sandbox.alipay_trading import (
    BUYER,
    CLOSE,
    NUMBER,
    SETTINGS,
    create,
    deliveries,
    moved,
    opened,
)
from tests.sandbox.alipay_wire import Alipay, genuine, served
from tests.sandbox.merchant import Merchant, trading


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    async with trading() as one:
        yield one


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city, SETTINGS) as one:
        yield one


def base(form: dict[str, str]) -> bytes:
    signed = sorted(form.keys() - {"sign", "sign_type"})
    return "&".join(f"{name}={form[name]}" for name in signed).encode()


def noted(attempt: int, **changed: Any) -> dict[str, Any]:
    plain = {
        "outTradeNo": NUMBER,
        "event": "TRADE_SUCCESS",
        "attempt": attempt,
        "status": 200,
        "body": "success",
        "acknowledged": True,
    }
    return plain | changed


async def test_the_notice_of_a_payment(alipay: Alipay, merchant: Merchant) -> None:
    made = await create(alipay, merchant.url, body="两次", passback_params="a%3D1")
    await alipay.control("pay", outTradeNo=NUMBER)
    await merchant.told()

    [form] = merchant.forms
    assert form == {
        "app_id": SANDBOX_APP_ID,
        "auth_app_id": SANDBOX_APP_ID,
        "body": "两次",
        "buyer_logon_id": "138****0000",
        "buyer_open_id": BUYER,
        "buyer_pay_amount": "150.00",
        "charset": "utf-8",
        "fund_bill_list": '[{"amount":"150.00","fundChannel":"ALIPAYACCOUNT"}]',
        "gmt_create": "2026-11-01 08:00:00",
        "gmt_payment": "2026-11-01 08:00:00",
        "invoice_amount": "150.00",
        "notify_id": form["notify_id"],
        "notify_time": "2026-11-01 08:00:00",
        "notify_type": "trade_status_sync",
        "out_trade_no": NUMBER,
        "passback_params": "a%3D1",
        "point_amount": "0.00",
        "receipt_amount": "150.00",
        "seller_email": "seller@sandbox.invalid",
        "seller_id": SANDBOX_SELLER_ID,
        "sign": form["sign"],
        "sign_type": "RSA2",
        "subject": "交通违法罚款",
        "total_amount": "150.00",
        "trade_no": made.node["trade_no"],
        "trade_status": "TRADE_SUCCESS",
        "version": "1.0",
    }
    assert genuine(base(form), form["sign"])
    assert len(form["notify_id"]) == 34
    assert merchant.types == ["application/x-www-form-urlencoded; charset=utf-8"]
    assert await deliveries(alipay) == [noted(1)]


async def test_the_notice_of_a_closed_trade(alipay: Alipay, merchant: Merchant) -> None:
    await opened(alipay, merchant.url)
    await alipay.ask(CLOSE, {"out_trade_no": NUMBER})
    await merchant.told()

    [form] = merchant.forms
    assert (form["trade_status"], form["gmt_close"]) == ("TRADE_CLOSED", "2026-11-01 08:00:00")
    assert not form.keys() & {"gmt_payment", "refund_fee", "gmt_refund", "fund_bill_list"}
    assert genuine(base(form), form["sign"])


async def test_nobody_is_told_without_an_address(alipay: Alipay) -> None:
    await opened(alipay)
    await alipay.control("pay", outTradeNo=NUMBER)
    by_hand = await alipay.http.post("/control/notices", json={"outTradeNo": NUMBER})

    assert by_hand.status == 404
    assert await deliveries(alipay) == []
    assert len(await moved(alipay)) == 1


@pytest.mark.parametrize(
    ("status", "answer", "acknowledged"),
    [
        (200, b"success", True),
        (200, b"SUCCESS", False),
        (200, b"success\n", False),
        (200, b"", False),
        (202, b"success", False),
        (500, b"success", False),
    ],
)
async def test_only_the_exact_word_is_an_acknowledgement(
    alipay: Alipay, merchant: Merchant, status: int, answer: bytes, acknowledged: bool
) -> None:
    merchant.status, merchant.answer = status, answer
    await opened(alipay, merchant.url)

    told = await alipay.control("notices", outTradeNo=NUMBER)

    expected = noted(
        1, event="WAIT_BUYER_PAY", status=status, body=answer.decode(), acknowledged=acknowledged
    )
    assert told == {"notices": [expected]}
    assert await deliveries(alipay) == [expected]


async def test_it_is_told_again_until_it_is_acknowledged(city: City, merchant: Merchant) -> None:
    settings = AlipaySandboxSettings(notice_delays_seconds=(0.0, 0.0, 0.0))
    merchant.answer = b"fail"

    async def learn() -> None:
        if len(merchant.bodies) == 3:
            merchant.answer = b"success"

    merchant.before = learn
    async with served(city, settings) as alipay:
        await create(alipay, merchant.url, time_expire=None)
        await alipay.control("pay", outTradeNo=NUMBER)
        await merchant.told(3)
        while len(report := await deliveries(alipay)) < 3:
            pass

    failed = {"body": "fail", "acknowledged": False}
    assert report == [noted(1, **failed), noted(2, **failed), noted(3)]
    assert len({form["notify_id"] for form in merchant.forms}) == 1


async def test_the_first_delivery_can_get_lost(city: City, merchant: Merchant) -> None:
    settings = AlipaySandboxSettings(notice_delays_seconds=(0.0,))
    async with served(city, settings) as alipay:
        await create(alipay, merchant.url, time_expire=None)
        await alipay.on("notice-lost", method="notice", times=1)
        await alipay.control("pay", outTradeNo=NUMBER)
        await merchant.told()
        while len(report := await deliveries(alipay)) < 2:
            pass

    assert report == [noted(1, status=None, body="", acknowledged=False), noted(2)]
    assert len(merchant.bodies) == 1


async def test_a_notice_can_be_early(alipay: Alipay, merchant: Merchant) -> None:
    await opened(alipay, merchant.url)
    await alipay.on("notice-early")
    await alipay.on("notice-late", parameters={"seconds": 0.05})

    await alipay.control("pay", outTradeNo=NUMBER)

    assert await deliveries(alipay) == [noted(1)]


async def test_a_merchant_may_ask_while_being_told(alipay: Alipay, merchant: Merchant) -> None:
    seen: list[str] = []

    async def look() -> None:
        node = (await alipay.ask("alipay.trade.query", {"out_trade_no": NUMBER})).node
        seen.append(node["trade_status"])

    merchant.before = look
    await alipay.on("pays-at-once")
    await create(alipay, merchant.url)

    assert seen == ["TRADE_SUCCESS"]
    assert await deliveries(alipay) == [noted(1)]
    assert len(await moved(alipay)) == 1


@pytest.mark.parametrize(
    ("scenario", "parameters", "changed"),
    [
        ("notice-amount", {"fen": 1}, {"total_amount": "0.01"}),
        (
            "notice-other-merchant",
            {},
            {"app_id": "2021009999999999", "seller_id": "2088999999999999"},
        ),
        ("notice-unknown-order", {}, {"out_trade_no": UNKNOWN_ORDER}),
    ],
)
async def test_notices_about_something_else_are_well_signed(
    alipay: Alipay,
    merchant: Merchant,
    scenario: str,
    parameters: dict[str, Any],
    changed: dict[str, str],
) -> None:
    await opened(alipay, merchant.url)
    await alipay.on(scenario, parameters=parameters)
    await alipay.control("pay", outTradeNo=NUMBER)
    await merchant.told()

    [form] = merchant.forms
    assert {name: form[name] for name in changed} == changed
    assert genuine(base(form), form["sign"])
    assert (await moved(alipay))[0]["fen"] == 15000


async def test_a_forged_notice(alipay: Alipay, merchant: Merchant) -> None:
    await opened(alipay, merchant.url)
    await alipay.on("notice-forged")
    await alipay.control("pay", outTradeNo=NUMBER)
    await merchant.told()

    [form] = merchant.forms
    assert not genuine(base(form), form["sign"])


async def test_notices_by_hand(alipay: Alipay, merchant: Merchant) -> None:
    await opened(alipay, merchant.url)

    five = await alipay.control("notices", outTradeNo=NUMBER, times=5, parallel=True)
    other = await alipay.control("notices", outTradeNo=NUMBER, amountFen=1, merchant="other")
    wrong = await alipay.control("notices", outTradeNo=NUMBER, signature="wrong")

    waiting = [noted(attempt, event="WAIT_BUYER_PAY") for attempt in range(1, 6)]
    assert five == {"notices": waiting}
    assert other == wrong == {"notices": waiting[:1]}
    forms = merchant.forms
    assert len({form["notify_id"] for form in forms[:5]}) == 1
    assert (forms[5]["total_amount"], forms[5]["app_id"]) == ("0.01", "2021009999999999")
    assert genuine(base(forms[5]), forms[5]["sign"])
    assert not genuine(base(forms[6]), forms[6]["sign"])


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({}, 400),
        ({"outTradeNo": "another"}, 404),
        ({"outTradeNo": NUMBER, "times": 0}, 400),
        ({"outTradeNo": NUMBER, "times": 101}, 400),
        ({"outTradeNo": NUMBER, "parallel": 1}, 400),
        ({"outTradeNo": NUMBER, "amountFen": "1"}, 400),
        ({"outTradeNo": NUMBER, "signature": "right"}, 400),
        ({"outTradeNo": NUMBER, "merchant": "mine"}, 400),
    ],
)
async def test_wishes_that_make_no_sense(
    alipay: Alipay, merchant: Merchant, wanted: dict[str, Any], status: int
) -> None:
    await opened(alipay, merchant.url)

    response = await alipay.http.post("/control/notices", json=wanted)

    assert response.status == status
    assert merchant.bodies == []
