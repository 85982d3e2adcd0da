"""What can be given back at the sandbox of WeChat Pay, and what becomes of it."""

import json
import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from sandbox.city import City
from sandbox.wechatpay import SANDBOX_MERCHANT_ID, WechatPaySandboxSettings
from tests.sandbox.merchant import Merchant, trading
from tests.sandbox.wechatpay_wire import (
    NUMBER,
    Answered,
    WechatPay,
    public_key,
    served,
    unsealed,
)

REFUNDS = "/v3/refund/domestic/refunds"
AMOUNT = {"refund": 5000, "total": 15000, "currency": "CNY"}


@pytest.fixture
async def wechat_pay(city: City) -> AsyncIterator[WechatPay]:
    settings = WechatPaySandboxSettings(refund_seconds=30, notice_delays_seconds=())
    async with served(city, settings) as one:
        yield one


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    async with trading() as one:
        yield one


def asked(**changed: Any) -> dict[str, Any]:
    """The body that asks for a refund; None takes a member away."""
    body = {
        "out_trade_no": NUMBER,
        "out_refund_no": "R1@2|3",
        "reason": "撤销处罚",
        "amount": AMOUNT,
    } | changed
    return {name: value for name, value in body.items() if value is not None}


async def refund(wechat_pay: WechatPay, **changed: Any) -> Answered:
    return await wechat_pay.send("POST", REFUNDS, json.dumps(asked(**changed)).encode())


async def query(wechat_pay: WechatPay, number: str = "R1@2%7C3") -> Answered:
    return await wechat_pay.send("GET", f"{REFUNDS}/{number}")


async def pay(wechat_pay: WechatPay) -> None:
    await wechat_pay.begin()
    await wechat_pay.control("pay", {"outTradeNo": NUMBER})


async def later(wechat_pay: WechatPay, seconds: float = 60) -> None:
    await wechat_pay.control("clock", {"advanceSeconds": seconds})


async def given_back(wechat_pay: WechatPay) -> list[tuple[str, int]]:
    moved = (await wechat_pay.control("money"))["moved"]
    return [(one["reference"], one["fen"]) for one in moved if one["kind"] == "refund"]


async def test_from_accepted_to_its_end(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    paid = (await wechat_pay.query()).node

    answer = await refund(wechat_pay)

    assert (answer.status, answer.is_signed_by(public_key())) == (200, True)
    node = answer.node
    assert re.fullmatch(r"5030\d{24}", node["refund_id"])
    assert datetime.fromisoformat(node["create_time"]).utcoffset() is not None
    accepted = {
        "amount": {
            "currency": "CNY",
            "discount_refund": 0,
            "from": [],
            "payer_refund": 5000,
            "payer_total": 15000,
            "refund": 5000,
            "settlement_refund": 5000,
            "settlement_total": 15000,
            "total": 15000,
        },
        "channel": "ORIGINAL",
        "create_time": node["create_time"],
        "funds_account": "AVAILABLE",
        "out_refund_no": "R1@2|3",
        "out_trade_no": NUMBER,
        "promotion_detail": [],
        "refund_id": node["refund_id"],
        "status": "PROCESSING",
        "transaction_id": paid["transaction_id"],
        "user_received_account": "支付用户零钱",
    }
    assert node == accepted
    assert (await query(wechat_pay)).node == (await refund(wechat_pay)).node == accepted
    assert await given_back(wechat_pay) == []
    refunded = (await wechat_pay.query()).node
    assert refunded == paid | {"trade_state": "REFUND", "trade_state_desc": "转入退款"}

    await later(wechat_pay, 30)

    ended = (await query(wechat_pay)).node
    assert ended == accepted | {"status": "SUCCESS", "success_time": ended["success_time"]}
    assert (await refund(wechat_pay)).node == ended
    assert await given_back(wechat_pay) == [(node["refund_id"], 5000)]


async def test_by_the_transaction_id(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    transaction_id = (await wechat_pay.query()).node["transaction_id"]
    answer = await refund(wechat_pay, out_trade_no=None, transaction_id=transaction_id)

    assert (answer.node["status"], answer.node["out_trade_no"]) == ("PROCESSING", NUMBER)


@pytest.mark.parametrize(("scenario", "end"), [("closed", "CLOSED"), ("abnormal", "ABNORMAL")])
async def test_other_ends(
    wechat_pay: WechatPay, merchant: Merchant, scenario: str, end: str
) -> None:
    await pay(wechat_pay)
    await wechat_pay.on(f"refund-{scenario}", times=1, method="refund")
    accepted = await refund(wechat_pay, notify_url=merchant.url)
    await later(wechat_pay)

    assert (await query(wechat_pay)).node == accepted.node | {"status": end}
    [body] = await merchant.told()
    assert json.loads(body)["event_type"] == f"REFUND.{end}"
    assert await given_back(wechat_pay) == []
    # What was closed is there to be refunded; what is abnormal has left the merchant.
    again = await refund(wechat_pay, out_refund_no="R2", amount=AMOUNT | {"refund": 15000})
    assert again.status == (200 if end == "CLOSED" else 400)


async def test_whoever_wants_to_is_told(wechat_pay: WechatPay, merchant: Merchant) -> None:
    await pay(wechat_pay)
    accepted = (await refund(wechat_pay, notify_url=merchant.url)).node
    await later(wechat_pay, 30)

    # Nobody asks, and the sandbox sees it by itself.
    [body] = await merchant.told()
    notice = json.loads(body)
    assert re.fullmatch(r"EV-\d{22}", notice["id"])
    assert (notice["event_type"], notice["summary"]) == ("REFUND.SUCCESS", "退款成功")
    assert notice["resource_type"] == "encrypt-resource"
    resource = notice["resource"]
    assert (resource["original_type"], resource["associated_data"]) == ("refund", "refund")
    told = json.loads(unsealed(resource))
    assert told == {
        "amount": {"payer_refund": 5000, "payer_total": 15000, "refund": 5000, "total": 15000},
        "mchid": SANDBOX_MERCHANT_ID,
        "out_refund_no": "R1@2|3",
        "out_trade_no": NUMBER,
        "refund_id": accepted["refund_id"],
        "refund_status": "SUCCESS",
        "success_time": notice["create_time"],
        "transaction_id": accepted["transaction_id"],
        "user_received_account": "支付用户零钱",
    }
    assert len(await given_back(wechat_pay)) == 1


async def test_at_once_if_that_is_wanted(city: City) -> None:
    settings = WechatPaySandboxSettings(refund_seconds=0, notice_delays_seconds=())
    async with served(city, settings) as wechat_pay:
        await pay(wechat_pay)
        first = await refund(wechat_pay)

        assert first.node["status"] == "PROCESSING"
        assert len(await given_back(wechat_pay)) == 1
        assert (await refund(wechat_pay)).node["status"] == "SUCCESS"
        assert len(await given_back(wechat_pay)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"reason": "another"},
        {"reason": None},
        {"amount": AMOUNT | {"refund": 4999}},
        {"out_trade_no": "CW0002"},
        {"notify_url": "https://x.example/n"},
    ],
)
async def test_a_number_that_stands_for_something_else(
    wechat_pay: WechatPay, changed: dict[str, Any]
) -> None:
    await pay(wechat_pay)
    accepted = (await refund(wechat_pay)).node

    assert (await refund(wechat_pay, **changed)).code == (400, "INVALID_REQUEST", "268498688")
    assert (await query(wechat_pay)).node == accepted


REFUSED = [
    ({"out_trade_no": "CW0002"}, (404, "RESOURCE_NOT_EXISTS", "268512771")),
    ({"out_trade_no": None, "transaction_id": "42"}, (404, "RESOURCE_NOT_EXISTS", "268512771")),
    ({"amount": AMOUNT | {"refund": 15001}}, (400, "INVALID_REQUEST", "0")),
    ({"amount": AMOUNT | {"total": 14999}}, (400, "INVALID_REQUEST", "0")),
    ({"amount": AMOUNT | {"currency": "USD"}}, (400, "PARAM_ERROR", "0")),
    ({"amount": {"refund": 5000, "total": 15000}}, (400, "PARAM_ERROR", "0")),
    ({"amount": AMOUNT | {"refund": 0}}, (400, "PARAM_ERROR", "0")),
    ({"amount": None}, (400, "PARAM_ERROR", "0")),
    ({"out_refund_no": "R 1"}, (400, "PARAM_ERROR", "0")),
    ({"out_refund_no": None}, (400, "PARAM_ERROR", "0")),
    ({"out_trade_no": None}, (400, "PARAM_ERROR", "0")),
    ({"reason": "一" * 81}, (400, "PARAM_ERROR", "0")),
    ({"notify_url": "https://x.example/n?a=1"}, (400, "PARAM_ERROR", "0")),
]


@pytest.mark.parametrize(("changed", "code"), REFUSED)
async def test_what_is_refused(
    wechat_pay: WechatPay, changed: dict[str, Any], code: tuple[int, str, str]
) -> None:
    await pay(wechat_pay)

    assert (await refund(wechat_pay, **changed)).code == code
    assert (await wechat_pay.query()).node["trade_state"] == "SUCCESS"


async def test_what_nobody_has_paid(wechat_pay: WechatPay) -> None:
    await wechat_pay.begin()

    assert (await refund(wechat_pay)).code == (400, "INVALID_REQUEST", "0")


async def test_after_a_year(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await later(wechat_pay, 365 * 86_400 + 1)

    assert (await refund(wechat_pay)).code == (400, "INVALID_REQUEST", "0")


async def test_not_enough_until_there_is(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await wechat_pay.on("not-enough", times=1)
    assert (await refund(wechat_pay)).code == (403, "NOT_ENOUGH", "0")
    assert (await query(wechat_pay)).code == (404, "RESOURCE_NOT_EXISTS", "268512771")

    assert (await refund(wechat_pay)).status == 200


async def test_a_minute_apart_and_no_more_than_there_is(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await refund(wechat_pay)
    second = {"out_refund_no": "R2", "amount": AMOUNT | {"refund": 10000}}
    await later(wechat_pay, 55)
    assert (await refund(wechat_pay, **second)).code == (429, "FREQUENCY_LIMITED", "268447840")
    await later(wechat_pay, 5)
    beyond = await refund(wechat_pay, out_refund_no="R3", amount=AMOUNT | {"refund": 10001})
    assert beyond.code == (400, "INVALID_REQUEST", "0")
    assert beyond.node["message"] == "申请退款金额超过订单可退金额"

    assert (await refund(wechat_pay, **second)).status == 200
    last = await refund(wechat_pay, out_refund_no="R4", amount=AMOUNT | {"refund": 1})
    assert (last.code, last.node["message"]) == ((400, "INVALID_REQUEST", "0"), "订单已全额退款")
    await later(wechat_pay)
    await query(wechat_pay)
    assert [fen for _, fen in await given_back(wechat_pay)] == [5000, 10000]


async def test_fifty_times(city: City) -> None:
    settings = WechatPaySandboxSettings(refund_seconds=0, refund_gap_seconds=0)
    async with served(city, settings) as wechat_pay:
        await pay(wechat_pay)
        one_fen = AMOUNT | {"refund": 1}
        for number in range(50):
            answer = await refund(wechat_pay, out_refund_no=f"R{number}", amount=one_fen)
            assert answer.status == 200
        last = await refund(wechat_pay, out_refund_no="R50", amount=one_fen)

        assert last.code == (403, "RULE_LIMIT", "0")
        assert len(await given_back(wechat_pay)) == 50


async def test_a_query_that_lags_behind(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await refund(wechat_pay)
    await wechat_pay.on("refund-absent", times=1)

    assert (await query(wechat_pay)).code == (404, "RESOURCE_NOT_EXISTS", "268512771")
    assert (await query(wechat_pay)).status == 200


async def test_what_is_paid_stays_paid(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await refund(wechat_pay)

    assert (await wechat_pay.begin()).code == (400, "ORDERPAID", "268449538")
    assert (await wechat_pay.close()).code == (400, "ORDERPAID", "268449538")
