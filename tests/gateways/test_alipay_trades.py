"""Payments through Alipay, against its sandbox and against answers it would never give."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.money import Money
from domain.payments import (
    AlipayTradePay,
    CloseRefused,
    Order,
    PaymentProblem,
    PaymentRefused,
    Trade,
    TradeState,
)
from gateways.alipay import AlipayClient, AlipayTrades, AlipayWire
from sandbox.alipay import (
    SANDBOX_APP_ID,
    SANDBOX_SELLER_ID,
    AlipayCredentials,
    AlipaySandboxSettings,
    alipay_app,
)
from sandbox.alipay.logins import open_id
from services.payment_channels import PaymentChannel
from tests.gateways.platforms import (
    APP_ID,
    PATIENT,
    Platform,
    app_key,
    everything_told,
    is_not_done,
    running,
    signed,
)
from tests.gateways.platforms import alipay as talking_to
from tests.gateways.sandboxes import Sandbox, serving, small_city
from tests.gateways.test_alipay_sandbox import NOT_DONE, UNKNOWN
from tests.sandbox.merchant import Merchant, trading

CREATE, QUERY, CLOSE = "alipay.trade.create", "alipay.trade.query", "alipay.trade.close"
NUMBER = "CW2026110200000001"
NOT_THERE = Trade(NUMBER, TradeState.ABSENT)
WAITING = Trade(NUMBER, TradeState.AWAITING)
OVER = Trade(NUMBER, TradeState.CLOSED)
DONE_WITHOUT_EFFECT = {"throttled", "drop-before"}
# The sandbox's clock; whole seconds, as everything that Alipay writes.
STARTED = datetime(2026, 11, 2, 7, 30, 5, tzinfo=UTC)


@cache
def keys() -> AlipayCredentials:
    return AlipayCredentials.new()


def wire(url: str) -> AlipayWire:
    private = load_pem_private_key(keys().app_private_pem.encode(), None)
    public = load_pem_public_key(keys().platform_public_pem.encode())
    assert isinstance(private, RSAPrivateKey)
    assert isinstance(public, RSAPublicKey)
    return AlipayWire(
        gateway_url=f"{url}/gateway.do",
        app_id=SANDBOX_APP_ID,
        private_key=private,
        platform_key=public,
        timeout_seconds=1.0,
        breaker=PATIENT,
    )


def order(**changed: Any) -> Order:
    plain = Order(
        number=NUMBER,
        amount=Money(15000),
        subject="交通违法罚款 渝A12345",
        payer=open_id(SANDBOX_APP_ID, 0),
        expires_at=STARTED + timedelta(minutes=30),
    )
    return replace(plain, **changed)


@dataclass(frozen=True, slots=True)
class Shop:
    """The sandbox, our gateway, and the door where notices come in."""

    sandbox: Sandbox
    trades: AlipayTrades
    merchant: Merchant

    async def pay(self, number: str = NUMBER) -> None:
        await self.sandbox.do("pay", outTradeNo=number)

    async def moved(self) -> list[tuple[str, str, int]]:
        async with self.sandbox.http.get(f"{self.sandbox.url}/control/money") as answer:
            moved = (await answer.json())["moved"]
        return [(one["kind"], one["outTradeNo"], one["fen"]) for one in moved]


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    settings = AlipaySandboxSettings(
        clock=STARTED.timestamp, timestamp_tolerance_seconds=None, notice_delays_seconds=()
    )
    platform = alipay_app(small_city(), keys(), settings)
    async with (
        trading() as merchant,
        serving("/alipay", platform) as sandbox,
        AlipayClient.open(wire(sandbox.url)) as client,
    ):
        yield Shop(sandbox, AlipayTrades(client, merchant.url, SANDBOX_SELLER_ID), merchant)


async def refusal(trades: PaymentChannel, asked: Order) -> tuple[PaymentProblem, str]:
    with pytest.raises(PaymentRefused) as raised:
        await trades.begin(asked)
    assert asked.payer not in everything_told(raised.value)
    return raised.value.problem, raised.value.code


async def test_a_payment_from_beginning_to_end(shop: Shop) -> None:
    assert await shop.trades.ask(NUMBER) == NOT_THERE
    handle = await shop.trades.begin(order())
    assert await shop.trades.ask(NUMBER) == WAITING
    assert await shop.moved() == []
    await shop.pay()

    assert await shop.trades.ask(NUMBER) == Trade(
        NUMBER, TradeState.PAID, Money(15000), reference=handle, paid_at=STARTED
    )
    assert shop.trades.client_action(handle) == AlipayTradePay(handle)
    assert await shop.moved() == [("payment", NUMBER, 15000)]
    assert await shop.sandbox.log() == [
        (QUERY, "40004 ACQ.TRADE_NOT_EXIST"),
        (CREATE, "10000"),
        (QUERY, "10000"),
        (QUERY, "10000"),
    ]


async def test_the_same_order_again_is_the_same_trade(shop: Shop) -> None:
    first = await shop.trades.begin(order())

    assert await shop.trades.begin(order()) == first


async def test_a_used_number_is_refused(shop: Shop) -> None:
    await shop.trades.begin(order())
    used = PaymentProblem.NUMBER_USED
    other = open_id(SANDBOX_APP_ID, 1)

    inconsistent = (used, "ACQ.CONTEXT_INCONSISTENT")
    assert await refusal(shop.trades, order(amount=Money(15001))) == inconsistent
    assert await refusal(shop.trades, order(subject="B")) == inconsistent
    assert await refusal(shop.trades, order(payer=other)) == (used, "ACQ.TRADE_BUYER_NOT_MATCH")
    await shop.pay()
    assert await refusal(shop.trades, order()) == (used, "ACQ.TRADE_HAS_SUCCESS")
    assert await shop.moved() == [("payment", NUMBER, 15000)]


async def test_a_payer_there_is_not(shop: Shop) -> None:
    told = await refusal(shop.trades, order(payer="nobody"))

    assert told == (PaymentProblem.PAYER, "ACQ.BUYER_NOT_EXIST")
    assert await shop.trades.ask(NUMBER) == NOT_THERE


async def test_somebody_of_old_is_named_by_a_number(shop: Shop) -> None:
    await shop.sandbox.switch("user-id")
    code = (await shop.sandbox.do("auth-codes", citizen=0))["authCode"]
    params = {"grant_type": "authorization_code", "code": code}
    node = await shop.trades.client.call("alipay.system.oauth.token", params=params)

    await shop.trades.begin(order(payer=node["user_id"]))

    assert await shop.trades.ask(NUMBER) == WAITING


async def test_time_runs_out(shop: Shop) -> None:
    await shop.trades.begin(order())
    await shop.sandbox.do("clock", advanceSeconds=1799)
    assert await shop.trades.ask(NUMBER) == WAITING

    await shop.sandbox.do("clock", advanceSeconds=1)

    assert await shop.trades.ask(NUMBER) == OVER
    used = PaymentProblem.NUMBER_USED
    assert await refusal(shop.trades, order()) == (used, "ACQ.TRADE_HAS_CLOSE")
    late = order(number=f"{NUMBER}B")
    told = await refusal(shop.trades, late)
    assert told == (used, "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR")


async def test_closing(shop: Shop) -> None:
    await shop.trades.close(NUMBER)
    await shop.trades.begin(order())
    await shop.trades.close(NUMBER)
    await shop.trades.close(NUMBER)

    assert await shop.trades.ask(NUMBER) == OVER
    told = await refusal(shop.trades, order())
    assert told == (PaymentProblem.NUMBER_USED, "ACQ.TRADE_HAS_CLOSE")
    assert await shop.moved() == []


async def test_what_is_paid_cannot_be_closed(shop: Shop) -> None:
    await shop.trades.begin(order())
    await shop.pay()

    with pytest.raises(CloseRefused):
        await shop.trades.close(NUMBER)

    assert (await shop.trades.ask(NUMBER)).state is TradeState.PAID


@pytest.mark.parametrize(
    ("sub_code", "problem"),
    [
        ("ACQ.BUYER_ENABLE_STATUS_FORBID", PaymentProblem.PAYER),
        ("ACQ.BUYER_SELLER_EQUAL", PaymentProblem.PAYER),
        ("ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT", PaymentProblem.PAYER),
        ("ACQ.TRADE_HAS_CLOSE", PaymentProblem.NUMBER_USED),
        ("ACQ.TOTAL_FEE_EXCEED", PaymentProblem.MERCHANT),
        ("ACQ.MERCHANT_PERM_RECEIPT_DAY_LIMIT", PaymentProblem.MERCHANT),
        ("ACQ.ACCESS_FORBIDDEN", PaymentProblem.MERCHANT),
    ],
)
async def test_listed_refusals(shop: Shop, sub_code: str, problem: PaymentProblem) -> None:
    await shop.sandbox.switch("create-refused", sub_code=sub_code)

    assert await refusal(shop.trades, order()) == (problem, sub_code)


@pytest.mark.parametrize(
    "sub_code",
    [
        *("ACQ.SYSTEM_ERROR", "ACQ.PAYER_UNMATCHED", "ACQ.DISCORDANT_REPEAT_REQUEST"),
        *("ACQ.BRAND_NEW_CODE", "ACQ.TRADE_NOT_EXIST", "isv.brand-new-code"),
    ],
)
async def test_all_other_refusals_are_unknown(shop: Shop, sub_code: str) -> None:
    await shop.sandbox.switch("create-refused", sub_code=sub_code)

    with pytest.raises(UpstreamUnavailable) as raised:
        await shop.trades.begin(order())

    assert not is_not_done(raised.value)
    assert raised.value.upstream is Upstream.ALIPAY


async def test_a_wrong_key_of_ours_is_our_problem(shop: Shop) -> None:
    wrong = replace(shop.trades.client.wire, private_key=app_key())
    async with AlipayClient.open(wrong) as client:
        trades = replace(shop.trades, client=client)
        told = await refusal(trades, order())
        with pytest.raises(UpstreamUnavailable) as raised:
            await trades.ask(NUMBER)

    assert told == (PaymentProblem.MERCHANT, "isv.invalid-signature")
    assert raised.value.reason is UpstreamReason.NOT_AUTHORISED
    assert await shop.trades.ask(NUMBER) == NOT_THERE


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_with_beginning(shop: Shop, scenario: str) -> None:
    """Whatever is not known can be asked for, and done again with the same order."""
    await shop.sandbox.switch(scenario)

    with pytest.raises(UpstreamUnavailable) as raised:
        await shop.trades.begin(order())

    assert raised.value.reason is {**NOT_DONE, **UNKNOWN}[scenario]
    assert is_not_done(raised.value) == (scenario in NOT_DONE)
    await shop.sandbox.settled(1)
    await shop.sandbox.calm()
    happened = NOT_THERE if scenario in DONE_WITHOUT_EFFECT else WAITING
    assert await shop.trades.ask(NUMBER) == happened
    await shop.trades.begin(order())
    assert await shop.trades.ask(NUMBER) == WAITING


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_with_asking_and_closing(shop: Shop, scenario: str) -> None:
    await shop.trades.begin(order())
    await shop.sandbox.switch(scenario)

    for call in (shop.trades.ask(NUMBER), shop.trades.close(NUMBER)):
        with pytest.raises(UpstreamUnavailable) as raised:
            await call
        assert is_not_done(raised.value) == (scenario in NOT_DONE)

    await shop.sandbox.settled(3)
    await shop.sandbox.calm()
    happened = WAITING if scenario in DONE_WITHOUT_EFFECT else OVER
    assert await shop.trades.ask(NUMBER) == happened


async def test_paying_before_begin_is_answered(shop: Shop) -> None:
    """The money has moved and the notice has come, and only then do we hear of the trade_no."""
    await shop.sandbox.switch("pays-at-once")
    seen: list[Trade] = []

    async def look() -> None:
        seen.append(await shop.trades.ask(NUMBER))

    shop.merchant.before = look
    handle = await shop.trades.begin(order())

    paid = Trade(NUMBER, TradeState.PAID, Money(15000), handle, STARTED)
    assert seen == [paid]
    assert len(shop.merchant.bodies) == 1
    assert await shop.moved() == [("payment", NUMBER, 15000)]


async def test_what_the_query_says_is_told_as_it_is(shop: Shop) -> None:
    handle = await shop.trades.begin(order())
    await shop.pay()

    await shop.sandbox.do("scenarios", name="query-lags", method=QUERY, times=2)
    told = [await shop.trades.ask(NUMBER) for _ in range(3)]
    await shop.sandbox.switch("query-amount", fen=14999)

    paid = Trade(NUMBER, TradeState.PAID, Money(15000), handle, STARTED)
    assert told == [WAITING, WAITING, paid]
    assert await shop.trades.ask(NUMBER) == replace(paid, amount=Money(14999))


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running(Platform()) as one:
        yield one


@pytest.fixture
async def trades(platform: Platform) -> AsyncIterator[AlipayTrades]:
    async with talking_to(platform) as client:
        yield AlipayTrades(client, "https://example.invalid/notices", None)


def paid_node(**changed: Any) -> dict[str, Any]:
    node = {
        "code": "10000",
        "msg": "Success",
        "out_trade_no": NUMBER,
        "trade_no": "2026110222001400000000000001",
        "trade_status": "TRADE_SUCCESS",
        "total_amount": "150.00",
        "send_pay_date": "2026-11-02 15:30:05",
    }
    return {name: value for name, value in (node | changed).items() if value is not None}


PAID = Trade(NUMBER, TradeState.PAID, Money(15000), "2026110222001400000000000001", STARTED)


async def test_what_begin_sends(platform: Platform, trades: AlipayTrades) -> None:
    platform.body = signed(paid_node(), method=CREATE)
    last_day = datetime(2026, 12, 31, 16, 0, 1, tzinfo=UTC)

    await trades.begin(order(amount=Money(100_005), expires_at=last_day))

    [request] = platform.requests
    assert request.query["method"] == CREATE
    assert request.query["notify_url"] == "https://example.invalid/notices"
    assert json.loads(request.form["biz_content"]) == {
        "out_trade_no": NUMBER,
        "total_amount": "1000.05",
        "subject": "交通违法罚款 渝A12345",
        "product_code": "JSAPI_PAY",
        "op_app_id": APP_ID,
        "buyer_open_id": open_id(SANDBOX_APP_ID, 0),
        "time_expire": "2027-01-01 00:00:01",
    }


@pytest.mark.parametrize(
    ("changed", "trade"),
    [
        ({}, PAID),
        ({"trade_status": "TRADE_FINISHED"}, PAID),
        # All of it has been refunded: it was paid all the same.
        ({"trade_status": "TRADE_CLOSED"}, PAID),
        ({"trade_status": "TRADE_CLOSED", "send_pay_date": None}, OVER),
        ({"trade_status": "TRADE_CLOSED", "send_pay_date": ""}, OVER),
        ({"trade_status": "WAIT_BUYER_PAY", "send_pay_date": None}, WAITING),
        ({"total_amount": "150"}, PAID),
        ({"total_amount": "150.0"}, PAID),
    ],
)
async def test_states(
    platform: Platform, trades: AlipayTrades, changed: dict[str, Any], trade: Trade
) -> None:
    platform.body = signed(paid_node(**changed))

    assert await trades.ask(NUMBER) == trade


@pytest.mark.parametrize(
    "changed",
    [
        *({"total_amount": bad} for bad in ("150.001", "+150.00", "-1.00", "1.5e2", " 150", "1,5")),
        *({"total_amount": bad} for bad in ("", None, 150, True, "１５０", "NaN", "0x10", "1_0")),
        *({"out_trade_no": bad} for bad in ("CW2026110200000002", "", None, 1)),
        *({"trade_status": bad} for bad in ("TRADE_PENDING", "", None, "trade_success")),
        *({"trade_no": bad} for bad in ("", None, "2026 11", 20261102)),
        *({"send_pay_date": bad} for bad in (None, "", "2026-11-02", "2026-13-02 15:30:05")),
        *({"send_pay_date": bad} for bad in ("2026-11-02T15:30:05", "0001-01-01 00:00:00", 1)),
    ],
)
async def test_answers_that_make_no_sense(
    platform: Platform, trades: AlipayTrades, changed: dict[str, Any]
) -> None:
    platform.body = signed(paid_node(**changed))

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.ask(NUMBER)

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    assert not is_not_done(raised.value)


@pytest.mark.parametrize("changed", [{"trade_no": None}, {"out_trade_no": "CW2"}])
async def test_a_beginning_that_makes_no_sense(
    platform: Platform, trades: AlipayTrades, changed: dict[str, Any]
) -> None:
    platform.body = signed(paid_node(**changed), method=CREATE)

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.begin(order())

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER


@pytest.mark.parametrize(
    "changed",
    [
        *({"number": bad} for bad in ("CW_00001", "CW1", "C" * 33, "CW-20261102")),
        *({"subject": bad} for bad in ("", "a,b", "a`b", "a\nb", "罚" * 128)),
        *({"payer": bad} for bad in ("", "a b", "罚")),
        {"amount": Money(0)},
    ],
)
async def test_orders_that_are_no_orders(
    platform: Platform, trades: AlipayTrades, changed: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"^(a number|a subject|an amount|no payer)"):
        await trades.begin(order(**changed))

    assert platform.requests == []
