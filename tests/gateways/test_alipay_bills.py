"""Bills of Alipay: fetched from its sandbox, and read only if nothing is wrong with them."""

import hashlib
import io
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bills import BadBill, BillLine, BillLineKind, BillNotReady, NoBill
from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.money import Money
from domain.refunds import RefundOrder
from gateways.alipay import AlipayBills, AlipayRefunds, read_bill
from gateways.bills import KEPT_IN_MEMORY, RawBill
from sandbox.alipay import SANDBOX_SELLER_ID
from sandbox.alipay.bill_file import Row, Totals, packed, summary, table
from tests.gateways.platforms import (
    Platform,
    everything_told,
    forever,
    is_not_done,
    reset,
    running,
    signed,
)
from tests.gateways.platforms import alipay as talking_to
from tests.gateways.test_alipay_sandbox import NOT_DONE, UNKNOWN
from tests.gateways.test_alipay_trades import NUMBER, STARTED, Shop, order, shop

__all__ = ["shop"]  # a fixture

QUERY = "alipay.data.dataservice.bill.downloadurl.query"
DAY = date(2026, 11, 2)
# From 15:30:05 to 10:00 of the next day.
READY_SECONDS = 66_595
ACCOUNT = f"{SANDBOX_SELLER_ID}0156"
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


def lines_of(raw: RawBill) -> list[BillLine]:
    with raw.file:
        return list(read_bill(raw))


def why_bad(raw: RawBill) -> str:
    with pytest.raises(BadBill) as raised:
        lines_of(raw)
    assert NUMBER not in everything_told(raised.value)
    return str(raised.value)


async def busy_day(shop: Shop) -> str:
    """The trade_no of 150 yuan paid, of which 50 are given back a minute later, and a day on."""
    handle = await shop.trades.begin(order())
    await shop.pay()
    await shop.sandbox.do("clock", advanceSeconds=60)
    refund = RefundOrder(NUMBER, "CWR00001", Money(5000), Money(15000), "多缴")
    await AlipayRefunds(shop.trades.client).refund(refund)
    await shop.sandbox.do("clock", advanceSeconds=READY_SECONDS - 60)
    return handle


def expected(reference: str) -> tuple[BillLine, BillLine]:
    payment = BillLine(
        place=6,
        kind=BillLineKind.PAYMENT,
        number=NUMBER,
        reference=reference,
        refund_number=None,
        amount=Money(15000),
        fee=Money(90),
        at=STARTED,
        currency="CNY",
        merchant=SANDBOX_SELLER_ID,
    )
    refund = replace(
        payment,
        place=7,
        kind=BillLineKind.REFUND,
        refund_number="CWR00001",
        amount=Money(5000),
        fee=Money(30),
        at=STARTED + timedelta(seconds=60),
    )
    return payment, refund


async def test_the_bill_of_a_day(shop: Shop) -> None:
    handle = await busy_day(shop)

    raw = await AlipayBills(shop.trades.client).fetch(DAY)

    raw.file.seek(0)
    document = raw.file.read()
    assert (raw.day, raw.sha256) == (DAY, hashlib.sha256(document).hexdigest())
    assert lines_of(raw) == [*expected(handle)]
    again = await AlipayBills(shop.trades.client).fetch(DAY)
    assert again.sha256 == raw.sha256
    again.file.close()


async def test_too_early_and_nothing(shop: Shop) -> None:
    bills = AlipayBills(shop.trades.client)
    with pytest.raises(BillNotReady):
        await bills.fetch(DAY)
    await shop.sandbox.do("clock", advanceSeconds=READY_SECONDS)
    with pytest.raises(NoBill):
        await bills.fetch(DAY)
    with pytest.raises(BillNotReady):
        await bills.fetch(DAY + timedelta(days=1))


async def test_consistent_but_wrong_lines_are_read_as_they_are(shop: Shop) -> None:
    """It is for others to compare them with what we know."""
    payment, refund = expected(await busy_day(shop))
    bills = AlipayBills(shop.trades.client)
    away = replace(payment, at=STARTED - timedelta(seconds=2))
    changes: list[tuple[dict[str, Any], list[BillLine]]] = [
        ({"what": "drop", "line": 1}, [replace(refund, place=6)]),
        ({"what": "duplicate", "line": 2}, [payment, refund, replace(refund, place=8)]),
        (
            {"what": "amount", "line": 1, "fen": 15001},
            [replace(payment, amount=Money(15001)), refund],
        ),
        ({"what": "time", "line": 1, "seconds": -2}, [away, refund]),
        ({"what": "fee", "line": 2, "fen": 31}, [payment, replace(refund, fee=Money(31))]),
        (
            {"what": "merchant"},
            [replace(one, merchant="2088999999999999") for one in (payment, refund)],
        ),
    ]
    for change, lines in changes:
        await shop.sandbox.do("bill", day=f"{DAY}", change=[change])
        assert lines_of(await bills.fetch(DAY)) == lines


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("totals", "line 10: the totals are not those of the lines"),
        ("encoding", "line 1: not GBK"),
        ("truncated", "line 6: wrong number of columns"),
    ],
)
async def test_files_that_are_wrong_as_a_whole(shop: Shop, change: str, why: str) -> None:
    await busy_day(shop)
    await shop.sandbox.do("bill", day=f"{DAY}", change=[{"what": change}])

    assert why_bad(await AlipayBills(shop.trades.client).fetch(DAY)) == why


@pytest.mark.parametrize("scenario", sorted(NOT_DONE.keys() | UNKNOWN.keys()))
async def test_trouble_with_the_address(shop: Shop, scenario: str) -> None:
    await busy_day(shop)
    await shop.sandbox.do("scenarios", name=scenario, method=QUERY)

    with pytest.raises(UpstreamUnavailable) as raised:
        await AlipayBills(shop.trades.client).fetch(DAY)

    assert raised.value.reason is {**NOT_DONE, **UNKNOWN}[scenario]
    assert is_not_done(raised.value) == (scenario in NOT_DONE)


@pytest.mark.parametrize(
    ("scenario", "reason"),
    [
        ("slow", UpstreamReason.TIMED_OUT),
        ("hang", UpstreamReason.TIMED_OUT),
        ("drop-before", UpstreamReason.UNREACHABLE),
        ("drop-after", UpstreamReason.UNREACHABLE),
        ("cut-body", UpstreamReason.BROKEN_ANSWER),
        ("http-500", UpstreamReason.BROKEN_ANSWER),
        ("bad-gateway", UpstreamReason.UNREACHABLE),
        ("unavailable", UpstreamReason.UNREACHABLE),
        ("redirect", UpstreamReason.BROKEN_ANSWER),
        ("html-answer", UpstreamReason.BROKEN_ANSWER),
        ("not-json", UpstreamReason.BROKEN_ANSWER),
        ("huge-answer", UpstreamReason.BROKEN_ANSWER),
    ],
)
async def test_trouble_with_the_download(
    shop: Shop, caplog: pytest.LogCaptureFixture, scenario: str, reason: UpstreamReason
) -> None:
    await busy_day(shop)
    await shop.sandbox.do("scenarios", name=scenario, method="bill-download")
    bills = AlipayBills(shop.trades.client, most_bytes=1_000_000, seconds=0.5)

    with pytest.raises(UpstreamUnavailable) as raised:
        await bills.fetch(DAY)

    assert raised.value.reason is reason
    assert "token" not in everything_told(raised.value) + caplog.text
    await shop.sandbox.calm()
    assert len(lines_of(await bills.fetch(DAY))) == 2


async def test_half_a_file_is_none(shop: Shop) -> None:
    await busy_day(shop)
    await shop.sandbox.do("scenarios", name="half-body", method="bill-download")

    raw = await AlipayBills(shop.trades.client).fetch(DAY)

    assert why_bad(raw) == "no whole ZIP: BadZipFile"


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running(Platform()) as one:
        yield one


@pytest.fixture
async def bills(platform: Platform) -> AsyncIterator[AlipayBills]:
    async with talking_to(platform) as client:
        yield AlipayBills(client, seconds=0.3)


@pytest.mark.parametrize(
    "address",
    [
        *(None, "", 1, "ftp://127.0.0.1/bill", "file:///etc/passwd", "/bill", "http:// a"),
        *("http://127.0.0.1:99999/", "http://罚/", "http://a\r\nb/", "https://" + "a" * 3000),
    ],
)
async def test_addresses_that_are_none(
    platform: Platform, bills: AlipayBills, address: object
) -> None:
    platform.body = signed({"code": "10000", "bill_download_url": address}, method=QUERY)

    with pytest.raises(UpstreamUnavailable) as raised:
        await bills.fetch(DAY)

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    assert len(platform.requests) == 1


@pytest.mark.parametrize(
    ("before", "reason"),
    [(reset, UpstreamReason.UNREACHABLE), (forever, UpstreamReason.TIMED_OUT)],
)
async def test_an_address_where_nobody_answers(
    platform: Platform, bills: AlipayBills, before: Any, reason: UpstreamReason
) -> None:
    async with running(Platform(before=before)) as elsewhere:
        node = {"code": "10000", "bill_download_url": f"{elsewhere.url}bill?token=secret"}
        platform.body = signed(node, method=QUERY)
        with pytest.raises(UpstreamUnavailable) as raised:
            await bills.fetch(DAY)
        assert len(elsewhere.requests) == 1

    assert raised.value.reason is reason
    assert "secret" not in everything_told(raised.value)


@pytest.mark.parametrize("code", ["INVAILID_ARGUMENTS", "TYPE_NOT_SUPPORTED", "UNKNOWN_ERROR"])
async def test_other_refusals_are_for_the_operators(
    platform: Platform, bills: AlipayBills, code: str
) -> None:
    platform.body = signed({"code": "40004", "sub_code": code}, method=QUERY)

    with pytest.raises(UpstreamUnavailable):
        await bills.fetch(DAY)


def raw(document: bytes, day: date = DAY) -> RawBill:
    return RawBill(day, io.BytesIO(document), "")


def row(**changed: Any) -> Row:
    plain = Row(
        kind="payment",
        trade_no="2026110222001400000000000001",
        number=NUMBER,
        subject="交通违法罚款",
        created_at=NOON.timestamp(),
        at=NOON.timestamp(),
        fen=15000,
        fee_fen=90,
    )
    return replace(plain, **changed)


def text_of(*rows: Row, totals: Totals | None = None) -> str:
    return table(ACCOUNT, DAY, rows, NOON.timestamp(), totals)


def zipped(text: str | bytes) -> bytes:
    detail = text if isinstance(text, bytes) else text.encode("gbk")
    total = summary(ACCOUNT, DAY, [], NOON.timestamp()).encode("gbk")
    return packed(ACCOUNT, DAY, detail, total)


WORDS = st.text("0123456789abcXYZ", min_size=1, max_size=32)
MOVED = st.builds(
    Row,
    kind=st.sampled_from(["payment", "refund"]),
    trade_no=WORDS,
    number=WORDS,
    subject=st.text(max_size=20),
    created_at=st.integers(1_600_000_000, 1_900_000_000).map(float),
    at=st.integers(1_600_000_000, 1_900_000_000).map(float),
    fen=st.integers(0, 10**11 - 1),
    fee_fen=st.integers(0, 10**11 - 1),
    refund_number=WORDS,
)


@given(st.lists(MOVED, max_size=12))
def test_what_was_written_is_read(rows: list[Row]) -> None:
    detail = table(ACCOUNT, DAY, rows, NOON.timestamp()).encode("gbk", errors="replace")

    lines = lines_of(raw(zipped(detail)))

    assert lines == [
        BillLine(
            place=place,
            kind=BillLineKind(one.kind),
            number=one.number,
            reference=one.trade_no,
            refund_number=one.refund_number if one.is_refund else None,
            amount=Money(one.fen),
            fee=Money(one.fee_fen),
            at=datetime.fromtimestamp(one.at, UTC),
            currency="CNY",
            merchant=SANDBOX_SELLER_ID,
        )
        for place, one in enumerate(rows, start=6)
    ]


SMALL = text_of(row(), row(kind="refund", fen=5000, refund_number="R1"))


def test_every_cut_is_seen() -> None:
    document = zipped(SMALL)
    assert len(lines_of(raw(document))) == 2
    for length in range(len(document)):
        why_bad(raw(document[:length]))


def test_every_cut_in_a_good_zip_is_seen() -> None:
    whole = SMALL.encode("gbk")
    for length in range(len(whole.rstrip())):
        why_bad(raw(zipped(whole[:length])))
    assert len(lines_of(raw(zipped(whole.rstrip())))) == 2


def test_damage_is_seen() -> None:
    """Of every byte: bad, or in what nobody reads, such as the time of a file in the ZIP."""
    document = zipped(SMALL)
    right = lines_of(raw(document))
    for place in range(len(document)):
        damaged = bytearray(document)
        damaged[place] ^= 0x11
        try:
            assert lines_of(raw(bytes(damaged))) == right
        except BadBill:
            continue


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("#支付宝业务明细查询", "#支付宝账务明细查询", "line 1: no title"),
        (f"[{ACCOUNT}]", "[]", "line 2: no account"),
        ("11月02日 00:00:00]   终止", "11月01日 00:00:00]   终止", "line 3: another day"),
        ("终止日期：[2026年11月03日", "终止日期：[2026年12月03日", "line 3: another day"),
        ("起始日期", "开始日期", "line 3: no period"),
        ("-业务明细列表-", "-业务明细-", "line 4: no such line"),
        ("商家实收（元）", "商家实收(元)", "line 5: wrong header"),
        ("商户订单号", "支付宝交易号", "line 5: wrong header"),
        ("券名称", "备注", "line 5: wrong header"),
        ("交易\t", "充值\t", "line 6: unknown kind"),
        ("交易\t", "\t", "line 6: unknown kind"),
        (",交通违法罚款\t", ",交通,违法罚款\t", "line 6: wrong number of columns"),
        (",0.00,\t\r\n", ",0.00\r\n", "line 6: wrong number of columns"),
        ("150.00,150.00", "150.00,150.0", "line 6: no usable 商家实收（元）"),
        ("150.00,150.00", "150.00,-150.00", "line 6: no usable 商家实收（元）"),
        ("150.00,150.00", "150.00,1e2", "line 6: no usable 商家实收（元）"),
        ("150.00,150.00", "150.00,", "line 6: no usable 商家实收（元）"),
        ("-50.00,-50.00", "-50.00,50.00", "line 7: no usable 商家实收（元）"),
        (NUMBER, "1" * 65, "line 6: no usable 商户订单号"),
        (NUMBER, "", "line 6: no usable 商户订单号"),
        ("R1\t", "R 1\t", "line 7: no usable 退款批次号/请求号"),
        (",-0.90,", ",0.90,", "line 6: no usable 服务费（元）"),
        ("\t,2026-11-02 12:00:00\t,\t", "\t,2026-11-02\t,\t", "line 6: no usable 完成时间"),
        (
            "\t,2026-11-02 12:00:00\t,\t",
            "\t,2026-13-02 12:00:00\t,\t",
            "line 6: no usable 完成时间",
        ),
        ("列表结束", "列表", "line 8: no such line"),
        ("交易合计：1笔", "交易合计：2笔", "line 10: the totals are not those of the lines"),
        ("退款合计：1笔", "退款合计：0笔", "line 10: the totals are not those of the lines"),
        ("实收共150.00", "实收共150.01", "line 10: the totals are not those of the lines"),
        ("退款共-50.00", "退款共-50.01", "line 10: the totals are not those of the lines"),
        ("退款共-50.00", "退款共50.00", "line 10: the totals are not those of the lines"),
        ("#退款合计", "#退费合计", "line 10: no total of refunds"),
        ("#交易合计", "#消费合计", "line 10: no total of payments"),
        ("#导出时间", "#时间", "line 11: no such line"),
        ("12:00:00]\r\n", "12:00:00]\r\nmore", "line 11: something behind the end"),
    ],
)
def test_what_is_not_as_specified(old: str, new: str, why: str) -> None:
    assert old in SMALL
    wrong = SMALL.replace(old, new, 1) if old != "12:00:00]\r\n" else f"{SMALL}more"

    assert why_bad(raw(zipped(wrong))) == why


def test_other_encodings_and_days() -> None:
    gibberish = SMALL.encode("gbk").replace("交通违法罚款".encode("gbk"), b"\xff\xff", 1)

    assert why_bad(raw(zipped(SMALL.encode()))) == "line 1: not GBK"
    assert why_bad(raw(zipped(gibberish))) == "line 6: not GBK"
    assert why_bad(raw(zipped(SMALL), DAY - timedelta(days=1))) == "line 3: another day"
    assert why_bad(raw(zipped(b"\n" + SMALL.encode("gbk")))) == "line 1: no title"
    assert why_bad(raw(b"")) == "no whole ZIP: BadZipFile"


def test_an_empty_bill_and_other_line_ends() -> None:
    assert lines_of(raw(zipped(text_of()))) == []
    assert lines_of(raw(zipped(SMALL.replace("\r\n", "\n")))) == lines_of(raw(zipped(SMALL)))


@pytest.mark.parametrize("names", [[], ["a.csv"], ["a_业务明细.csv", "b_业务明细.csv"]])
def test_zips_without_the_table(names: list[str]) -> None:
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, SMALL.encode("gbk"))

    assert why_bad(raw(file.getvalue())) == "not one table in the ZIP"


def test_a_line_without_an_end() -> None:
    """64 kilobytes are taken for a line, and no more."""
    assert why_bad(raw(zipped(b"#" * 50_000_000))) == "line 1: no title"


def test_columns_may_move_and_more_may_come() -> None:
    moved = "\r\n".join(
        ",".join(reversed([*line.split(","), "更多"])) if "," in line else line
        for line in SMALL.splitlines()
    )

    assert lines_of(raw(zipped(moved))) == lines_of(raw(zipped(SMALL)))


def test_a_long_bill_takes_little_memory() -> None:
    lines = 20_000

    def rows() -> Iterator[Row]:
        yield from (row(number=f"CW{number:08d}") for number in range(lines))

    document = zipped(text_of(*rows()))
    bill = raw(document)
    tracemalloc.start()
    count = sum(1 for _ in read_bill(bill))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert count == lines
    assert most < 1_000_000


async def test_a_large_bill_waits_on_disk(platform: Platform, bills: AlipayBills) -> None:
    detail = text_of(*(row(number=f"CW{number:08d}") for number in range(25_000))).encode("gbk")
    file = io.BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("1_业务明细.csv", detail)
    async with running(Platform(body=file.getvalue())) as elsewhere:
        node = {"code": "10000", "bill_download_url": f"{elsewhere.url}bill?token=1%2B"}
        platform.body = signed(node, method=QUERY)
        large = await replace(bills, seconds=30.0).fetch(DAY)

    assert len(file.getvalue()) > KEPT_IN_MEMORY
    assert large.sha256 == hashlib.sha256(file.getvalue()).hexdigest()
    assert len(lines_of(large)) == 25_000
    [request] = elsewhere.requests
    assert (request.method, request.target) == ("GET", "/bill?token=1%2B")
