"""`alipay.trade.refund` and its query, as the wire's description has them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientConnectionError

from sandbox.city import City
from tests.sandbox.alipay_trading import (
    BUYER,
    NUMBER,
    SETTINGS,
    STARTED,
    create,
    moved,
    opened,
    query,
)
from tests.sandbox.alipay_wire import Alipay, served
from tests.sandbox.merchant import Merchant, trading

REFUND, ASK = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
YEAR = 31_536_000
NOTHING_TO_TELL = {"code": "10000", "msg": "Success"}


@pytest.fixture
async def merchant() -> AsyncIterator[Merchant]:
    async with trading() as one:
        yield one


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city, SETTINGS) as one:
        yield one


async def paid(alipay: Alipay, notify_url: str | None = None) -> str:
    """The trade_no of a trade of 150 yuan that is paid."""
    trade_no = await opened(alipay, notify_url)
    await alipay.control("pay", outTradeNo=NUMBER)
    return trade_no


async def refund(
    alipay: Alipay, amount: Any, number: str | None = "R1", **more: Any
) -> dict[str, Any]:
    content = {"out_trade_no": NUMBER, "refund_amount": amount, "out_request_no": number, **more}
    given = {name: value for name, value in content.items() if value is not None}
    return (await alipay.ask(REFUND, given)).node


async def ask(alipay: Alipay, number: str = "R1") -> dict[str, Any]:
    return (await alipay.ask(ASK, {"out_trade_no": NUMBER, "out_request_no": number})).node


async def refunds(alipay: Alipay) -> list[tuple[str, int, float]]:
    """What went back, by the truth log."""
    return [
        (one["reference"], one["fen"], one["at"] - STARTED)
        for one in await moved(alipay)
        if one["kind"] == "refund"
    ]


def told(trade_no: str, fund_change: str, refund_fee: str) -> dict[str, Any]:
    return {
        "code": "10000",
        "msg": "Success",
        "trade_no": trade_no,
        "out_trade_no": NUMBER,
        "buyer_open_id": BUYER,
        "buyer_logon_id": "138****0000",
        "fund_change": fund_change,
        "refund_fee": refund_fee,
        "gmt_refund_pay": "2026-11-01 08:00:00",
    }


async def test_a_part_and_then_the_rest(alipay: Alipay) -> None:
    trade_no = await paid(alipay)

    first = await refund(alipay, "50.00", refund_reason="多缴")
    between = await query(alipay)
    rest = await refund(alipay, "100.00", "R2")

    assert first == told(trade_no, "Y", "50.00")
    assert (between["trade_status"], between["total_amount"]) == ("TRADE_SUCCESS", "150.00")
    assert rest == told(trade_no, "Y", "150.00")
    after = await query(alipay)
    assert (after["trade_status"], after["send_pay_date"]) == (
        "TRADE_CLOSED",
        "2026-11-01 08:00:00",
    )
    assert await refunds(alipay) == [("R1", 5000, 0.0), ("R2", 10000, 0.0)]
    assert await ask(alipay) == {
        **NOTHING_TO_TELL,
        "trade_no": trade_no,
        "out_trade_no": NUMBER,
        "out_request_no": "R1",
        "refund_reason": "多缴",
        "total_amount": "150.00",
        "refund_amount": "50.00",
        "refund_status": "REFUND_SUCCESS",
        "gmt_refund_pay": "2026-11-01 08:00:00",
    }


async def test_the_same_again_moves_nothing(alipay: Alipay) -> None:
    trade_no = await paid(alipay)
    await refund(alipay, "150.00")

    assert await refund(alipay, "150.00") == told(trade_no, "N", "150.00")
    assert await refund(alipay, "150") == told(trade_no, "N", "150.00")
    other = await refund(alipay, "149.99")
    assert other["sub_code"] == "ACQ.DISCORDANT_REPEAT_REQUEST"
    assert await refunds(alipay) == [("R1", 15000, 0.0)]


async def test_without_a_number_only_all_of_it(alipay: Alipay) -> None:
    trade_no = await paid(alipay)

    part = await refund(alipay, "149.99", None)
    whole = await refund(alipay, "150.00", None)

    assert part["sub_code"] == "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL"
    assert whole == told(trade_no, "Y", "150.00")
    assert (await ask(alipay, NUMBER))["refund_status"] == "REFUND_SUCCESS"


async def test_what_cannot_be_refunded(alipay: Alipay) -> None:
    unknown = await refund(alipay, "1.00")
    await opened(alipay)
    unpaid = await refund(alipay, "1.00")
    await alipay.control("pay", outTradeNo=NUMBER)
    beyond = await refund(alipay, "150.01")
    await refund(alipay, "100.00")
    rest = await refund(alipay, "50.01", "R2")
    await refund(alipay, "50.00", "R2")
    closed = await refund(alipay, "0.01", "R3")

    assert unknown["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert unpaid["sub_code"] == "ACQ.TRADE_STATUS_ERROR"
    assert beyond["sub_code"] == rest["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"
    assert closed["sub_code"] == "ACQ.TRADE_HAS_CLOSE"
    assert await refunds(alipay) == [("R1", 10000, 0.0), ("R2", 5000, 0.0)]


async def test_after_a_year_it_is_too_late(alipay: Alipay) -> None:
    await paid(alipay)
    await alipay.control("clock", advanceSeconds=YEAR - 1)
    in_time = await refund(alipay, "1.00")
    await alipay.control("clock", advanceSeconds=1)
    late = await refund(alipay, "1.00", "R2")
    again = await refund(alipay, "1.00")

    assert (in_time["fund_change"], again["fund_change"]) == ("Y", "N")
    assert late["sub_code"] == "ACQ.TRADE_HAS_FINISHED"
    assert (await query(alipay))["trade_status"] == "TRADE_FINISHED"
    assert (await create(alipay)).node["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"
    assert await refunds(alipay) == [("R1", 100, YEAR - 1)]


@pytest.mark.parametrize(
    "wrong",
    [
        *({"refund_amount": bad} for bad in ("0.00", "1.005", "-1.00", "1e2", "")),
        *({"out_request_no": bad} for bad in ("", "a-b", "1" * 65)),
        {"refund_reason": "罚" * 257},
    ],
)
async def test_what_makes_no_sense(alipay: Alipay, wrong: dict[str, Any]) -> None:
    await paid(alipay)

    content = {"out_trade_no": NUMBER, "refund_amount": "1.00", "out_request_no": "R1", **wrong}
    answer = await alipay.ask(REFUND, content)

    assert answer.node["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert await refunds(alipay) == []


async def test_asking_about_what_there_is_not(alipay: Alipay) -> None:
    nobody = await ask(alipay)
    await paid(alipay)

    assert nobody["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    assert await ask(alipay) == NOTHING_TO_TELL


async def test_one_that_takes_its_time(alipay: Alipay, merchant: Merchant) -> None:
    await paid(alipay, merchant.url)
    await alipay.on("refund-pending", parameters={"seconds": 60}, times=1, method=REFUND)

    taken_on = await refund(alipay, "100.00")
    before = await ask(alipay)
    beyond = await refund(alipay, "50.01", "R2")
    again = await refund(alipay, "100.00")
    nothing_yet = await refunds(alipay)
    await alipay.control("clock", advanceSeconds=61)
    after = await ask(alipay)
    await merchant.told(2)

    assert (taken_on["fund_change"], taken_on["refund_fee"]) == ("N", "0.00")
    assert (before, nothing_yet) == (NOTHING_TO_TELL, [])
    assert beyond["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"
    assert again == taken_on
    assert (after["refund_status"], after["gmt_refund_pay"]) == (
        "REFUND_SUCCESS",
        "2026-11-01 08:01:00",
    )
    assert await refunds(alipay) == [("R1", 10000, 60.0)]


async def test_notices_go_where_those_of_the_payment_went(
    alipay: Alipay, merchant: Merchant
) -> None:
    await paid(alipay, merchant.url)
    await merchant.told(1)
    await refund(alipay, "50.00")
    await merchant.told(2)
    await refund(alipay, "50.00")
    await refund(alipay, "100.00", "R2")
    await merchant.told(3)

    names = ("trade_status", "refund_fee", "gmt_refund", "out_biz_no", "total_amount", "gmt_close")
    payment, part, rest = [tuple(form.get(name) for name in names) for form in merchant.forms]
    day = "2026-11-01 08:00:00"
    assert payment == ("TRADE_SUCCESS", None, None, None, "150.00", None)
    assert part == ("TRADE_SUCCESS", "50.00", f"{day}.000", "R1", "150.00", None)
    assert rest == ("TRADE_CLOSED", "150.00", f"{day}.000", "R2", "150.00", day)
    assert len({form["notify_id"] for form in merchant.forms}) == 3
    assert {form["gmt_payment"] for form in merchant.forms} == {day}


async def test_before_a_refund_was_a_payment(alipay: Alipay, merchant: Merchant) -> None:
    await paid(alipay, merchant.url)
    await merchant.told(1)
    await alipay.on("notice-reversed")
    await refund(alipay, "150.00")
    await merchant.told(3)

    seen = [(form["trade_status"], form.get("refund_fee")) for form in merchant.forms]
    assert seen == [("TRADE_SUCCESS", None), ("TRADE_CLOSED", "150.00"), ("TRADE_SUCCESS", None)]


@pytest.mark.parametrize(
    ("scenario", "effect"),
    [("drop-before", False), ("drop-after", True), ("http-500", True), ("throttled", False)],
)
async def test_trouble_on_the_way(alipay: Alipay, scenario: str, effect: bool) -> None:
    await paid(alipay)
    await alipay.on(scenario, method=REFUND, times=1)
    content = {"out_trade_no": NUMBER, "refund_amount": "1.00", "out_request_no": "R1"}
    try:
        await alipay.raw(REFUND, content)
    except ClientConnectionError:
        assert scenario.startswith("drop")

    assert await refunds(alipay) == ([("R1", 100, 0.0)] if effect else [])
    assert (await refund(alipay, "1.00"))["fund_change"] == ("N" if effect else "Y")
    assert await refunds(alipay) == [("R1", 100, 0.0)]


async def test_refusals_on_demand(alipay: Alipay) -> None:
    await paid(alipay)
    await alipay.on("refund-refused", times=1)

    assert (await refund(alipay, "1.00"))["sub_code"] == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    assert await refunds(alipay) == []
    assert (await refund(alipay, "1.00"))["fund_change"] == "Y"


async def test_queries_of_old_and_late_ones(alipay: Alipay) -> None:
    await paid(alipay)
    await refund(alipay, "1.00")
    await alipay.on("refund-query-lags", times=1)
    late = await ask(alipay)
    await alipay.on("refund-query-old", times=1)
    old = await ask(alipay)

    assert late == NOTHING_TO_TELL
    assert old["refund_amount"] == "1.00"
    assert "refund_status" not in old
