"""What can be begun at the sandbox of WeChat Pay, and what becomes of it."""

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from sandbox.city import City
from sandbox.wechat import WECHAT_APP_ID
from sandbox.wechat.logins import open_id
from sandbox.wechatpay import SANDBOX_MERCHANT_ID
from tests.sandbox.wechatpay_wire import (
    BY_NUMBER,
    NUMBER,
    PREFIX,
    WechatPay,
    public_key,
    served,
)


@pytest.fixture
async def wechat_pay(city: City) -> AsyncIterator[WechatPay]:
    async with served(city) as one:
        yield one


async def paid(wechat_pay: WechatPay, **changed: Any) -> None:
    await wechat_pay.begin(**changed)
    await wechat_pay.control("pay", {"outTradeNo": NUMBER})


async def test_from_begun_to_paid(wechat_pay: WechatPay) -> None:
    begun = await wechat_pay.begin(attach="A1")
    assert begun.status == 200
    assert re.fullmatch(r"wx[0-9a-f]{34}", begun.node["prepay_id"])
    unpaid = {
        "amount": {"payer_currency": "CNY", "total": 15000},
        "appid": WECHAT_APP_ID,
        "mchid": SANDBOX_MERCHANT_ID,
        "out_trade_no": NUMBER,
        "promotion_detail": [],
        "trade_state": "NOTPAY",
        "trade_state_desc": "订单未支付",
    }
    assert (await wechat_pay.query()).node == unpaid

    await wechat_pay.control("pay", {"outTradeNo": NUMBER})

    answer = await wechat_pay.query()
    assert answer.is_signed_by(public_key())
    node = answer.node
    assert datetime.fromisoformat(node["success_time"]).utcoffset() is not None
    assert re.fullmatch(r"4200\d{24}", node["transaction_id"])
    assert node == unpaid | {
        "amount": {
            "currency": "CNY",
            "payer_currency": "CNY",
            "payer_total": 15000,
            "total": 15000,
        },
        "attach": "A1",
        "bank_type": "OTHERS",
        "payer": {"openid": open_id(WECHAT_APP_ID, 0)},
        "success_time": node["success_time"],
        "trade_state": "SUCCESS",
        "trade_state_desc": "支付成功",
        "trade_type": "JSAPI",
        "transaction_id": node["transaction_id"],
    }
    path = f"/v3/pay/transactions/id/{node['transaction_id']}?mchid={SANDBOX_MERCHANT_ID}"
    assert (await wechat_pay.send("GET", path)).node == node
    [moved] = (await wechat_pay.control("money"))["moved"]
    del moved["at"]
    assert moved == {
        "kind": "payment",
        "outTradeNo": NUMBER,
        "reference": node["transaction_id"],
        "fen": 15000,
    }


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mchid": None}, "/mchid"),
        ({"description": ""}, "/description"),
        ({"description": "一" * 128}, "/description"),
        ({"out_trade_no": "A1234"}, "/out_trade_no"),
        ({"out_trade_no": "A" * 33}, "/out_trade_no"),
        ({"out_trade_no": "A12345|"}, "/out_trade_no"),
        ({"attach": "a" * 129}, "/attach"),
        ({"notify_url": None}, "/notify_url"),
        ({"notify_url": "https://x.example/n?a=1"}, "/notify_url"),
        ({"notify_url": "ftp://x.example/n"}, "/notify_url"),
        ({"time_expire": "2026-11-02 08:00:00"}, "/time_expire"),
        ({"time_expire": "soon"}, "/time_expire"),
        ({"amount": None}, "/amount/total"),
        ({"amount": 15000}, "/amount/total"),
        ({"amount": {"total": 0}}, "/amount/total"),
        ({"amount": {"total": "15000"}}, "/amount/total"),
        ({"amount": {"total": 1.5}}, "/amount/total"),
        ({"amount": {"total": True}}, "/amount/total"),
        ({"amount": {"total": 1, "currency": "USD"}}, "/amount/currency"),
        ({"payer": None}, "/payer/openid"),
        ({"payer": {"openid": ""}}, "/payer/openid"),
        ({"payer": {"openid": "oNobody"}}, "/payer/openid"),
        ({"payer": {"openid": open_id("wx9999999999999999", 0)}}, "/payer/openid"),
    ],
)
async def test_a_parameter_that_is_wrong(
    wechat_pay: WechatPay, changed: dict[str, Any], field: str
) -> None:
    answer = await wechat_pay.begin(**changed)

    assert answer.code == (400, "PARAM_ERROR", "0")
    assert (answer.node["detail"]["field"], answer.node["detail"]["location"]) == (field, "body")
    assert (await wechat_pay.query()).status == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff"])
async def test_no_json(wechat_pay: WechatPay, body: bytes) -> None:
    answer = await wechat_pay.send("POST", "/v3/pay/transactions/jsapi", body)

    assert answer.code == (400, "PARAM_ERROR", "0")


async def test_somebody_elses(wechat_pay: WechatPay) -> None:
    assert (await wechat_pay.begin(appid="wx9999999999999999")).code == (
        *(400, "APPID_MCHID_NOT_MATCH"),
        "0",
    )
    assert (await wechat_pay.begin(mchid="1900009999")).code == (403, "NO_AUTH", "0")
    await wechat_pay.begin()
    answer = await wechat_pay.send("GET", f"{BY_NUMBER}?mchid=1900009999")
    assert answer.code == (403, "NO_AUTH", "0")
    answer = await wechat_pay.send("GET", BY_NUMBER)
    assert (answer.code[1], answer.node["detail"]["location"]) == ("PARAM_ERROR", "query")


@pytest.mark.parametrize("citizen", [-1, -2, 0, 399])
async def test_everybody_of_the_city_can_pay(wechat_pay: WechatPay, citizen: int) -> None:
    payer = {"openid": open_id(WECHAT_APP_ID, citizen)}

    assert (await wechat_pay.begin(payer=payer)).status == 200


async def test_the_same_again_and_something_else(wechat_pay: WechatPay) -> None:
    first = await wechat_pay.begin()

    assert (await wechat_pay.begin()).node == first.node
    for changed in ({"attach": "x"}, {"amount": {"total": 15000}}, {"notify_url": "http://x/n"}):
        assert (await wechat_pay.begin(**changed)).code == (400, "INVALID_REQUEST", "268498688")
    assert (await wechat_pay.begin()).node == first.node


async def test_what_is_paid_or_closed_is_used_up(wechat_pay: WechatPay) -> None:
    await paid(wechat_pay)
    assert (await wechat_pay.begin()).code == (400, "ORDERPAID", "268449538")
    assert (await wechat_pay.close()).code == (400, "ORDERPAID", "268449538")
    other = BY_NUMBER.replace("0001", "0002")
    await wechat_pay.begin(out_trade_no=NUMBER.replace("0001", "0002"))
    assert (await wechat_pay.close(other)).status == 204
    assert (await wechat_pay.close(other)).status == 204
    assert (await wechat_pay.begin(out_trade_no=NUMBER.replace("0001", "0002"))).code == (
        *(400, "ORDER_CLOSED"),
        "0",
    )
    assert (await wechat_pay.close(BY_NUMBER.replace("0001", "0003"))).code == (
        *(404, "ORDER_NOT_EXIST"),
        "268512771",
    )


@pytest.mark.parametrize(
    ("expires", "seconds"), [("2020-01-01T00:00:00+08:00", 61), (None, 604_801)]
)
async def test_nobody_pays_after_its_time(
    wechat_pay: WechatPay, expires: str | None, seconds: int
) -> None:
    await wechat_pay.begin(time_expire=expires)
    assert await _pay(wechat_pay, advance=seconds) == 409

    state = (await wechat_pay.query()).node["trade_state"]
    code = (await wechat_pay.begin(time_expire=expires)).code
    if expires is None:
        assert (state, code) == ("CLOSED", (400, "ORDER_CLOSED", "0"))
    else:
        assert (state, code) == ("NOTPAY", (400, "INVALID_REQUEST", "268447914"))
    assert (await wechat_pay.control("money"))["moved"] == []


async def test_an_end_that_comes_too_soon_comes_in_a_minute(wechat_pay: WechatPay) -> None:
    await wechat_pay.begin(time_expire="2020-01-01T00:00:00+08:00")

    assert await _pay(wechat_pay, advance=50) == 200


async def test_a_trade_is_paid_once(wechat_pay: WechatPay) -> None:
    await paid(wechat_pay)

    assert await _pay(wechat_pay) == 409
    assert len((await wechat_pay.control("money"))["moved"]) == 1
    for action in ("pay", "decline", "notices"):
        url = f"{PREFIX}/control/{action}"
        async with wechat_pay.http.post(url, json={"outTradeNo": "NEVER01"}) as response:
            assert response.status == 404


async def test_there_is_no_notice_before_anybody_has_paid(wechat_pay: WechatPay) -> None:
    await wechat_pay.begin()
    url = f"{PREFIX}/control/notices"
    async with wechat_pay.http.post(url, json={"outTradeNo": NUMBER}) as response:
        assert (response.status, await response.json()) == (
            400,
            {"error": f"nobody has paid {NUMBER}"},
        )


async def _pay(wechat_pay: WechatPay, advance: float = 0) -> int:
    await wechat_pay.control("clock", {"advanceSeconds": advance})
    url = f"{PREFIX}/control/pay"
    async with wechat_pay.http.post(url, json={"outTradeNo": NUMBER}) as response:
        return response.status


@pytest.mark.parametrize(
    ("tapped", "title", "state"),
    [
        ("pay", "已支付", "SUCCESS"),
        ("decline", "已拒绝", "NOTPAY"),
        ("wait", "稍后支付", "NOTPAY"),
    ],
)
async def test_the_cashier(wechat_pay: WechatPay, tapped: str, title: str, state: str) -> None:
    prepay_id = (await wechat_pay.begin()).node["prepay_id"]
    url = f"{PREFIX}/cashier"
    async with wechat_pay.http.get(url, params={"prepay_id": prepay_id}) as page:
        shown = await page.text()
    assert "¥ 150.00" in shown
    assert "交通违法罚款" in shown

    form = {"prepay_id": prepay_id, "tapped": tapped}
    async with wechat_pay.http.post(url, data=form) as page:
        assert (page.status, title in await page.text()) == (200, True)

    assert (await wechat_pay.query()).node["trade_state"] == state


async def test_a_cashier_without_a_bill(wechat_pay: WechatPay) -> None:
    prepay_id = (await wechat_pay.begin()).node["prepay_id"]
    await wechat_pay.control("clock", {"advanceSeconds": 7_201})

    assert await _shown(wechat_pay, "wx1") == 404
    assert await _shown(wechat_pay, prepay_id) == 404
    again = (await wechat_pay.begin()).node["prepay_id"]
    assert again != prepay_id
    assert await _shown(wechat_pay, again) == 200
    assert await _shown(wechat_pay, prepay_id) == 404


async def _shown(wechat_pay: WechatPay, prepay_id: str) -> int:
    url = f"{PREFIX}/cashier"
    async with wechat_pay.http.get(url, params={"prepay_id": prepay_id}) as page:
        return page.status


async def test_the_log_tells_nothing_of_anybody(wechat_pay: WechatPay) -> None:
    await paid(wechat_pay)
    log = str(await wechat_pay.control("log")) + str(await wechat_pay.control("money"))

    assert open_id(WECHAT_APP_ID, 0) not in log
