"""The payments of a mini-program at WeChat Pay, from the first call to the last."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.failures import UpstreamUnavailable
from domain.money import Money
from domain.payments import (
    CloseRefused,
    Order,
    PaymentProblem,
    PaymentRefused,
    Trade,
    TradeState,
    WechatRequestPayment,
)
from gateways.wechat_pay import WechatPayTrades
from services.payment_channels import PaymentChannel
from tests.gateways.platforms import is_not_done
from tests.gateways.wechat_pay_server import (
    APP_ID,
    MERCHANT,
    NONCE,
    NOW,
    OUT_TRADE_NO,
    STAMP,
    Server,
    running,
    signature,
    vouched,
    wechat_pay,
)

NOTIFY = "https://pay.example/webhooks/wechatpay"
UNPAID = {
    "appid": APP_ID,
    "mchid": MERCHANT,
    "out_trade_no": OUT_TRADE_NO,
    "trade_state": "NOTPAY",
    "trade_state_desc": "订单未支付",
}
AMOUNT = {"total": 15000, "payer_total": 15000, "currency": "CNY", "payer_currency": "CNY"}
PAID = {
    **UNPAID,
    "trade_state": "SUCCESS",
    "transaction_id": "4200002026110212345678901234",
    "success_time": "2026-11-02T07:29:59+08:00",
    "payer": {"openid": "oUpF8"},
    "amount": AMOUNT,
}
PAID_TRADE = Trade(
    number=OUT_TRADE_NO,
    state=TradeState.PAID,
    amount=Money(15000),
    reference="4200002026110212345678901234",
    paid_at=datetime(2026, 11, 1, 23, 29, 59, tzinfo=UTC),
)
ORDER = Order(
    number=OUT_TRADE_NO,
    amount=Money(15000),
    subject="交通违法罚款 2 笔",
    payer="oUpF8",
    expires_at=NOW + timedelta(minutes=30),
)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running(Server()) as one:
        yield one


@pytest.fixture
async def trades(server: Server) -> AsyncIterator[PaymentChannel]:
    async with wechat_pay(server) as client:
        yield WechatPayTrades(client, NOTIFY)


async def test_begin_a_payment(server: Server, trades: PaymentChannel) -> None:
    server.says({"prepay_id": "wx201410272009395522657a690389285100"})

    assert await trades.begin(ORDER) == "wx201410272009395522657a690389285100"
    [seen] = server.requests
    assert (seen.method, seen.target) == ("POST", "/v3/pay/transactions/jsapi")
    assert json.loads(seen.body) == {
        "appid": APP_ID,
        "mchid": MERCHANT,
        "description": "交通违法罚款 2 笔",
        "out_trade_no": OUT_TRADE_NO,
        "time_expire": "2026-11-02T08:00:05+08:00",
        "notify_url": NOTIFY,
        "amount": {"total": 15000, "currency": "CNY"},
        "payer": {"openid": "oUpF8"},
    }


async def test_again_with_the_same_is_the_same(server: Server, trades: PaymentChannel) -> None:
    server.says({"prepay_id": "wx1"})
    await trades.begin(ORDER)
    await trades.begin(ORDER)

    assert server.requests[0].body == server.requests[1].body


@pytest.mark.parametrize(
    ("status", "code", "problem"),
    [
        (403, "USER_ACCOUNT_ABNORMAL", PaymentProblem.PAYER),
        (403, "ACCOUNTERROR", PaymentProblem.PAYER),
        (400, "ORDERPAID", PaymentProblem.NUMBER_USED),
        (400, "ORDER_CLOSED", PaymentProblem.NUMBER_USED),
        (403, "OUT_TRADE_NO_USED", PaymentProblem.NUMBER_USED),
        (400, "PARAM_ERROR", PaymentProblem.MERCHANT),
        (400, "APPID_MCHID_NOT_MATCH", PaymentProblem.MERCHANT),
        (404, "MCH_NOT_EXISTS", PaymentProblem.MERCHANT),
        (401, "SIGN_ERROR", PaymentProblem.MERCHANT),
        (403, "NO_AUTH", PaymentProblem.MERCHANT),
        (403, "RULE_LIMIT", PaymentProblem.MERCHANT),
    ],
)
async def test_what_will_never_be_a_payment(
    server: Server, trades: PaymentChannel, status: int, code: str, problem: PaymentProblem
) -> None:
    server.refuses(status, code)

    with pytest.raises(PaymentRefused) as raised:
        await trades.begin(ORDER)
    assert (raised.value.problem, raised.value.code) == (problem, code)
    assert len(server.requests) == 1


@pytest.mark.parametrize("tail", ["268498688", "268449538", "268498689", "268447914"])
async def test_the_end_of_the_request_id_tells_of_a_number_that_is_used_up(
    server: Server, trades: PaymentChannel, tail: str
) -> None:
    server.refuses(400, "INVALID_REQUEST", **{"Request-ID": f"08F7A0-{tail}"})

    with pytest.raises(PaymentRefused) as raised:
        await trades.begin(ORDER)
    assert raised.value.problem is PaymentProblem.NUMBER_USED


@pytest.mark.parametrize(
    ("field", "problem"),
    [("/payer/openid", PaymentProblem.PAYER), ("/amount/total", PaymentProblem.MERCHANT)],
)
async def test_the_parameter_that_is_wrong_tells_whose_fault_it_is(
    server: Server, trades: PaymentChannel, field: str, problem: PaymentProblem
) -> None:
    server.refuses(400, "PARAM_ERROR")
    server.body = json.dumps({"code": "PARAM_ERROR", "detail": {"field": field}}).encode()

    with pytest.raises(PaymentRefused) as raised:
        await trades.begin(ORDER)
    assert (raised.value.problem, raised.value.code) == (problem, "PARAM_ERROR")


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "INVALID_REQUEST"),
        (403, "TRADE_ERROR"),
        (403, "REQUEST_BLOCKED"),
        (404, "ORDER_NOT_EXIST"),
        (400, "SOMETHING_NEW"),
        (500, "SYSTEM_ERROR"),
        (403, ""),
    ],
)
async def test_everything_else_may_have_been_begun(
    server: Server, trades: PaymentChannel, status: int, code: str
) -> None:
    server.refuses(status, code)

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.begin(ORDER)
    assert not is_not_done(raised.value)
    assert raised.value.detail == f"HTTP {status} {code}".rstrip()


@pytest.mark.parametrize("prepay_id", [None, "", 7, "wx 1", "w" * 129, ["wx1"]])
async def test_no_prepay_id_is_unknown(
    server: Server, trades: PaymentChannel, prepay_id: Any
) -> None:
    server.says({"prepay_id": prepay_id})

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.begin(ORDER)
    assert not is_not_done(raised.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"number": "A1234"},
        {"number": "A" * 33},
        {"number": "A12345/close"},
        {"number": "A12345\n"},
        {"subject": ""},
        {"subject": "一" * 128},
        {"subject": "a,b"},
        {"subject": "a\nb"},
        {"subject": "`a"},
        {"amount": Money(0)},
        {"amount": Money(-1)},
        {"payer": ""},
        {"payer": "a b"},
    ],
)
async def test_what_is_not_even_sent(
    server: Server, trades: PaymentChannel, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"an? |no openid"):
        await trades.begin(replace(ORDER, **changes))
    assert server.requests == []


def test_what_the_mini_program_is_given(trades: PaymentChannel) -> None:
    text = f"{APP_ID}\n{STAMP}\n{NONCE}\nprepay_id=wx1\n".encode()

    assert trades.client_action("wx1") == WechatRequestPayment(
        time_stamp=str(STAMP),
        nonce_str=NONCE,
        package="prepay_id=wx1",
        sign_type="RSA",
        pay_sign=signature(text, "merchant"),
    )


async def test_ask_for_a_payment(server: Server, trades: PaymentChannel) -> None:
    server.says(PAID)

    assert await trades.ask(OUT_TRADE_NO) == PAID_TRADE
    [seen] = server.requests
    assert (seen.method, seen.target, seen.body) == (
        "GET",
        f"/v3/pay/transactions/out-trade-no/A20261102_-%2A1?mchid={MERCHANT}",
        b"",
    )


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("NOTPAY", TradeState.AWAITING),
        ("USERPAYING", TradeState.AWAITING),
        ("PAYERROR", TradeState.AWAITING),
        ("ACCEPT", TradeState.AWAITING),
        ("CLOSED", TradeState.CLOSED),
        ("REVOKED", TradeState.CLOSED),
    ],
)
@pytest.mark.parametrize("amount", [None, {}, AMOUNT])
async def test_a_payment_that_nobody_has_made(
    server: Server, trades: PaymentChannel, told: str, state: TradeState, amount: Any
) -> None:
    server.says({**UNPAID, "trade_state": told, "amount": amount})

    assert await trades.ask(OUT_TRADE_NO) == Trade(OUT_TRADE_NO, state)


async def test_a_payment_that_was_given_back_in_part_was_paid(
    server: Server, trades: PaymentChannel
) -> None:
    server.says({**PAID, "trade_state": "REFUND"})

    assert await trades.ask(OUT_TRADE_NO) == PAID_TRADE


@pytest.mark.parametrize("code", ["ORDER_NOT_EXIST", "ORDERNOTEXIST"])
async def test_a_payment_that_was_never_begun(
    server: Server, trades: PaymentChannel, code: str
) -> None:
    server.refuses(404, code)

    assert await trades.ask(OUT_TRADE_NO) == Trade(OUT_TRADE_NO, TradeState.ABSENT)


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "MCH_NOT_EXISTS"), (404, "RESOURCE_NOT_EXISTS"), (401, "SIGN_ERROR")],
)
async def test_another_refusal_does_not_say_that_there_is_none(
    server: Server, trades: PaymentChannel, status: int, code: str
) -> None:
    server.refuses(status, code)

    for call in (trades.ask, trades.close):
        with pytest.raises(UpstreamUnavailable) as raised:
            await call(OUT_TRADE_NO)
        assert (raised.value.reason.value, raised.value.detail) == (
            "refused",
            f"HTTP {status} {code}",
        )
        assert not is_not_done(raised.value)


ODD: list[dict[str, Any]] = [
    {"mchid": "1900000100"},
    {"mchid": None},
    {"appid": "wx1"},
    {"out_trade_no": "A99999999"},
    {"out_trade_no": None},
    {"trade_state": "success"},
    {"trade_state": "NEW"},
    {"trade_state": ["SUCCESS"]},
    {"transaction_id": None},
    {"transaction_id": "a b"},
    {"success_time": None},
    {"success_time": "yesterday"},
    {"success_time": "2026-11-02T07:29:59"},
    {"success_time": "0001-01-01T00:00:00+08:00"},
    {"amount": None},
    {"amount": 15000},
    {"amount": {**AMOUNT, "currency": "USD"}},
    {"amount": {"total": 15000}},
    {"amount": {**AMOUNT, "total": "15000"}},
    {"amount": {**AMOUNT, "total": 150.0}},
    {"amount": {**AMOUNT, "total": True}},
    {"amount": {**AMOUNT, "total": -1}},
    {"amount": {**AMOUNT, "total": None}},
]


@pytest.mark.parametrize("changes", ODD, ids=str)
async def test_an_answer_that_is_not_understood_is_unknown(
    server: Server, trades: PaymentChannel, changes: dict[str, Any]
) -> None:
    server.says({**PAID, **changes})

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.ask(OUT_TRADE_NO)
    assert raised.value.reason.value == "broken_answer"
    assert not is_not_done(raised.value)


async def test_close_a_payment(server: Server, trades: PaymentChannel) -> None:
    server.status, server.headers = 204, vouched(b"")
    await trades.close(OUT_TRADE_NO)
    await trades.close(OUT_TRADE_NO)

    assert [(seen.method, seen.target, seen.body) for seen in server.requests] == [
        (
            "POST",
            "/v3/pay/transactions/out-trade-no/A20261102_-%2A1/close",
            b'{"mchid":"1900000109"}',
        )
    ] * 2


@pytest.mark.parametrize("code", ["ORDER_NOT_EXIST", "ORDER_CLOSED", "ORDERCLOSED"])
async def test_there_is_nothing_to_close(server: Server, trades: PaymentChannel, code: str) -> None:
    server.refuses(404 if "EXIST" in code else 400, code)

    await trades.close(OUT_TRADE_NO)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("code", "tail"),
    [
        ("ORDER_PAID", "0"),
        ("ORDERPAID", "0"),
        ("INVALID_REQUEST", "268449538"),
        ("INVALID_REQUEST", "268498689"),
    ],
)
async def test_a_close_that_came_too_late(
    server: Server, trades: PaymentChannel, code: str, tail: str
) -> None:
    server.refuses(400, code, **{"Request-ID": f"08F7A0-{tail}"})

    with pytest.raises(CloseRefused):
        await trades.close(OUT_TRADE_NO)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 500])
async def test_a_close_of_which_nobody_can_say(
    server: Server, trades: PaymentChannel, status: int
) -> None:
    server.refuses(status, "SOMETHING_NEW")

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.close(OUT_TRADE_NO)
    assert not is_not_done(raised.value)
