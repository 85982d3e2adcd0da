"""Trades that are put into the sandboxes paid and refunded: then they are like all others."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from sandbox.city import City
from sandbox.wechatpay import WechatPaySandboxSettings
from tests.sandbox.alipay_trading import BUYER, SETTINGS, STARTED, create, moved
from tests.sandbox.alipay_wire import Alipay
from tests.sandbox.alipay_wire import served as alipay_served
from tests.sandbox.wechatpay_wire import WechatPay, credentials
from tests.sandbox.wechatpay_wire import served as wechatpay_served

REFUNDS = "/v3/refund/domestic/refunds"
PLAIN = {"outTradeNo": "CWPLAIN1", "fen": 15000, "paidAt": STARTED - 7200}
PART = {
    **{"outTradeNo": "CWPART01", "fen": 15000, "paidAt": STARTED - 7000.5, "subject": "罚款"},
    "refunds": [{"number": "CWR00001", "fen": 5000, "at": STARTED - 6000}],
}
ALL = {
    **{"outTradeNo": "CWALL001", "fen": 7, "paidAt": STARTED - 6900, "payer": BUYER},
    "refunds": [
        {"number": "CWR00002", "fen": 3, "at": STARTED - 5900},
        {"number": "CWR00003", "fen": 4, "at": STARTED - 5800},
    ],
}
MOVED = [
    ("payment", "CWPLAIN1", 15000, STARTED - 7200),
    ("payment", "CWPART01", 15000, STARTED - 7000.5),
    ("refund", "CWPART01", 5000, STARTED - 6000),
    ("payment", "CWALL001", 7, STARTED - 6900),
    ("refund", "CWALL001", 3, STARTED - 5900),
    ("refund", "CWALL001", 4, STARTED - 5800),
]
# Each is wrong, behind one that is right.
WRONG: list[dict[str, Any]] = [
    {"outTradeNo": "CWPLAIN1", "fen": 1, "paidAt": 1},
    {"outTradeNo": "CWNEW001", "fen": 1, "paidAt": 1},
    {"outTradeNo": "no number", "fen": 1, "paidAt": 1},
    {"outTradeNo": "CWNEW002", "fen": 0, "paidAt": 1},
    {"outTradeNo": "CWNEW002", "fen": 1, "paidAt": "noon"},
    {"outTradeNo": "CWNEW002", "fen": 1},
    {"fen": 1, "paidAt": 1},
    {**PART, "outTradeNo": "CWNEW002", "refunds": {}},
    {**PART, "outTradeNo": "CWNEW002", "refunds": [{"number": "R", "fen": 1}]},
    {**PART, "outTradeNo": "CWNEW002", "refunds": [{"number": "R R", "fen": 1, "at": 2}]},
    {**PART, "outTradeNo": "CWNEW002", "refunds": [{"number": "R", "fen": 15001, "at": 2}]},
]


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with alipay_served(city, SETTINGS) as one:
        yield one


@pytest.fixture
async def wechat_pay(city: City) -> AsyncIterator[WechatPay]:
    settings = WechatPaySandboxSettings(
        refund_seconds=0, timestamp_tolerance_seconds=None, clock=lambda: STARTED
    )
    async with wechatpay_served(city, settings) as one:
        yield one


def told(entries: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(one[name] for name in ("kind", "outTradeNo", "fen", "at")) for one in entries]


async def test_alipay(alipay: Alipay) -> None:
    assert await alipay.control("trades", trades=[PLAIN, PART, ALL]) == {"made": 3}

    assert told(await moved(alipay)) == MOVED
    plain = (await alipay.ask("alipay.trade.query", {"out_trade_no": "CWPLAIN1"})).node
    assert (plain["trade_status"], plain["total_amount"]) == ("TRADE_SUCCESS", "150.00")
    assert (plain["send_pay_date"], plain["buyer_open_id"]) == ("2026-11-01 06:00:00", BUYER)
    everything = (await alipay.ask("alipay.trade.query", {"out_trade_no": "CWALL001"})).node
    assert everything["trade_status"] == "TRADE_CLOSED"
    names = {"out_trade_no": "CWPART01", "out_request_no": "CWR00001"}
    found = (await alipay.ask("alipay.trade.fastpay.refund.query", names)).node
    assert (found["refund_status"], found["refund_amount"]) == ("REFUND_SUCCESS", "50.00")
    rest = {"out_trade_no": "CWPART01", "out_request_no": "CWR00009", "refund_amount": "100.00"}
    again = (await alipay.ask("alipay.trade.refund", rest)).node
    assert (again["fund_change"], again["refund_fee"]) == ("Y", "150.00")
    more = (await alipay.ask("alipay.trade.refund", rest | {"out_request_no": "CWR00010"})).node
    assert more["sub_code"] == "ACQ.TRADE_HAS_CLOSE"
    assert (await create(alipay, out_trade_no="CWPLAIN1")).node["sub_code"] == (
        "ACQ.TRADE_HAS_SUCCESS"
    )


async def test_wechat_pay(wechat_pay: WechatPay) -> None:
    made = await wechat_pay.control("trades", {"trades": [PLAIN, PART, ALL]})

    assert made == {"made": 3}
    assert told((await wechat_pay.control("money"))["moved"]) == MOVED
    path = "/v3/pay/transactions/out-trade-no/"
    merchant = f"?mchid={credentials().merchant_id}"
    plain = (await wechat_pay.send("GET", f"{path}CWPLAIN1{merchant}")).node
    assert (plain["trade_state"], plain["amount"]["total"]) == ("SUCCESS", 15000)
    assert plain["success_time"] == "2026-11-01T06:00:00+08:00"
    part = (await wechat_pay.send("GET", f"{path}CWPART01{merchant}")).node
    assert part["trade_state"] == "REFUND"
    found = (await wechat_pay.send("GET", f"{REFUNDS}/CWR00001")).node
    assert (found["status"], found["amount"]["refund"]) == ("SUCCESS", 5000)
    assert found["create_time"] == "2026-11-01T06:20:00+08:00"
    assert found["transaction_id"] == part["transaction_id"]
    asked = {
        "out_trade_no": "CWPART01",
        "out_refund_no": "CWR00009",
        "amount": {"refund": 10000, "total": 15000, "currency": "CNY"},
    }
    again = await wechat_pay.send("POST", REFUNDS, json.dumps(asked).encode())
    assert (again.status, again.node["status"]) == (200, "PROCESSING")
    beyond = json.dumps(asked | {"out_refund_no": "CWR00010"}).encode()
    assert (await wechat_pay.send("POST", REFUNDS, beyond)).code[:2] == (400, "INVALID_REQUEST")
    assert (await wechat_pay.begin(out_trade_no="CWPLAIN1")).code[1] == "ORDERPAID"


@pytest.mark.parametrize("wrong", WRONG)
async def test_all_of_them_or_none(
    alipay: Alipay, wechat_pay: WechatPay, wrong: dict[str, Any]
) -> None:
    await alipay.control("trades", trades=[PLAIN, PART, ALL])
    await wechat_pay.control("trades", {"trades": [PLAIN, PART, ALL]})
    wanted = {"trades": [{"outTradeNo": "CWNEW001", "fen": 1, "paidAt": 1}, wrong]}

    statuses = (
        (await alipay.http.post("/control/trades", json=wanted)).status,
        (await wechat_pay.http.post("/wechatpay/control/trades", json=wanted)).status,
    )

    assert statuses == (400, 400)
    assert told(await moved(alipay)) == MOVED
    assert told((await wechat_pay.control("money"))["moved"]) == MOVED


async def test_refund_numbers_are_used_once_at_wechat_pay(wechat_pay: WechatPay) -> None:
    await wechat_pay.control("trades", {"trades": [PART]})
    wanted = {"trades": [{**PART, "outTradeNo": "CWNEW001"}]}

    answer = await wechat_pay.http.post("/wechatpay/control/trades", json=wanted)

    assert answer.status == 400
    assert len((await wechat_pay.control("money"))["moved"]) == 2
