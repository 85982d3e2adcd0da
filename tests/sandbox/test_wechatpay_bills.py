"""The bills of the sandbox of WeChat Pay: when there are any, and what is in them."""

import gzip
import json
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha1
from typing import Any

import pytest
from yarl import URL

from sandbox.city import City
from sandbox.wechat import WECHAT_APP_ID
from sandbox.wechat.logins import open_id
from sandbox.wechatpay import SANDBOX_MERCHANT_ID, WechatPaySandboxSettings
from tests.sandbox.wechatpay_wire import (
    NUMBER,
    PREFIX,
    Answered,
    WechatPay,
    authorization,
    public_key,
    served,
)

CHINA = timezone(timedelta(hours=8))
TODAY = datetime.now(CHINA).date()
DAY = 86_400
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,"
    "商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMMARY = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)


def at_noon() -> float:
    """A clock that stands still, so that no test meets midnight."""
    noon = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=CHINA)
    return noon.astimezone(UTC).timestamp()


@pytest.fixture
async def wechat_pay(city: City) -> AsyncIterator[WechatPay]:
    settings = WechatPaySandboxSettings(
        refund_seconds=0, timestamp_tolerance_seconds=None, clock=at_noon
    )
    async with served(city, settings) as one:
        yield one


async def later(wechat_pay: WechatPay, seconds: float) -> None:
    await wechat_pay.control("clock", {"advanceSeconds": seconds})


async def ask(wechat_pay: WechatPay, **changed: str) -> Answered:
    query = {"bill_date": TODAY.isoformat(), "bill_type": "ALL", "tar_type": "GZIP"} | changed
    target = "&".join(f"{name}={value}" for name, value in query.items())
    return await wechat_pay.send("GET", f"/v3/bill/tradebill?{target}")


async def downloaded(wechat_pay: WechatPay, url: str) -> tuple[int, bytes, str]:
    """Status, bytes, and whether somebody vouches for them."""
    target = URL(url).raw_path_qs
    response = await wechat_pay.http.get(
        URL(target, encoded=True),
        headers={
            "Authorization": authorization("GET", target, b""),
            "Accept-Encoding": "identity",
        },
    )
    return response.status, await response.read(), response.headers.get("Wechatpay-Signature", "")


async def fetched(wechat_pay: WechatPay, day: date = TODAY) -> str:
    node = (await ask(wechat_pay, bill_date=day.isoformat())).node
    _, packed, _ = await downloaded(wechat_pay, node["download_url"])
    file = gzip.decompress(packed)
    assert sha1(file).hexdigest() == node["hash_value"]
    return file.decode()


async def pay(wechat_pay: WechatPay, number: str = NUMBER) -> dict[str, Any]:
    await wechat_pay.begin(out_trade_no=number)
    await wechat_pay.control("pay", {"outTradeNo": number})
    moved = (await wechat_pay.control("money"))["moved"]
    node: dict[str, Any] = moved[-1]
    return node


async def refund(wechat_pay: WechatPay, fen: int) -> dict[str, Any]:
    body = {
        "out_trade_no": NUMBER,
        "out_refund_no": "R00001",
        "amount": {"refund": fen, "total": 15000, "currency": "CNY"},
    }
    path = "/v3/refund/domestic/refunds"
    node: dict[str, Any] = (await wechat_pay.send("POST", path, json.dumps(body).encode())).node
    return node


async def test_the_bill_of_a_day(wechat_pay: WechatPay) -> None:
    paid = await pay(wechat_pay)
    await later(wechat_pay, 90)
    refunded = await refund(wechat_pay, 5000)
    await later(wechat_pay, DAY)

    answer = await ask(wechat_pay)

    assert (answer.status, answer.is_signed_by(public_key())) == (200, True)
    node = answer.node
    assert (set(node), node["hash_type"]) == (
        {"download_url", "hash_type", "hash_value"},
        "SHA1",
    )
    url = URL(node["download_url"])
    assert (url.path, url.host) == (f"{PREFIX}/v3/billdownload/file", "127.0.0.1")
    status, packed, signature = await downloaded(wechat_pay, node["download_url"])
    assert (status, signature) == (200, "")
    file = gzip.decompress(packed)
    assert sha1(file).hexdigest() == node["hash_value"]
    payer, reference = open_id(WECHAT_APP_ID, 0), paid["reference"]
    who = f"`{WECHAT_APP_ID},`{SANDBOX_MERCHANT_ID},`0,`,`{reference},`{NUMBER},`{payer},`JSAPI"
    assert file.decode() == "".join(
        f"{line}\r\n"
        for line in (
            "\ufeff" + HEADER,
            f"`{TODAY} 12:00:00,{who},`SUCCESS,`OTHERS,`CNY,`150.00,`0.00,`0,`0,`0.00,`0.00,`,`,"
            "`交通违法罚款,`,`0.90,`0.60%,`150.00,`0.00,`",
            f"`{TODAY} 12:01:30,{who},`REFUND,`OTHERS,`CNY,`0.00,`0.00,`{refunded['refund_id']},"
            "`R00001,`50.00,`0.00,`ORIGINAL,`PROCESSING,`交通违法罚款,`,`-0.30,`0.60%,`0.00,`50.00,`",
            SUMMARY,
            "`2,`150.00,`50.00,`0.00,`0.60,`150.00,`50.00",
        )
    )


async def test_a_bill_is_of_one_day(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await later(wechat_pay, DAY / 2 - 1)
    await pay(wechat_pay, "LAST0001")
    await later(wechat_pay, 1)
    await pay(wechat_pay, "NEXT0001")
    await later(wechat_pay, DAY)

    lines = (await fetched(wechat_pay)).split("\r\n")
    assert [line.split(",`")[6] for line in lines[1:3]] == [NUMBER, "LAST0001"]
    assert lines[2].startswith(f"`{TODAY} 23:59:59,")
    assert lines[4].startswith("`2,`300.00,")


async def test_not_before_ten_on_the_next_day(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    assert (await ask(wechat_pay)).code == (400, "STATEMENT_CREATING", "0")
    await later(wechat_pay, DAY - 2 * 3_600 - 60)
    assert (await ask(wechat_pay)).code == (400, "STATEMENT_CREATING", "0")
    await later(wechat_pay, 60)

    assert (await ask(wechat_pay)).status == 200


async def test_a_bill_of_what_moved_so_far(city: City) -> None:
    settings = WechatPaySandboxSettings(
        bill_ready_seconds=-DAY, timestamp_tolerance_seconds=None, clock=at_noon
    )
    async with served(city, settings) as wechat_pay:
        assert (await ask(wechat_pay)).code == (400, "NO_STATEMENT_EXIST", "0")
        await pay(wechat_pay, "FIRST001")

        assert rows(await fetched(wechat_pay)) == [FIRST]
        tomorrow = (TODAY + timedelta(days=1)).isoformat()
        assert (await ask(wechat_pay, bill_date=tomorrow)).code == (400, "PARAM_ERROR", "0")


async def test_nothing_moved(wechat_pay: WechatPay) -> None:
    await later(wechat_pay, DAY)

    assert (await ask(wechat_pay)).code == (400, "NO_STATEMENT_EXIST", "0")


@pytest.mark.parametrize(
    "changed",
    [
        {"bill_date": "2026-13-01"},
        {"bill_date": "tomorrow"},
        {"bill_date": (TODAY + timedelta(days=2)).isoformat()},
        {"bill_type": "SUCCESS"},
        {"tar_type": "ZIP"},
    ],
)
async def test_what_is_not_a_bill(wechat_pay: WechatPay, changed: dict[str, str]) -> None:
    assert (await ask(wechat_pay, **changed)).code == (400, "PARAM_ERROR", "0")


async def test_a_link_is_good_for_five_minutes(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await later(wechat_pay, DAY)
    url = (await ask(wechat_pay)).node["download_url"]
    await later(wechat_pay, 299)
    assert (await downloaded(wechat_pay, url))[0] == 200
    await later(wechat_pay, 1)

    status, body, _ = await downloaded(wechat_pay, url)
    assert (status, json.loads(body)["code"]) == (400, "INVALID_REQUEST")
    assert (await downloaded(wechat_pay, url + "0"))[0] == 400
    assert (await wechat_pay.http.get(URL(url).raw_path_qs)).status == 401


async def change(wechat_pay: WechatPay, *changes: dict[str, Any]) -> None:
    await wechat_pay.control("bill", {"day": TODAY.isoformat(), "change": list(changes)})


def rows(file: str) -> list[tuple[str, str, str, str]]:
    """Time, merchant, number and amount of every payment."""
    cells = [line.split(",`") for line in file.split("\r\n")[1:-3]]
    return [(row[0][12:], row[2], row[6], row[24]) for row in cells]


FIRST = ("12:00:00", SANDBOX_MERCHANT_ID, "FIRST001", "150.00")
SECOND = ("12:00:00", SANDBOX_MERCHANT_ID, "SECOND01", "150.00")


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ({"what": "drop", "line": 1}, [SECOND]),
        ({"what": "duplicate", "line": 1}, [FIRST, FIRST, SECOND]),
        ({"what": "amount", "line": 2, "fen": 1}, [FIRST, (*SECOND[:3], "0.01")]),
        ({"what": "time", "line": 2, "seconds": 7}, [FIRST, ("12:00:07", *SECOND[1:])]),
        ({"what": "merchant", "line": 1}, [(FIRST[0], "1900009999", *FIRST[2:]), SECOND]),
        (
            {"what": "add", "outTradeNo": "NOBODYS1", "fen": 7},
            [FIRST, SECOND, ("12:00:00", SANDBOX_MERCHANT_ID, "NOBODYS1", "0.07")],
        ),
        (
            {"what": "add", "outTradeNo": "NOBODYS1", "fen": 7, "refundNumber": "R7"},
            [FIRST, SECOND, ("12:00:00", SANDBOX_MERCHANT_ID, "NOBODYS1", "0.00")],
        ),
        ({"what": "shift", "line": 1}, [SECOND]),
        ({"what": "shift", "line": 2, "by": -1}, [FIRST]),
    ],
)
async def test_lines_that_are_wrong(
    wechat_pay: WechatPay, what: dict[str, Any], expected: list[tuple[str, str, str, str]]
) -> None:
    await pay(wechat_pay, "FIRST001")
    await pay(wechat_pay, "SECOND01")
    await later(wechat_pay, DAY)
    right = await fetched(wechat_pay)
    await change(wechat_pay, what)

    assert rows(await fetched(wechat_pay)) == expected
    await change(wechat_pay)
    assert await fetched(wechat_pay) == right


async def test_values_that_are_wrong(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await later(wechat_pay, DAY)
    right = await fetched(wechat_pay)

    await change(wechat_pay, {"what": "currency", "line": 1, "currency": "USD"})
    assert await fetched(wechat_pay) == right.replace("`CNY", "`USD")
    await change(wechat_pay, {"what": "fee", "line": 1, "fen": 91})
    assert await fetched(wechat_pay) == right.replace("`0.90", "`0.91")


async def test_lines_in_the_bill_of_another_day(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay, "FIRST001")
    await pay(wechat_pay, "SECOND01")
    await later(wechat_pay, 2 * DAY)
    await change(wechat_pay, {"what": "shift", "line": 1}, {"what": "shift", "line": 2, "by": -1})

    assert rows(await fetched(wechat_pay)) == []
    assert rows(await fetched(wechat_pay, TODAY + timedelta(days=1))) == [FIRST]
    assert rows(await fetched(wechat_pay, TODAY - timedelta(days=1))) == [SECOND]
    await change(wechat_pay)
    assert rows(await fetched(wechat_pay)) == [FIRST, SECOND]
    answer = await ask(wechat_pay, bill_date=(TODAY + timedelta(days=1)).isoformat())
    assert answer.code == (400, "NO_STATEMENT_EXIST", "0")


async def test_files_that_are_wrong(wechat_pay: WechatPay) -> None:
    await pay(wechat_pay)
    await later(wechat_pay, DAY)
    right = await fetched(wechat_pay)
    await change(wechat_pay, {"what": "totals"})
    assert (await fetched(wechat_pay)).replace("`150.01", "`150.00") == right
    await change(wechat_pay, {"what": "truncated"})
    cut = await fetched(wechat_pay)
    assert (right.startswith(cut), len(cut) < len(right)) == (True, True)
    await change(wechat_pay, {"what": "encoding"})
    with pytest.raises(UnicodeDecodeError):
        await fetched(wechat_pay)
    await change(wechat_pay, {"what": "hash"})
    with pytest.raises(AssertionError):
        await fetched(wechat_pay)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"what": "burn"}, 400),
        ({"what": "drop"}, 400),
        ({"what": "add", "fen": 1}, 400),
        ({"what": "drop", "line": 9}, 404),
        ({"what": "currency", "line": 1}, 400),
    ],
)
async def test_changes_that_cannot_be(
    wechat_pay: WechatPay, wrong: dict[str, Any], status: int
) -> None:
    await pay(wechat_pay)
    wanted = {"day": TODAY.isoformat(), "change": [wrong]}
    answer = await wechat_pay.http.post(f"{PREFIX}/control/bill", json=wanted)

    assert answer.status == status
