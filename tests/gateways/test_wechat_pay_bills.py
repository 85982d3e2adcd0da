"""The bills of WeChat Pay: fetched from the sandbox, and read whatever may be wrong with them."""

import gzip
import tracemalloc
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha1, sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bills import BadBill, BillLine, BillLineKind, BillNotReady, NoBill
from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.money import Money
from domain.refunds import RefundOrder
from domain.times import legal_day
from gateways.bills import RawBill
from gateways.wechat_pay import (
    WechatPayBills,
    WechatPayClient,
    WechatPayRefunds,
    WechatPayTrades,
    read_bill,
)
from gateways.wechat_pay.packed import unpacked
from sandbox.wechatpay import (
    SANDBOX_MERCHANT_ID,
    KeyMode,
    WechatPayCredentials,
    WechatPaySandboxSettings,
    wechatpay_app,
)
from sandbox.wechatpay.bill_file import Row, bill_text
from tests.gateways.platforms import everything_told, is_not_done
from tests.gateways.sandboxes import serving, small_city
from tests.gateways.test_wechat_pay_sandbox import NUMBER, PAYER, OurClock, Pay, Shop, wire
from tests.gateways.wechat_pay_server import Server, running, wechat_pay

NOWHERE = "http://127.0.0.1:9/webhooks/wechatpay"
REFUND = RefundOrder(NUMBER, "R00001", Money(5000), Money(15000), "撤销处罚")
DAY = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Books:
    """The sandbox on the day after a payment and a refund, and our gateway for bills."""

    pay: Pay
    bills: WechatPayBills
    day: date

    async def change(self, *changes: dict[str, Any]) -> None:
        await self.pay.sandbox.do("bill", day=self.day.isoformat(), change=list(changes))


def lines_of(raw: RawBill) -> list[BillLine]:
    with raw.file:
        return list(read_bill(raw))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("wechatpay")


@pytest.fixture
async def pay(folder: Path) -> AsyncIterator[Pay]:
    keys, mode = WechatPayCredentials.load_or_create(folder), KeyMode.PUBLIC_KEY
    sandbox_settings = WechatPaySandboxSettings(refund_seconds=0, notice_delays_seconds=())
    async with (
        serving("/wechatpay", wechatpay_app(small_city(), keys, sandbox_settings)) as sandbox,
        WechatPayClient.open(wire(sandbox.url, folder, mode), OurClock()) as client,
    ):
        yield Pay(sandbox, Shop(), WechatPayTrades(client, NOWHERE), OurClock())


@pytest.fixture
async def books(pay: Pay) -> Books:
    now = datetime.now(UTC)
    # The noon after next is on one day, whatever time it is.
    noon = datetime(now.year, now.month, now.day, 4, tzinfo=UTC) + timedelta(days=1)
    await pay.sandbox.do("clock", advanceSeconds=(noon - now).total_seconds())
    await pay.begun(expires_at=noon + timedelta(hours=1))
    await pay.pay()
    await WechatPayRefunds(pay.trades.client, NOWHERE).refund(REFUND)
    await pay.sandbox.do("clock", advanceSeconds=86_400)
    return Books(pay, WechatPayBills(pay.trades.client), legal_day(noon))


async def test_the_bill_of_a_day(books: Books) -> None:
    raw = await books.bills.fetch(books.day)

    packed = raw.file.read()
    assert (raw.day, raw.sha256) == (books.day, sha256(packed).hexdigest())
    assert raw.announced == sha1(gzip.decompress(packed)).hexdigest()
    [paid, refunded] = lines_of(raw)
    trade = await books.pay.trades.ask(NUMBER)
    assert trade.paid_at is not None
    assert trade.reference is not None
    assert paid == BillLine(
        place=2,
        kind=BillLineKind.PAYMENT,
        number=NUMBER,
        reference=trade.reference,
        refund_number=None,
        amount=Money(15000),
        fee=Money(90),
        at=trade.paid_at,
        currency="CNY",
        merchant=SANDBOX_MERCHANT_ID,
    )
    assert refunded == replace(
        paid,
        place=3,
        kind=BillLineKind.REFUND,
        refund_number="R00001",
        amount=Money(5000),
        fee=Money(30),
        at=refunded.at,
    )
    assert timedelta(0) <= refunded.at - paid.at < timedelta(minutes=1)
    moved = [(line.kind.value, line.number, line.amount.fen) for line in (paid, refunded)]
    assert moved == await books.pay.money()
    called = [method for method, outcome in await books.pay.sandbox.log() if outcome == "200"]
    assert called[-3:] == ["bill", "download", "query"]
    again = await books.bills.fetch(books.day)
    assert again == replace(raw, file=again.file)
    again.file.close()


async def test_not_ready_and_none(books: Books) -> None:
    with pytest.raises(NoBill):
        await books.bills.fetch(books.day - timedelta(days=1))
    with pytest.raises(BillNotReady):
        await books.bills.fetch(books.day + timedelta(days=1))


@pytest.mark.parametrize(
    ("what", "where"),
    [
        ("totals", "line 5: other totals"),
        ("truncated", "line 1: cut"),
        ("encoding", "line 0: not UTF-8"),
        ("hash", "line 5: another hash"),
    ],
)
async def test_a_file_that_is_wrong(books: Books, what: str, where: str) -> None:
    await books.change({"what": what})
    raw = await books.bills.fetch(books.day)

    with pytest.raises(BadBill, match=where) as raised:
        lines_of(raw)
    assert PAYER not in everything_told(raised.value)


async def test_lines_that_are_wrong_are_read_as_they_are(books: Books) -> None:
    right = lines_of(await books.bills.fetch(books.day))
    await books.change(
        {"what": "duplicate", "line": 1},
        {"what": "amount", "line": 1, "fen": 1},
        {"what": "fee", "line": 1, "fen": 2},
        {"what": "time", "line": 1, "seconds": 60},
        {"what": "merchant", "line": 2},
        {"what": "currency", "line": 2, "currency": "USD"},
        {"what": "add", "outTradeNo": "NOBODYS1", "fen": 7},
        {"what": "add", "outTradeNo": NUMBER, "fen": 8, "refundNumber": "NOBODYS2"},
    )
    lines = lines_of(await books.bills.fetch(books.day))

    later = right[0].at + timedelta(minutes=1)
    paid = replace(right[0], amount=Money(1), fee=Money(2), at=later)
    assert lines[:2] == [paid, replace(paid, place=3)]
    assert lines[2] == replace(right[1], place=4, merchant="1900009999", currency="USD")
    assert [(line.place, line.number, line.refund_number, line.amount) for line in lines[3:]] == [
        (5, "NOBODYS1", None, Money(7)),
        (6, NUMBER, "NOBODYS2", Money(8)),
    ]
    # Of a payment that there is, the refund is of it; it has the merchant's own money moved.
    assert (lines[4].reference, lines[4].merchant) == (right[0].reference, SANDBOX_MERCHANT_ID)
    assert len({line.reference for line in lines}) == 2


FINE = {"wrong-content-type", "unsigned", "wrong-signature", "signtest", "old-timestamp"}
TROUBLE = {
    *("throttled", "system-error", "drop-before", "drop-after", "cut-body", "http-500"),
    *("bad-gateway", "unavailable", "html-answer", "not-json", "half-body", "redirect"),
    *("rule-limit", "huge-answer"),
}
DAMAGED = {
    "half-body": "not one whole gzipped file",
    "huge-answer": "something behind the gzipped file",
}


@pytest.mark.parametrize("method", ["bill", "download"])
@pytest.mark.parametrize("scenario", sorted(FINE | TROUBLE))
async def test_trouble(books: Books, method: str, scenario: str) -> None:
    right = lines_of(await books.bills.fetch(books.day))
    await books.pay.sandbox.do("scenarios", name=scenario, method=method)
    # Nobody signs a file.
    if scenario == "wrong-content-type" or (method == "download" and scenario in FINE):
        assert lines_of(await books.bills.fetch(books.day)) == right
    elif method == "download" and scenario in DAMAGED:
        damaged = await books.bills.fetch(books.day)
        with pytest.raises(BadBill, match=DAMAGED[scenario]):
            lines_of(damaged)
    else:
        with pytest.raises(UpstreamUnavailable) as raised:
            await books.bills.fetch(books.day)
        assert is_not_done(raised.value) == (scenario == "throttled")

    await books.pay.sandbox.calm()
    assert lines_of(await books.bills.fetch(books.day)) == right


# What the sandbox does not do.


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with running(Server()) as one:
        yield one


def link(server: Server, **changes: Any) -> dict[str, Any]:
    told = {"hash_type": "SHA1", "hash_value": "0" * 40, "download_url": f"{server.url}/v3/x?t=1"}
    return told | changes


@pytest.mark.parametrize(
    "changes",
    [
        {"download_url": None},
        {"download_url": "/v3/x?t=1"},
        {"download_url": "file:///etc/hostname"},
        {"download_url": "http://127.0.0.1:9/v3/x?t=1"},
        {"download_url": "http://stranger@{host}/v3/x?t=1"},
        {"download_url": "http://{host}.example/v3/x"},
        {"download_url": "http://{host}/elsewhere"},
        {"download_url": "http://{host}/base/v3/x y"},
        {"hash_type": "MD5"},
        {"hash_value": "0" * 39},
        {"hash_value": None},
    ],
)
async def test_links_that_are_none(server: Server, changes: dict[str, Any]) -> None:
    host = server.url.removeprefix("http://")
    url = changes.get("download_url")
    if isinstance(url, str):
        changes = {"download_url": url.replace("{host}", host)}
    server.says(link(server, **{"download_url": f"{server.url}/base/v3/x", **changes}))
    async with wechat_pay(server, base_url=f"{server.url}/base") as client:
        with pytest.raises(UpstreamUnavailable) as raised:
            await WechatPayBills(client).fetch(DAY)

    assert raised.value.reason is UpstreamReason.BROKEN_ANSWER
    # Nothing was downloaded, from anybody.
    assert len(server.requests) == 1


async def test_what_goes_out(server: Server) -> None:
    file = b"not a bill, but whole"
    server.says(link(server, hash_value=sha1(file).hexdigest().upper()))

    async def then(_: object) -> None:
        if len(server.requests) == 2:
            server.body, server.headers = gzip.compress(file), {}

    server.before = then
    async with wechat_pay(server) as client:
        raw = await WechatPayBills(client).fetch(DAY)

    with raw.file:
        assert raw.file.read() == server.body
    expected_hash = sha256(server.body).hexdigest()
    assert raw == RawBill(DAY, raw.file, expected_hash, sha1(file).hexdigest())
    asked, fetched = server.requests
    expected = "/v3/bill/tradebill?bill_date=2026-11-22&bill_type=ALL&tar_type=GZIP"
    assert (asked.method, asked.target) == ("GET", expected)
    assert (fetched.method, fetched.target) == ("GET", "/v3/x?t=1")
    assert fetched.headers["Accept-Encoding"] == "identity"
    assert fetched.headers["Authorization"] != asked.headers["Authorization"]


# The file.


def row(**changes: Any) -> Row:
    plain = Row(
        kind="payment",
        at=1_795_226_400,
        app_id="wx2421b1c4370ec43b",
        merchant_id="1900000109",
        transaction_id="4200000001202611220000000001",
        number=NUMBER,
        openid="oUpF8",
        subject="交通违法罚款 2 笔",
        fen=15000,
        fee_fen=90,
        rate=60,
    )
    return replace(plain, **changes)


ROWS = (row(), row(kind="refund", fen=5000, fee_fen=30, refund_id="50", refund_number="R1"))
TEXT = bill_text(ROWS)


def raw_bill(file: bytes | str) -> RawBill:
    content = file.encode() if isinstance(file, str) else file
    return RawBill(DAY, BytesIO(gzip.compress(content)), "", sha1(content).hexdigest())


def line_of(one: Row, place: int) -> BillLine:
    return BillLine(
        place=place,
        kind=BillLineKind(one.kind),
        number=one.number,
        reference=one.transaction_id,
        refund_number=one.refund_number if one.is_refund else None,
        amount=Money(one.fen),
        fee=Money(one.fee_fen),
        at=datetime.fromtimestamp(one.at, UTC),
        currency="CNY",
        merchant=one.merchant_id,
    )


words = st.text("0123456789ABCDEFabcdef_-*|@", min_size=1, max_size=32)
texts = st.text(st.characters(exclude_characters="`", exclude_categories=["Cc", "Cs"]), max_size=40)
movements = st.builds(
    Row,
    kind=st.sampled_from(["payment", "refund"]),
    at=st.integers(0, 4_102_444_799),
    app_id=words,
    merchant_id=words,
    transaction_id=words,
    number=words,
    openid=words,
    subject=texts,
    fen=st.integers(1, 10**9),
    fee_fen=st.integers(0, 10**7),
    rate=st.integers(0, 100),
    attach=texts,
    refund_id=words,
    refund_number=words,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(movements, max_size=12))
def test_what_the_sandbox_writes_is_read_back(rows: list[Row]) -> None:
    read = list(read_bill(raw_bill(bill_text(rows))))

    assert read == [line_of(one, place) for place, one in enumerate(rows, start=2)]


def test_every_cut_is_seen() -> None:
    whole = TEXT.encode()
    assert len(list(read_bill(raw_bill(whole)))) == 2
    for end in range(len(whole)):
        with pytest.raises(BadBill):
            list(read_bill(raw_bill(whole[:end])))


def test_with_or_without_its_mark_and_in_another_order() -> None:
    plain = TEXT.removeprefix("\ufeff")
    assert list(read_bill(raw_bill(plain))) == list(read_bill(raw_bill(TEXT)))
    header, *lines, total, totals, _ = plain.split("\r\n")
    turned = [",".join(reversed(header.split(",")))]
    turned += ["`" + ",`".join(reversed(line[1:].split(",`"))) for line in lines]

    assert list(read_bill(raw_bill("\r\n".join([*turned, total, totals, ""])))) == list(
        read_bill(raw_bill(TEXT))
    )


def test_amounts_as_others_write_them() -> None:
    text = TEXT.replace("`150.00", "`150.00000").replace("`0.00", "`0")
    assert [one.amount for one in read_bill(raw_bill(text))] == [Money(15000), Money(5000)]


WRONG: dict[str, Callable[[], bytes | str]] = {
    "empty": lambda: "",
    "only a mark": lambda: "\ufeff",
    "a page": lambda: "<!DOCTYPE html><html><body>系统维护中</body></html>\r\n",
    "line feeds": lambda: TEXT.replace("\r\n", "\n"),
    "no header": lambda: TEXT.partition("\r\n")[2],
    "a column less": lambda: TEXT.replace(",手续费,", ","),
    "a column twice": lambda: TEXT.replace("费率备注", "手续费"),
    "no backtick": lambda: TEXT.replace("`CNY", "CNY"),
    "a backtick more": lambda: TEXT.replace("2 笔", "2`笔"),
    "a value more": lambda: TEXT.replace("`CNY", "`CNY,`"),
    "another state": lambda: TEXT.replace("`SUCCESS", "`REVOKED"),
    "no currency": lambda: TEXT.replace("`CNY", "`元"),
    "no number": lambda: TEXT.replace(NUMBER, ""),
    "a number too long": lambda: TEXT.replace(NUMBER, "1" * 65),
    "no number of the refund": lambda: TEXT.replace("`R1", "`"),
    "a day there is not": lambda: TEXT.replace("`2026-11-21", "`2026-02-30"),
    "a time of another form": lambda: TEXT.replace("`2026-11-21 ", "`2026-11-21T"),
    "parts of a fen": lambda: TEXT.replace("`150.00", "`150.001"),
    "an exponent": lambda: TEXT.replace("`150.00", "`15E1"),
    "less than nothing": lambda: TEXT.replace("`50.00", "`-50.00"),
    "wide digits": lambda: TEXT.replace("`150.00", "`１50.00"),
    "a payment of nothing": lambda: bill_text([row(fen=0)]),
    "a fee given with a payment": lambda: bill_text([row(fee_fen=-1)]),
    "another amount in a line": lambda: TEXT.replace("`150.00", "`151.00", 1),
    "another number of lines": lambda: TEXT.replace("\r\n`2,", "\r\n`3,"),
    "another sum": lambda: TEXT.replace("`0.60,`150.00", "`0.61,`150.00"),
    "a line twice": lambda: TEXT.replace(*_doubled()),
    "something behind": lambda: TEXT + "\r\n",
    "twice": lambda: TEXT + TEXT,
    "another encoding": lambda: TEXT.encode("gb18030"),
    "and another": lambda: TEXT.encode("utf-16"),
    "a very long line": lambda: TEXT + "`" * 200_000,
}


def _doubled() -> tuple[str, str]:
    first = TEXT.split("\r\n")[1] + "\r\n"
    return first, first * 2


@pytest.mark.parametrize("what", WRONG)
def test_files_that_are_none(what: str) -> None:
    file = WRONG[what]()
    assert file not in (TEXT, TEXT.encode())

    with pytest.raises(BadBill, match=r"^line \d+: ") as raised:
        list(read_bill(raw_bill(file)))
    told = everything_told(raised.value)
    assert not [secret for secret in ("oUpF8", NUMBER) if secret in told]


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        TEXT.encode(),
        gzip.compress(TEXT.encode())[:-1],
        gzip.compress(TEXT.encode()) + b"\0",
        gzip.compress(TEXT.encode()) + gzip.compress(b""),
        gzip.compress(TEXT.encode())[:-8] + b"\0" * 8,
    ],
)
def test_what_is_not_one_whole_gzipped_file(packed: bytes) -> None:
    with pytest.raises(BadBill):
        list(read_bill(RawBill(DAY, BytesIO(packed), "")))


def test_a_bomb_is_not_unpacked() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    pieces: list[int] = []
    with pytest.raises(ValueError, match="longer than any bill"):
        pieces.extend(len(piece) for piece in unpacked(BytesIO(bomb), cap=1_000_000))

    assert sum(pieces) <= 1_000_000


def _peak(lines: int) -> int:
    raw = raw_bill(bill_text([row(number=f"CW{place:030d}") for place in range(lines)]))
    tracemalloc.start()
    try:
        assert sum(1 for _ in read_bill(raw)) == lines
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file() -> None:
    assert _peak(6_000) < _peak(600) + 500_000
