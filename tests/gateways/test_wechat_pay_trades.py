"""The payments of a mini-program at WeChat Pay, from the first call to the last."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.failures import UpstreamUnavailable
from gateways.wechat_pay import TradeState, TradeStatus, WechatPayRefused, WechatPayTrades
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

EXPIRES = NOW + timedelta(minutes=30)
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
PAID_STATE = TradeState(
    out_trade_no=OUT_TRADE_NO,
    status=TradeStatus.SUCCESS,
    total_fen=15000,
    transaction_id="4200002026110212345678901234",
    paid_at=datetime(2026, 11, 1, 23, 29, 59, tzinfo=UTC),
    openid="oUpF8",
)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running(Server()) as one:
        yield one


@pytest.fixture
async def trades(server: Server) -> AsyncIterator[WechatPayTrades]:
    async with wechat_pay(server) as client:
        yield WechatPayTrades(client)


async def prepay(trades: WechatPayTrades, **changes: Any) -> str:
    plain: dict[str, Any] = {
        "out_trade_no": OUT_TRADE_NO,
        "description": "交通违法罚款 2 笔",
        "total_fen": 15000,
        "openid": "oUpF8",
        "expires_at": EXPIRES,
        "notify_url": NOTIFY,
    }
    return await trades.prepay(**(plain | changes))


async def test_begin_a_payment(server: Server, trades: WechatPayTrades) -> None:
    server.says({"prepay_id": "wx201410272009395522657a690389285100"})

    assert await prepay(trades) == "wx201410272009395522657a690389285100"
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


async def test_again_with_the_same_is_the_same(server: Server, trades: WechatPayTrades) -> None:
    server.says({"prepay_id": "wx1"})
    await prepay(trades)
    await prepay(trades)

    assert server.requests[0].body == server.requests[1].body


@pytest.mark.parametrize("prepay_id", [None, "", 7, "wx 1", "w" * 129, ["wx1"]])
async def test_no_prepay_id_is_unknown(
    server: Server, trades: WechatPayTrades, prepay_id: Any
) -> None:
    server.says({"prepay_id": prepay_id})

    with pytest.raises(UpstreamUnavailable) as raised:
        await prepay(trades)
    assert not is_not_done(raised.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"out_trade_no": "A1234"},
        {"out_trade_no": "A" * 33},
        {"out_trade_no": "A12345/close"},
        {"out_trade_no": "A12345\n"},
        {"description": ""},
        {"description": "一" * 128},
        {"description": "a,b"},
        {"description": "a\nb"},
        {"description": "`a"},
        {"total_fen": 0},
        {"total_fen": -1},
        {"openid": ""},
        {"openid": "a b"},
    ],
)
async def test_what_is_not_even_sent(
    server: Server, trades: WechatPayTrades, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"an? |no openid"):
        await prepay(trades, **changes)
    assert server.requests == []


def test_what_the_mini_program_is_given(trades: WechatPayTrades) -> None:
    text = f"{APP_ID}\n{STAMP}\n{NONCE}\nprepay_id=wx1\n".encode()

    assert trades.client_parameters("wx1") == {
        "timeStamp": str(STAMP),
        "nonceStr": NONCE,
        "package": "prepay_id=wx1",
        "signType": "RSA",
        "paySign": signature(text, "merchant"),
    }


async def test_ask_for_a_payment(server: Server, trades: WechatPayTrades) -> None:
    server.says(PAID)

    assert await trades.query(OUT_TRADE_NO) == PAID_STATE
    [seen] = server.requests
    assert (seen.method, seen.target, seen.body) == (
        "GET",
        f"/v3/pay/transactions/out-trade-no/A20261102_-%2A1?mchid={MERCHANT}",
        b"",
    )
    assert "oUpF8" not in repr(PAID_STATE)


@pytest.mark.parametrize("status", sorted(set(TradeStatus) - {"SUCCESS", "REFUND"}))
@pytest.mark.parametrize("amount", [None, {}, AMOUNT])
async def test_a_payment_that_nobody_has_made(
    server: Server, trades: WechatPayTrades, status: str, amount: Any
) -> None:
    server.says({**UNPAID, "trade_state": status, "amount": amount})

    assert await trades.query(OUT_TRADE_NO) == TradeState(
        out_trade_no=OUT_TRADE_NO,
        status=TradeStatus(status),
        total_fen=15000 if amount else None,
        transaction_id=None,
        paid_at=None,
        openid=None,
    )


async def test_a_payment_that_was_given_back_in_part(
    server: Server, trades: WechatPayTrades
) -> None:
    server.says({**PAID, "trade_state": "REFUND"})

    state = await trades.query(OUT_TRADE_NO)

    assert state is not None
    assert (state.status, state.total_fen) == (TradeStatus.REFUND, 15000)


@pytest.mark.parametrize("code", ["ORDER_NOT_EXIST", "ORDERNOTEXIST"])
async def test_a_payment_that_was_never_begun(
    server: Server, trades: WechatPayTrades, code: str
) -> None:
    server.refuses(404, code)

    assert await trades.query(OUT_TRADE_NO) is None


@pytest.mark.parametrize(("status", "code"), [(404, "MCH_NOT_EXISTS"), (401, "SIGN_ERROR")])
async def test_another_refusal_does_not_say_that_there_is_none(
    server: Server, trades: WechatPayTrades, status: int, code: str
) -> None:
    server.refuses(status, code)

    with pytest.raises(WechatPayRefused) as raised:
        await trades.query(OUT_TRADE_NO)
    assert (raised.value.status, raised.value.code) == (status, code)


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
    {"payer": None},
    {"payer": []},
    {"payer": {}},
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
    server: Server, trades: WechatPayTrades, changes: dict[str, Any]
) -> None:
    server.says({**PAID, **changes})

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.query(OUT_TRADE_NO)
    assert raised.value.reason.value == "broken_answer"
    assert not is_not_done(raised.value)


async def test_close_a_payment(server: Server, trades: WechatPayTrades) -> None:
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


async def test_a_close_that_came_too_late_has_to_be_asked_for(
    server: Server, trades: WechatPayTrades
) -> None:
    server.refuses(400, "ORDER_PAID")

    with pytest.raises(UpstreamUnavailable) as raised:
        await trades.close(OUT_TRADE_NO)
    assert not is_not_done(raised.value)
