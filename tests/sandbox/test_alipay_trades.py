"""`alipay.trade.*`, as the wire's description has them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientConnectionError

from sandbox.alipay import SANDBOX_SELLER_ID
from sandbox.city import City
from tests.sandbox.alipay_trading import (
    BUYER,
    CLOSE,
    CREATE,
    NUMBER,
    QUERY,
    SETTINGS,
    STARTED,
    content,
    create,
    moved,
    opened,
    query,
)
from tests.sandbox.alipay_wire import Alipay, failure, served

NOT_EXIST = failure("40004", "ACQ.TRADE_NOT_EXIST", "交易不存在")
STATUS_INVALID = failure("40004", "ACQ.REASON_TRADE_STATUS_INVALID", "交易状态不合法")
HAS_CLOSE = failure("40004", "ACQ.TRADE_HAS_CLOSE", "交易已经关闭")


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city, SETTINGS) as one:
        yield one


def told(trade_no: str, **changed: Any) -> dict[str, Any]:
    return {
        "code": "10000",
        "msg": "Success",
        "trade_no": trade_no,
        "out_trade_no": NUMBER,
        "trade_status": "WAIT_BUYER_PAY",
        "buyer_open_id": BUYER,
        "buyer_logon_id": "138****0000",
        "total_amount": "150.00",
        "buyer_pay_amount": "0.00",
        "receipt_amount": "0.00",
        "invoice_amount": "0.00",
        "point_amount": "0.00",
        **changed,
    }


def paid(trade_no: str) -> dict[str, Any]:
    return told(
        trade_no,
        trade_status="TRADE_SUCCESS",
        buyer_pay_amount="150.00",
        receipt_amount="150.00",
        invoice_amount="150.00",
        send_pay_date="2026-11-01 08:00:00",
        fund_bill_list=[{"amount": "150.00", "fund_channel": "ALIPAYACCOUNT"}],
    )


async def test_a_trade_from_beginning_to_end(alipay: Alipay) -> None:
    answer = await create(alipay)
    trade_no = answer.node["trade_no"]
    before = await query(alipay)
    await alipay.control("pay", outTradeNo=NUMBER)

    assert answer.name == "alipay_trade_create_response"
    assert answer.node == {
        "code": "10000",
        "msg": "Success",
        "trade_no": trade_no,
        "out_trade_no": NUMBER,
    }
    assert (len(trade_no), trade_no[:8]) == (28, "20261101")
    assert before == told(trade_no)
    assert await query(alipay) == paid(trade_no)
    by_trade_no = await alipay.ask(QUERY, {"trade_no": trade_no, "out_trade_no": "another"})
    assert by_trade_no.node == paid(trade_no)
    assert await moved(alipay) == [
        {
            "kind": "payment",
            "outTradeNo": NUMBER,
            "reference": trade_no,
            "fen": 15000,
            "at": STARTED,
        }
    ]
    assert (await alipay.outcomes())[0] == (CREATE, "10000", [])


async def test_the_same_again_is_the_same_trade_and_anything_else_is_none(alipay: Alipay) -> None:
    trade_no = await opened(alipay)

    assert await opened(alipay) == trade_no
    changes: list[tuple[dict[str, Any], str]] = [
        ({"total_amount": "150.01"}, "CONTEXT_INCONSISTENT"),
        ({"subject": "B"}, "CONTEXT_INCONSISTENT"),
        ({"body": "more"}, "CONTEXT_INCONSISTENT"),
        ({"time_expire": "2026-11-01 08:30:01"}, "CONTEXT_INCONSISTENT"),
    ]
    for changed, code in changes:
        assert (await create(alipay, **changed)).node["sub_code"] == f"ACQ.{code}"
    await alipay.control("pay", outTradeNo=NUMBER)
    assert (await create(alipay)).node["sub_code"] == "ACQ.TRADE_HAS_SUCCESS"
    assert len(await moved(alipay)) == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        *(({"total_amount": bad}, "INVALID_PARAMETER") for bad in ("0", "0.00", "1.005", "-1")),
        *(({"total_amount": bad}, "INVALID_PARAMETER") for bad in ("100000000.01", "1e2", None)),
        *(({"out_trade_no": bad}, "INVALID_PARAMETER") for bad in ("", "a-b", "1" * 65, None)),
        *(({"subject": bad}, "INVALID_PARAMETER") for bad in ("", "x" * 257, None, 1)),
        *(({"time_expire": bad}, "INVALID_PARAMETER") for bad in ("2026-11-01", 5)),
        ({"product_code": "QUICK_WAP_PAY"}, "INVALID_PARAMETER"),
        ({"op_app_id": "2021999999999999"}, "INVALID_PARAMETER"),
        ({"buyer_open_id": None}, "INVALID_PARAMETER"),
        ({"buyer_open_id": "nobody"}, "BUYER_NOT_EXIST"),
        ({"buyer_open_id": None, "buyer_id": "2088000000000002"}, "BUYER_NOT_EXIST"),
        ({"buyer_open_id": None, "buyer_id": SANDBOX_SELLER_ID}, "BUYER_SELLER_EQUAL"),
        ({"time_expire": "2026-11-01 08:00:00"}, "NOW_TIME_AFTER_EXPIRE_TIME_ERROR"),
    ],
)
async def test_orders_that_are_refused(alipay: Alipay, changed: dict[str, Any], code: str) -> None:
    answer = await create(alipay, **changed)

    assert (answer.name, answer.node["code"]) == ("alipay_trade_create_response", "40004")
    assert answer.node["sub_code"] == f"ACQ.{code}"
    assert await query(alipay) == NOT_EXIST


async def test_numbers_need_not_be_texts(alipay: Alipay) -> None:
    await create(alipay, total_amount=0.1)

    assert (await query(alipay))["total_amount"] == "0.10"


async def test_closing(alipay: Alipay) -> None:
    asked = {"out_trade_no": NUMBER}
    assert (await alipay.ask(CLOSE, asked)).node == NOT_EXIST
    trade_no = await opened(alipay)

    assert (await alipay.ask(CLOSE, asked)).node == {
        "code": "10000",
        "msg": "Success",
        "trade_no": trade_no,
        "out_trade_no": NUMBER,
    }
    assert await query(alipay) == told(trade_no, trade_status="TRADE_CLOSED")
    assert (await alipay.ask(CLOSE, {"trade_no": trade_no})).node == STATUS_INVALID
    assert (await create(alipay)).node == HAS_CLOSE
    assert (await alipay.ask(CLOSE, {})).node["sub_code"] == "ACQ.INVALID_PARAMETER"
    assert (await alipay.ask(QUERY, {"trade_no": NUMBER})).node == NOT_EXIST


async def test_a_paid_trade_cannot_be_closed(alipay: Alipay) -> None:
    trade_no = await opened(alipay)
    await alipay.control("pay", outTradeNo=NUMBER)

    assert (await alipay.ask(CLOSE, {"out_trade_no": NUMBER})).node == STATUS_INVALID
    assert await query(alipay) == paid(trade_no)


async def test_time_runs_out(alipay: Alipay) -> None:
    trade_no = await opened(alipay)
    await alipay.control("clock", advanceSeconds=1800)
    late = await alipay.http.post("/control/pay", json={"outTradeNo": NUMBER})

    assert late.status == 409
    assert await query(alipay) == told(trade_no, trade_status="TRADE_CLOSED")
    assert (await create(alipay)).node == HAS_CLOSE
    assert await moved(alipay) == []


async def test_without_a_limit_there_are_15_days(alipay: Alipay) -> None:
    await create(alipay, time_expire=None)
    await alipay.control("clock", advanceSeconds=15 * 86_400 - 1)
    assert (await query(alipay))["trade_status"] == "WAIT_BUYER_PAY"

    await alipay.control("clock", advanceSeconds=1)

    assert (await query(alipay))["trade_status"] == "TRADE_CLOSED"


async def test_somebody_of_old(alipay: Alipay) -> None:
    await alipay.on("user-id")
    code = await alipay.auth_code(0)
    login = await alipay.ask(
        "alipay.system.oauth.token", grant_type="authorization_code", code=code
    )
    user_id = login.node["user_id"]

    await create(alipay, buyer_open_id=None, buyer_id=user_id)
    node = await query(alipay)

    assert (node["buyer_user_id"], "buyer_open_id" in node) == (user_id, False)


async def test_scenarios_of_answers(alipay: Alipay) -> None:
    trade_no = await opened(alipay)
    await alipay.control("pay", outTradeNo=NUMBER)
    await alipay.on("query-lags", method=QUERY, times=1)
    await alipay.on("query-amount", method=QUERY, times=2, parameters={"fen": 14999})

    first, second, third = [await query(alipay) for _ in range(3)]

    assert first == told(trade_no, total_amount="149.99")
    assert second == paid(trade_no) | {"total_amount": "149.99"}
    assert third == paid(trade_no)


async def test_a_create_that_is_refused_opens_nothing(alipay: Alipay) -> None:
    await alipay.on("create-refused", times=1, parameters={"sub_code": "ACQ.TOTAL_FEE_EXCEED"})

    assert (await create(alipay)).node["sub_code"] == "ACQ.TOTAL_FEE_EXCEED"
    assert await query(alipay) == NOT_EXIST
    assert (await create(alipay)).node["code"] == "10000"


@pytest.mark.parametrize(
    ("scenario", "status"), [("drop-before", None), ("drop-after", "WAIT_BUYER_PAY")]
)
async def test_trouble_with_the_connection(
    alipay: Alipay, scenario: str, status: str | None
) -> None:
    await alipay.on(scenario, times=1)
    with pytest.raises(ClientConnectionError):
        await alipay.raw(CREATE, content())

    assert (await query(alipay)).get("trade_status") == status
