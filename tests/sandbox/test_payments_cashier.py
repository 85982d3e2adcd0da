"""The cashier, tapped by a payer, and the same by hand."""

import re
from collections.abc import AsyncIterator

import pytest

from sandbox.city import City
from tests.sandbox.alipay_trading import CLOSE, NUMBER, SETTINGS, create, moved, opened
from tests.sandbox.alipay_wire import Alipay, served


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city, SETTINGS) as one:
        yield one


async def shown(alipay: Alipay, trade_no: str) -> tuple[int, str]:
    response = await alipay.http.get("/cashier", params={"trade_no": trade_no})
    return response.status, await response.text()


async def tap(alipay: Alipay, trade_no: str, button: str) -> tuple[int, str]:
    """The status and the title that come of it."""
    form = {"trade_no": trade_no, "tapped": button}
    response = await alipay.http.post("/cashier", data=form)
    [title] = re.findall("<h1>(.*)</h1>", await response.text())
    return response.status, title


async def test_what_a_payer_sees(alipay: Alipay) -> None:
    answer = await create(alipay, subject='罚款 <b>"A"</b>')
    status, html = await shown(alipay, answer.node["trade_no"])

    assert status == 200
    assert "罚款 &lt;b&gt;&quot;A&quot;&lt;/b&gt;" in html
    assert "¥ 150.00" in html
    assert re.findall(r"<button[^>]*>(.*?)</button>", html) == [
        "支付 · Pay",
        "拒绝 · Decline",
        "稍后 · Wait",
    ]
    assert "<script" not in html


async def test_declining_and_waiting_change_nothing(alipay: Alipay) -> None:
    trade_no = await opened(alipay)

    assert await tap(alipay, trade_no, "decline") == (200, "已拒绝 · Declined")
    assert await tap(alipay, trade_no, "wait") == (200, "稍后支付 · Later")
    assert await moved(alipay) == []
    assert await tap(alipay, trade_no, "pay") == (200, "已支付 · Paid")
    assert len(await moved(alipay)) == 1


async def test_money_moves_once(alipay: Alipay) -> None:
    trade_no = await opened(alipay)
    await tap(alipay, trade_no, "pay")

    assert await tap(alipay, trade_no, "pay") == (409, "已支付 · Paid")
    assert await tap(alipay, trade_no, "decline") == (409, "已支付 · Paid")
    assert "<button" not in (await shown(alipay, trade_no))[1]
    assert len(await moved(alipay)) == 1


async def test_a_closed_trade(alipay: Alipay) -> None:
    trade_no = await opened(alipay)
    await alipay.ask(CLOSE, {"out_trade_no": NUMBER})

    assert await tap(alipay, trade_no, "pay") == (409, "交易已关闭 · Closed")
    status, html = await shown(alipay, trade_no)
    assert (status, "<button" in html) == (200, False)
    assert await moved(alipay) == []


async def test_there_is_no_such_trade_or_button(alipay: Alipay) -> None:
    trade_no = await opened(alipay)

    assert (await shown(alipay, "1"))[0] == 404
    assert (await alipay.http.get("/cashier")).status == 404
    assert (await tap(alipay, "1", "pay"))[0] == 404
    assert (await tap(alipay, trade_no, "steal"))[0] == 400
    assert await moved(alipay) == []


@pytest.mark.parametrize("action", ["pay", "decline"])
async def test_by_hand(alipay: Alipay, action: str) -> None:
    await opened(alipay)
    done = await alipay.control(action, outTradeNo=NUMBER)
    await alipay.http.post("/control/pay", json={"outTradeNo": NUMBER})
    again = await alipay.http.post(f"/control/{action}", json={"outTradeNo": NUMBER})
    unknown = await alipay.http.post(f"/control/{action}", json={"outTradeNo": "another"})

    assert done == {"outTradeNo": NUMBER, "paid": action == "pay"}
    assert (again.status, await again.json()) == (409, {"error": "the trade is paid or over"})
    assert (unknown.status, await unknown.json()) == (404, {"error": "unknown: trade another"})
    assert len(await moved(alipay)) == 1
