"""Bills of a day, as the wire's description has them."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from aiohttp import ClientConnectionError, ClientResponse

from sandbox.city import City
from tests.sandbox.alipay_trading import NUMBER, SETTINGS, STARTED, create, opened
from tests.sandbox.alipay_wire import Alipay, failure, served

BILL = "alipay.data.dataservice.bill.downloadurl.query"
DAY = "2026-11-01"
TO_TEN_NEXT_DAY = 26 * 3600  # from 08:00
ACCOUNT = "20880000000000010156"
RULE = "-" * 41


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city, SETTINGS) as one:
        yield one


async def link(alipay: Alipay, day: str = DAY) -> str:
    """The address of a bill, as far as this client of the test needs it."""
    answer = await alipay.ask(BILL, {"bill_type": "trade", "bill_date": day})
    address = urlsplit(answer.node["bill_download_url"])
    return f"{address.path}?{address.query}"


async def refused(alipay: Alipay, **changed: Any) -> str:
    content = {"bill_type": "trade", "bill_date": DAY, **changed}
    return str((await alipay.ask(BILL, content)).node["sub_code"])


async def fetched(alipay: Alipay, day: str = DAY) -> dict[str, str]:
    """The files in the bill by their names."""
    response = await alipay.http.get(await link(alipay, day))
    return tables(await response.read())


async def bytes_of(alipay: Alipay, name: str) -> bytes:
    document = await (await alipay.http.get(await link(alipay))).read()
    with ZipFile(io.BytesIO(document), metadata_encoding="gbk") as archive:
        return archive.read(name)


def tables(document: bytes) -> dict[str, str]:
    with ZipFile(io.BytesIO(document), metadata_encoding="gbk") as archive:
        return {one.filename: archive.read(one).decode("gbk") for one in archive.infolist()}


async def lines(alipay: Alipay, day: str = DAY) -> list[list[str]]:
    """The values of what moved, by the bill: kind, amount, time, refund number."""
    table = next(iter((await fetched(alipay, day)).values()))
    rows = [line.split(",") for line in table.splitlines()[5:] if not line.startswith("#")]
    return [[row[place].strip() for place in (2, 1, 12, 5, 21)] for row in rows]


async def busy_day(alipay: Alipay) -> str:
    """The trade_no of a trade that was paid, and of which a part was given back."""
    trade_no = await opened(alipay)
    await alipay.control("pay", outTradeNo=NUMBER)
    refund = {"out_trade_no": NUMBER, "refund_amount": "50.00", "out_request_no": "R1"}
    await alipay.control("clock", advanceSeconds=61)
    await alipay.ask("alipay.trade.refund", refund)
    await alipay.control("clock", advanceSeconds=TO_TEN_NEXT_DAY - 61)
    return trade_no


async def test_the_bill_of_a_day(alipay: Alipay) -> None:
    trade_no = await busy_day(alipay)

    files = await fetched(alipay)

    name = f"{ACCOUNT}_20261101_业务明细"
    assert list(files) == [f"{name}.csv", f"{name}(汇总).csv"]
    words = f"{trade_no}\t,{NUMBER}\t"
    blanks = "\t,\t,\t,\t,张*(138****0000)\t"
    made, paid, back = "2026-11-01 08:00:00", "2026-11-01 08:00:00", "2026-11-01 08:01:01"
    zeros = "0.00,0.00,0.00,0.00,0.00,\t,0.00,0.00"
    assert files[f"{name}.csv"].split("\r\n") == [
        "#支付宝业务明细查询",
        f"#账号：[{ACCOUNT}]",
        "#起始日期：[2026年11月01日 00:00:00]   终止日期：[2026年11月02日 00:00:00]",
        f"#{RULE}业务明细列表{RULE[1:]}",
        "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
        "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
        "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
        "退款批次号/请求号,服务费（元）,分润（元）,备注",
        f"{words},交易\t,交通违法罚款\t,{made}\t,{paid}\t,{blanks},150.00,150.00,{zeros},"
        "\t,-0.90,0.00,\t",
        f"{words},退款\t,交通违法罚款\t,{made}\t,{back}\t,{blanks},-50.00,-50.00,{zeros},"
        "R1\t,0.30,0.00,\t",
        f"#{RULE[1:]}业务明细列表结束{RULE[5:]}",
        "#交易合计：1笔，商家实收共150.00元，商家优惠共0.00元",
        "#退款合计：1笔，商家实收退款共-50.00元，商家优惠退款共0.00元",
        "#导出时间：[2026年11月02日 10:00:00]",
        "",
    ]
    assert "合计,,1,1,100.00,100.00," in files[f"{name}(汇总).csv"]


async def test_names_are_in_gbk(alipay: Alipay) -> None:
    await busy_day(alipay)

    document = await (await alipay.http.get(await link(alipay))).read()

    assert f"{ACCOUNT}_20261101_业务明细.csv".encode("gbk") in document
    with ZipFile(io.BytesIO(document)) as archive:
        assert archive.testzip() is None
        assert not any(one.flag_bits & 0x800 for one in archive.infolist())


async def test_a_bill_takes_until_ten_of_the_next_day(alipay: Alipay) -> None:
    await opened(alipay)
    await alipay.control("pay", outTradeNo=NUMBER)
    today = await refused(alipay)
    await alipay.control("clock", advanceSeconds=TO_TEN_NEXT_DAY - 1)
    early = await refused(alipay)
    await alipay.control("clock", advanceSeconds=1)

    assert (today, early) == ("BILL_NOT_EXIST", "BILL_NOT_EXIST")
    assert len(await lines(alipay)) == 1
    assert await refused(alipay, bill_date="2026-10-31") == "NO_BILL_DATA"
    assert await refused(alipay, bill_date="2026-11-02") == "BILL_NOT_EXIST"


async def test_a_bill_of_what_moved_so_far(city: City) -> None:
    async with served(city, replace(SETTINGS, bill_ready_seconds=-24 * 3600)) as alipay:
        await opened(alipay)
        assert await refused(alipay) == "NO_BILL_DATA"
        await alipay.control("pay", outTradeNo=NUMBER)

        assert await lines(alipay) == [PAID]
        assert await refused(alipay, bill_date="2026-11-02") == "BILL_NOT_EXIST"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"bill_type": "signcustomer"}, "TYPE_NOT_SUPPORTED"),
        ({"bill_type": None}, "TYPE_NOT_SUPPORTED"),
        *(({"bill_date": bad}, "INVAILID_ARGUMENTS") for bad in ("2026-11", "20261101", None, 1)),
        *(({"bill_date": bad}, "INVAILID_ARGUMENTS") for bad in ("2026-11-31", "9999-12-31")),
    ],
)
async def test_what_there_is_no_bill_of(alipay: Alipay, changed: dict[str, Any], code: str) -> None:
    await busy_day(alipay)

    assert await refused(alipay, **changed) == code


async def test_midnight_is_the_next_day(alipay: Alipay) -> None:
    await create(alipay, time_expire=None)
    await alipay.control("clock", advanceSeconds=16 * 3600 - 1)
    await alipay.control("pay", outTradeNo=NUMBER)
    await create(alipay, time_expire=None, out_trade_no="CW2")
    await alipay.control("clock", advanceSeconds=1)
    await alipay.control("pay", outTradeNo="CW2")
    await alipay.control("clock", advanceSeconds=48 * 3600)

    assert [row[1] for row in await lines(alipay)] == [NUMBER]
    table = tables(await (await alipay.http.get(await link(alipay, "2026-11-02"))).read())
    assert "CW2\t" in next(iter(table.values()))


async def test_a_link_is_good_for_half_a_minute(alipay: Alipay) -> None:
    await busy_day(alipay)
    first, second = await link(alipay), await link(alipay)
    query = parse_qs(urlsplit(first).query)
    await alipay.control("clock", advanceSeconds=29)
    in_time = await alipay.http.get(first)
    await alipay.control("clock", advanceSeconds=1)
    late = await alipay.http.get(first)
    stranger = await alipay.http.get("/downloadBill?token=1")

    assert first != second
    assert {name: value for name, [value] in query.items() if name != "token"} == {
        "bizType": "trade",
        "userId": ACCOUNT,
        "fileType": "csv.zip",
        "bizDates": "20261101",
        "downloadFileName": f"{ACCOUNT}_20261101.csv.zip",
        "timestamp": "1793584800000",
    }
    assert (in_time.status, in_time.content_type) == (200, "application/octet-stream")
    assert (late.status, stranger.status) == (403, 403)


PAID = ["交易", NUMBER, "150.00", "2026-11-01 08:00:00", ""]
BACK = ["退款", NUMBER, "-50.00", "2026-11-01 08:01:01", "R1"]


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ([], [PAID, BACK]),
        ([{"what": "drop", "line": 1}], [BACK]),
        ([{"what": "drop", "line": 1}, {"what": "drop", "line": 2}], []),
        ([{"what": "drop", "line": 1}, {"what": "drop", "line": 1}], [BACK]),
        (
            [
                {"what": "duplicate", "line": 1},
                {"what": "amount", "line": 1, "fen": 1},
                {"what": "drop", "line": 2},
                {"what": "duplicate", "line": 1},
            ],
            [["交易", NUMBER, "0.01", "2026-11-01 08:00:00", ""]] * 4,
        ),
        ([{"what": "duplicate", "line": 2}], [PAID, BACK, BACK]),
        (
            [{"what": "amount", "line": 1, "fen": 15001}],
            [["交易", NUMBER, "150.01", "2026-11-01 08:00:00", ""], BACK],
        ),
        (
            [{"what": "time", "line": 1, "seconds": -1}],
            [["交易", NUMBER, "150.00", "2026-11-01 07:59:59", ""], BACK],
        ),
        (
            [{"what": "add", "outTradeNo": "X1", "fen": 1}],
            [PAID, BACK, ["交易", "X1", "0.01", "2026-11-01 12:00:00", ""]],
        ),
        (
            [{"what": "add", "outTradeNo": "X1", "fen": 1, "refundNumber": "XR"}],
            [PAID, BACK, ["退款", "X1", "-0.01", "2026-11-01 12:00:00", "XR"]],
        ),
    ],
)
async def test_wrong_lines(
    alipay: Alipay, changes: list[dict[str, Any]], left: list[list[str]]
) -> None:
    await busy_day(alipay)

    told = await alipay.control("bill", day=DAY, change=changes)

    assert told == {"day": DAY, "changes": len(changes)}
    assert await lines(alipay) == left


async def test_lines_in_the_bill_of_another_day(alipay: Alipay) -> None:
    await busy_day(alipay)
    await alipay.control("clock", advanceSeconds=24 * 3600)
    changes = [
        {"what": "amount", "line": 1, "fen": 1},
        {"what": "shift", "line": 1},
        {"what": "shift", "line": 2, "by": -1},
    ]
    await alipay.control("bill", day=DAY, change=changes)

    assert await lines(alipay) == []
    paid = ["交易", NUMBER, "0.01", "2026-11-01 08:00:00", ""]
    assert await lines(alipay, "2026-11-02") == [paid]
    assert await lines(alipay, "2026-10-31") == [BACK]
    await alipay.control("bill", day="2026-11-02", change=[{"what": "totals"}])
    assert await lines(alipay, "2026-11-02") == [paid]
    await alipay.control("bill", day=DAY)
    assert await lines(alipay) == [PAID, BACK]
    assert await refused(alipay, bill_date="2026-10-31") == "NO_BILL_DATA"


async def test_another_fee(alipay: Alipay) -> None:
    await busy_day(alipay)
    right = await fetched(alipay)
    await alipay.control("bill", day=DAY, change=[{"what": "fee", "line": 2, "fen": 31}])

    wrong = await fetched(alipay)
    name = next(iter(right))
    assert wrong[name] == right[name].replace(",0.30,", ",0.31,")


async def test_many_changes_at_once(alipay: Alipay) -> None:
    trades = [{"outTradeNo": f"CW{n:05d}", "fen": n, "paidAt": STARTED + n} for n in range(1, 3001)]
    await alipay.control("trades", trades=trades)
    await alipay.control("clock", advanceSeconds=TO_TEN_NEXT_DAY)
    whats: list[dict[str, Any]] = [
        {"what": "drop"},
        {"what": "amount", "fen": 9},
        {"what": "shift"},
    ]
    changes = [{**whats[line % 3], "line": line} for line in range(1, 3001)]
    added = [{"what": "add", "outTradeNo": f"X{n}", "fen": n} for n in range(1, 2001)]

    told = await alipay.control("bill", day=DAY, change=[*changes, *added])

    assert told == {"day": DAY, "changes": 5000}
    found = [(row[1], row[2]) for row in await lines(alipay)]
    assert found[:1000] == [(f"CW{n:05d}", "0.09") for n in range(1, 3001, 3)]
    assert found[1000:] == [(f"X{n}", f"{n // 100}.{n % 100:02d}") for n in range(1, 2001)]


async def test_wrong_files(alipay: Alipay) -> None:
    await busy_day(alipay)
    right = await fetched(alipay)
    name = next(iter(right))

    await alipay.control("bill", day=DAY, change=[{"what": "totals"}])
    assert (await fetched(alipay))[name] == right[name].replace("实收共150.00", "实收共150.01")
    await alipay.control("bill", day=DAY, change=[{"what": "merchant"}])
    other = "20889999999999990156"
    table = (await fetched(alipay))[name.replace(ACCOUNT, other)]
    assert table == right[name].replace(ACCOUNT, other)
    await alipay.control("bill", day=DAY, change=[{"what": "truncated"}])
    whole = right[name].encode("gbk")
    assert (await bytes_of(alipay, name)) == whole[: len(whole) // 2]
    await alipay.control("bill", day=DAY, change=[{"what": "encoding"}])
    assert (await bytes_of(alipay, name)).decode() == right[name]
    await alipay.control("bill", day=DAY)
    assert await fetched(alipay) == right


async def test_a_line_of_a_day_without_any(alipay: Alipay) -> None:
    await busy_day(alipay)
    await alipay.control(
        "bill", day="2026-10-31", change=[{"what": "add", "outTradeNo": "X1", "fen": 1}]
    )

    response = await alipay.http.get(await link(alipay, "2026-10-31"))

    assert "X1\t" in next(iter(tables(await response.read()).values()))


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({}, 400),
        ({"day": "1.11.2026"}, 400),
        ({"day": DAY, "change": {}}, 400),
        ({"day": DAY, "change": ["drop"]}, 400),
        ({"day": DAY, "change": [{}]}, 400),
        ({"day": DAY, "change": [{"what": "burn"}]}, 400),
        ({"day": DAY, "change": [{"what": "drop"}]}, 400),
        ({"day": DAY, "change": [{"what": "drop", "line": 3}]}, 404),
        ({"day": DAY, "change": [{"what": "drop", "line": 0}]}, 404),
        ({"day": DAY, "change": [{"what": "amount", "line": 1}]}, 400),
        ({"day": DAY, "change": [{"what": "fee", "line": 1}]}, 400),
        ({"day": DAY, "change": [{"what": "shift", "line": 1, "by": 2}]}, 400),
        ({"day": DAY, "change": [{"what": "currency", "line": 1, "currency": "USD"}]}, 400),
        ({"day": DAY, "change": [{"what": "add", "fen": 1}]}, 400),
    ],
)
async def test_changes_that_make_no_sense(
    alipay: Alipay, wanted: dict[str, Any], status: int
) -> None:
    await busy_day(alipay)

    response = await alipay.http.post("/control/bill", json=wanted)

    assert response.status == status
    assert await lines(alipay) == [PAID, BACK]


async def test_downloads_meet_trouble_too(alipay: Alipay) -> None:
    await busy_day(alipay)

    async def download(scenario: str) -> ClientResponse:
        address = await link(alipay)
        await alipay.on(scenario, method="bill-download", times=1)
        return await alipay.http.get(address, allow_redirects=False)

    assert (await download("redirect")).status == 302
    assert (await download("unavailable")).status == 503
    with pytest.raises(ClientConnectionError):
        await download("drop-before")
    assert await alipay.http.get(await link(alipay))


async def test_refusals_are_as_the_gateway_says_them(alipay: Alipay) -> None:
    node = (await alipay.ask(BILL, {"bill_type": "trade", "bill_date": DAY})).node

    assert node == failure("40004", "BILL_NOT_EXIST", "账单不存在")
