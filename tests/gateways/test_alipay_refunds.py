"""Refunds through Alipay, against its sandbox and against answers it would never give."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.money import Money
from domain.payments import NoticeKind, Trade, TradeState
from domain.refunds import Refund, RefundOrder, RefundProblem, RefundRefused, RefundState
from gateways.alipay import AlipayClient, AlipayRefunds
from tests.gateways.platforms import Platform, app_key, is_not_done, running, signed
from tests.gateways.platforms import alipay as talking_to
from tests.gateways.test_alipay_sandbox import NOT_DONE, UNKNOWN
from tests.gateways.test_alipay_trades import NUMBER, STARTED, Shop, order, shop

__all__ = ["shop"]  # a fixture

REFUND, ASK = "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
ABSENT = Refund(NUMBER, "CWR00001", RefundState.ABSENT)
PROCESSING = Refund(NUMBER, "CWR00001", RefundState.PROCESSING)
DONE = Refund(NUMBER, "CWR00001", RefundState.SUCCEEDED, amount=Money(5000), refunded_at=STARTED)
WITHOUT_EFFECT = {"throttled", "drop-before"}


def wanted(**changed: Any) -> RefundOrder:
    plain = RefundOrder(
        number=NUMBER,
        refund_number="CWR00001",
        amount=Money(5000),
        total=Money(15000),
        reason="多缴退款",
    )
    return replace(plain, **changed)


async def paid(shop: Shop) -> tuple[AlipayRefunds, str]:
    """Refunds where 150 yuan have been paid, and the trade_no."""
    handle = await shop.trades.begin(order())
    await shop.pay()
    return AlipayRefunds(shop.trades.client), handle


async def given_back(shop: Shop) -> list[int]:
    return [fen for kind, number, fen in await shop.moved() if (kind, number) == ("refund", NUMBER)]


async def refusal(refunds: AlipayRefunds, asked: RefundOrder) -> tuple[RefundProblem, str]:
    with pytest.raises(RefundRefused) as raised:
        await refunds.refund(asked)
    return raised.value.problem, raised.value.code


async def test_a_part_and_then_the_rest(shop: Shop) -> None:
    refunds, handle = await paid(shop)
    rest = wanted(refund_number="CWR00002", amount=Money(10000))

    assert await refunds.ask(NUMBER, "CWR00001") == ABSENT
    assert await refunds.refund(wanted()) == DONE
    assert await refunds.refund(rest) == replace(
        DONE, refund_number="CWR00002", amount=Money(10000)
    )

    assert await refunds.ask(NUMBER, "CWR00001") == DONE
    assert await refunds.ask(NUMBER, "CWR00003") == replace(ABSENT, refund_number="CWR00003")
    assert await given_back(shop) == [5000, 10000]
    # Closed by the refund of all of it, but paid all the same.
    paid_trade = Trade(NUMBER, TradeState.PAID, Money(15000), reference=handle, paid_at=STARTED)
    assert await shop.trades.ask(NUMBER) == paid_trade


async def test_the_same_again_moves_nothing(shop: Shop) -> None:
    refunds, _ = await paid(shop)

    told = [await refunds.refund(wanted()) for _ in range(3)]

    assert told == [DONE, PROCESSING, PROCESSING]
    assert await refunds.ask(NUMBER, "CWR00001") == DONE
    assert await given_back(shop) == [5000]


async def test_one_that_takes_its_time(shop: Shop) -> None:
    refunds, _ = await paid(shop)
    await shop.sandbox.switch("refund-pending", seconds=30)

    told = [await refunds.refund(wanted()), await refunds.ask(NUMBER, "CWR00001")]
    before = await given_back(shop)
    await shop.sandbox.do("clock", advanceSeconds=30)
    after = await refunds.ask(NUMBER, "CWR00001")

    assert (told, before) == ([PROCESSING, ABSENT], [])
    assert after == replace(DONE, refunded_at=STARTED + timedelta(seconds=30))
    assert await given_back(shop) == [5000]


async def test_refusals_of_the_sandbox(shop: Shop) -> None:
    refunds, _ = await paid(shop)
    await refunds.refund(wanted())

    used = await refusal(refunds, wanted(amount=Money(5001)))
    beyond = await refusal(refunds, wanted(refund_number="CWR00002", amount=Money(10001)))
    await refunds.refund(wanted(refund_number="CWR00003", amount=Money(10000)))
    closed = await refusal(refunds, wanted(refund_number="CWR00004", amount=Money(1)))
    nobody = await refusal(refunds, wanted(number="CW2026110200000009"))

    assert used == (RefundProblem.NUMBER_USED, "ACQ.DISCORDANT_REPEAT_REQUEST")
    assert beyond == (RefundProblem.BEYOND_REMAINDER, "ACQ.REASON_TRADE_REFUND_FEE_ERR")
    assert closed == (RefundProblem.NOT_REFUNDABLE, "ACQ.TRADE_HAS_CLOSE")
    assert nobody == (RefundProblem.NOT_REFUNDABLE, "ACQ.TRADE_NOT_EXIST")
    assert await given_back(shop) == [5000, 10000]


async def test_too_late(shop: Shop) -> None:
    refunds, _ = await paid(shop)
    await shop.sandbox.do("clock", advanceSeconds=366 * 86_400)

    told = await refusal(refunds, wanted())

    assert told == (RefundProblem.NOT_REFUNDABLE, "ACQ.TRADE_HAS_FINISHED")
    assert await given_back(shop) == []


@pytest.mark.parametrize(
    ("sub_code", "problem"),
    [
        ("ACQ.SELLER_BALANCE_NOT_ENOUGH", RefundProblem.BALANCE),
        ("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", RefundProblem.BEYOND_REMAINDER),
        ("ACQ.TRADE_NOT_ALLOW_REFUND", RefundProblem.NOT_REFUNDABLE),
        ("ACQ.REASON_TRADE_BEEN_FREEZEN", RefundProblem.NOT_REFUNDABLE),
        ("ACQ.REFUND_ACCOUNT_NOT_EXIST", RefundProblem.MERCHANT),
        ("ACQ.BUYER_NOT_EXIST", RefundProblem.MERCHANT),
    ],
)
async def test_listed_refusals(shop: Shop, sub_code: str, problem: RefundProblem) -> None:
    refunds, _ = await paid(shop)
    await shop.sandbox.switch("refund-refused", sub_code=sub_code)

    assert await refusal(refunds, wanted()) == (problem, sub_code)
    assert await given_back(shop) == []


@pytest.mark.parametrize(
    "sub_code",
    [
        *("ACQ.SYSTEM_ERROR", "ACQ.REFUND_CHARGE_ERROR", "ACQ.TRADE_SETTLE_ERROR"),
        *("ACQ.BRAND_NEW_CODE", "isv.brand-new-code", "ACQ.TRADE_HAS_SUCCESS"),
    ],
)
async def test_all_other_refusals_are_unknown(shop: Shop, sub_code: str) -> None:
    refunds, _ = await paid(shop)
    await shop.sandbox.switch("refund-refused", sub_code=sub_code)

    with pytest.raises(UpstreamUnavailable) as raised:
        await refunds.refund(wanted())

    assert not is_not_done(raised.value)


async def test_a_wrong_key_of_ours_is_our_problem(shop: Shop) -> None:
    await paid(shop)
    wrong = replace(shop.trades.client.wire, private_key=app_key())
    async with AlipayClient.open(wrong) as client:
        told = await refusal(AlipayRefunds(client), wanted())
        with pytest.raises(UpstreamUnavailable) as raised:
            await AlipayRefunds(client).ask(NUMBER, "CWR00001")

    assert told == (RefundProblem.MERCHANT, "isv.invalid-signature")
    assert raised.value.reason is UpstreamReason.NOT_AUTHORISED
    assert await given_back(shop) == []


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_with_refunding(shop: Shop, scenario: str) -> None:
    """Whatever is not known can be asked for, and sent again without paying twice."""
    refunds, _ = await paid(shop)
    await shop.sandbox.switch(scenario)

    with pytest.raises(UpstreamUnavailable) as raised:
        await refunds.refund(wanted())

    assert raised.value.reason is {**NOT_DONE, **UNKNOWN}[scenario]
    assert is_not_done(raised.value) == (scenario in NOT_DONE)
    await shop.sandbox.settled(2)
    await shop.sandbox.calm()
    happened = scenario not in WITHOUT_EFFECT
    assert await refunds.ask(NUMBER, "CWR00001") == (DONE if happened else ABSENT)
    assert await refunds.refund(wanted()) == (PROCESSING if happened else DONE)
    assert await refunds.ask(NUMBER, "CWR00001") == DONE
    assert await given_back(shop) == [5000]


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_with_asking(shop: Shop, scenario: str) -> None:
    refunds, _ = await paid(shop)
    await refunds.refund(wanted())
    await shop.sandbox.switch(scenario)

    with pytest.raises(UpstreamUnavailable) as raised:
        await refunds.ask(NUMBER, "CWR00001")

    assert is_not_done(raised.value) == (scenario in NOT_DONE)
    assert await given_back(shop) == [5000]


async def test_queries_that_lag_or_are_old(shop: Shop) -> None:
    refunds, _ = await paid(shop)
    await refunds.refund(wanted())
    await shop.sandbox.do("scenarios", name="refund-query-lags", times=1)
    late = await refunds.ask(NUMBER, "CWR00001")
    await shop.sandbox.switch("refund-query-old")

    assert late == ABSENT
    assert await refunds.ask(NUMBER, "CWR00001") == DONE


async def test_its_notices_are_about_a_refund(shop: Shop) -> None:
    refunds, handle = await paid(shop)
    await refunds.refund(wanted())
    await refunds.refund(wanted(refund_number="CWR00002", amount=Money(10000)))

    bodies = await shop.merchant.told(3)

    notices = [shop.trades.open_notice({}, body) for body in bodies]
    told = sorted((one.kind, one.event) for one in notices)
    assert told == [
        (NoticeKind.REFUND, "TRADE_CLOSED"),
        (NoticeKind.REFUND, "TRADE_SUCCESS"),
        (NoticeKind.TRADE, "TRADE_SUCCESS"),
    ]
    paid_trade = Trade(NUMBER, TradeState.PAID, Money(15000), reference=handle, paid_at=STARTED)
    assert [one.trade for one in notices] == [paid_trade] * 3
    assert len({one.id for one in notices}) == 3


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running(Platform()) as one:
        yield one


@pytest.fixture
async def refunds(platform: Platform) -> AsyncIterator[AlipayRefunds]:
    async with talking_to(platform) as client:
        yield AlipayRefunds(client)


def node(**changed: Any) -> dict[str, Any]:
    plain = {
        "code": "10000",
        "out_trade_no": NUMBER,
        "out_request_no": "CWR00001",
        "fund_change": "Y",
        "refund_fee": "50.00",
        "refund_status": "REFUND_SUCCESS",
        "refund_amount": "50.00",
        "gmt_refund_pay": "2026-11-02 15:30:05",
    }
    return {name: value for name, value in (plain | changed).items() if value is not None}


async def test_what_is_sent(platform: Platform, refunds: AlipayRefunds) -> None:
    platform.body = signed(node(), method=REFUND)
    await refunds.refund(wanted())
    platform.body = signed(node(), method=ASK)
    await refunds.ask(NUMBER, "CWR00001")

    order_sent, question = platform.requests
    assert "notify_url" not in order_sent.query
    assert (order_sent.query["method"], question.query["method"]) == (REFUND, ASK)
    assert json.loads(order_sent.form["biz_content"]) == {
        "out_trade_no": NUMBER,
        "out_request_no": "CWR00001",
        "refund_amount": "50.00",
        "refund_reason": "多缴退款",
    }
    assert json.loads(question.form["biz_content"]) == {
        "out_trade_no": NUMBER,
        "out_request_no": "CWR00001",
    }


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, DONE),
        ({"refund_fee": "150"}, DONE),
        ({"gmt_refund_pay": None}, replace(DONE, refunded_at=None)),
        ({"gmt_refund_pay": "2026-11-02"}, replace(DONE, refunded_at=None)),
        ({"fund_change": "N"}, PROCESSING),
        ({"fund_change": None, "refund_fee": None}, PROCESSING),
        ({"fund_change": "y"}, PROCESSING),
        ({"fund_change": True}, PROCESSING),
    ],
)
async def test_answers_to_a_refund(
    platform: Platform, refunds: AlipayRefunds, changed: dict[str, Any], told: Refund
) -> None:
    platform.body = signed(node(**changed), method=REFUND)

    assert await refunds.refund(wanted()) == told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, DONE),
        ({"refund_status": None}, DONE),
        ({"refund_status": ""}, DONE),
        ({"refund_status": None, "refund_amount": None}, ABSENT),
        ({"refund_status": "", "refund_amount": "", "out_trade_no": None}, ABSENT),
    ],
)
async def test_answers_to_a_question(
    platform: Platform, refunds: AlipayRefunds, changed: dict[str, Any], told: Refund
) -> None:
    platform.body = signed(node(**changed), method=ASK)

    assert await refunds.ask(NUMBER, "CWR00001") == told


BAD_AMOUNTS = ("50.001", "+50.00", "-50.00", "5e1", " 50", "0.00", "", 50, "５０")


@pytest.mark.parametrize(
    ("method", "changed"),
    [
        *((REFUND, {"refund_fee": bad}) for bad in (*BAD_AMOUNTS, "49.99", "150.01", None)),
        *((REFUND, {"out_trade_no": bad}) for bad in ("CW2026110200000002", None)),
        *((ASK, {"refund_amount": bad}) for bad in (*BAD_AMOUNTS, None)),
        *((ASK, {"refund_status": bad}) for bad in ("REFUND_FAIL", "refund_success", "Y", 1)),
        *((ASK, {"out_trade_no": bad}) for bad in ("CW2026110200000002", None)),
        *((ASK, {"out_request_no": bad}) for bad in ("CWR00002", None)),
    ],
)
async def test_answers_that_make_no_sense(
    platform: Platform, refunds: AlipayRefunds, method: str, changed: dict[str, Any]
) -> None:
    platform.body = signed(node(**changed), method=method)

    call = refunds.refund(wanted()) if method == REFUND else refunds.ask(NUMBER, "CWR00001")

    with pytest.raises(UpstreamUnavailable) as raised:
        await call

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    assert not is_not_done(raised.value)


@pytest.mark.parametrize(
    "changed",
    [
        *({"number": bad} for bad in ("CW_00001", "CW1", "C" * 33)),
        *({"refund_number": bad} for bad in ("CW_00001", "CW1", "C" * 33)),
        *({"reason": bad} for bad in ("", "a,b", "a`b", "a\nb", "罚" * 81)),
        *({"amount": Money(bad)} for bad in (0, -1, 15001)),
    ],
)
async def test_orders_that_are_no_orders(
    platform: Platform, refunds: AlipayRefunds, changed: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"^(a number|a reason|an amount)"):
        await refunds.refund(wanted(**changed))

    assert platform.requests == []
