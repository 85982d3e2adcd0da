"""Reading a bill: line by line, and in the end whether its lines come to what it says."""

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from domain.bills import BadBill, BillLine, BillLineKind
from domain.money import Money
from domain.times import CHINA
from gateways.platform_ids import is_opaque
from gateways.wechat_pay.bills import RawBill
from gateways.wechat_pay.packed import unpacked

LONGEST_LINE = 10_000
BOM = "\ufeff"
TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
YUAN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,5})?", re.ASCII)
COUNT = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}")
KINDS = {"SUCCESS": BillLineKind.PAYMENT, "REFUND": BillLineKind.REFUND}
ROWS = "总交易单数"
FEE = "手续费"
# What the last line says: the sum of which column.
SUMS = {
    "应结订单总金额": "应结订单金额",
    "退款总金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
    "手续费总金额": FEE,
    "订单总金额": "订单金额",
    "申请退款总金额": "申请退款金额",
}
NEEDED = frozenset(SUMS.values()) | {
    *("交易时间", "商户号", "微信订单号", "商户订单号", "交易状态", "货币种类", "商户退款单号"),
}


def read_bill(raw: RawBill) -> Iterator[BillLine]:
    """
    Read a bill from its first line to its last; only who has come to the end may believe it.

    :raises BadBill: at the line that is wrong, if need be the last one
    """
    place = 0
    try:
        table = None
        for place, line in enumerate(_lines(raw), start=1):
            if table is None:
                table = _Table.of(line.removeprefix(BOM))
                continue
            read = table.read(place, line)
            if read is not None:
                yield read
        if table is None or not table.is_whole:
            raise ValueError("no end")
    except ValueError as error:
        doubt = f"line {place}: {error}"
    else:
        return
    raise BadBill(doubt)


@dataclass(slots=True)
class _Table:
    """The columns of a bill, what its lines have come to so far, and how far it has been read."""

    columns: Sequence[str]
    rows: int = 0
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SUMS.values(), 0))
    summary: Sequence[str] = ()
    is_whole: bool = False

    @classmethod
    def of(cls, header: str) -> "_Table":
        columns = header.split(",")
        if len(set(columns)) != len(columns) or not set(columns) >= NEEDED:
            raise ValueError("not the header of a bill")
        return cls(columns)

    def read(self, place: int, line: str) -> BillLine | None:
        """Read a line below the header; None if it is one of the last two."""
        if self.is_whole:
            raise ValueError("something behind the end")
        if self.summary:
            self._check(_cells(line, self.summary))
            self.is_whole = True
            return None
        if line.startswith(f"{ROWS},"):
            self.summary = line.split(",")
            if sorted(self.summary) != sorted((ROWS, *SUMS)):
                raise ValueError("not the header of the totals")
            return None
        return self._line(place, _cells(line, self.columns))

    def _line(self, place: int, cells: Mapping[str, str]) -> BillLine:
        fen = {name: _fen(cells[name]) for name in self.sums}
        for name, amount in fen.items():
            self.sums[name] += amount
        self.rows += 1
        return _read(place, cells, fen)

    def _check(self, told: Mapping[str, str]) -> None:
        if not COUNT.fullmatch(told[ROWS]) or int(told[ROWS]) != self.rows:
            raise ValueError("another number of lines")
        if {column: _fen(told[name]) for name, column in SUMS.items()} != self.sums:
            raise ValueError("other totals")


def _read(place: int, cells: Mapping[str, str], fen: Mapping[str, int]) -> BillLine:
    kind = KINDS.get(cells["交易状态"])
    if kind is None:
        raise ValueError("neither a payment nor a refund")
    is_refund = kind is BillLineKind.REFUND
    amount, other = fen["订单金额"], fen["申请退款金额"]
    if is_refund:
        amount, other = other, amount
    # Of a refund, the fee comes back: it is less than nothing in the file.
    fee = abs(fen[FEE]) if is_refund else fen[FEE]
    if amount <= 0 or other != 0 or fee < 0:
        raise ValueError("amounts that cannot be")
    if not CURRENCY.fullmatch(cells["货币种类"]):
        raise ValueError("no currency")
    return BillLine(
        place=place,
        kind=kind,
        number=_word(cells, "商户订单号"),
        reference=_word(cells, "微信订单号"),
        refund_number=_word(cells, "商户退款单号") if is_refund else None,
        amount=Money(amount),
        fee=Money(fee),
        at=_instant(cells["交易时间"]),
        currency=cells["货币种类"],
        merchant=_word(cells, "商户号"),
    )


def _cells(line: str, columns: Sequence[str]) -> dict[str, str]:
    """The values of a line; before every one is a backtick, and there is none within."""
    values = line.removeprefix("`").split(",`")
    if not line.startswith("`") or len(values) != len(columns) or line.count("`") != len(columns):
        raise ValueError("not a line of the table")
    return dict(zip(columns, values, strict=True))


def _fen(yuan: str) -> int:
    if not YUAN.fullmatch(yuan):
        raise ValueError("not an amount")
    fen = Decimal(yuan) * 100
    if fen != fen.to_integral_value():
        raise ValueError("parts of a fen")
    return int(fen)


def _word(cells: Mapping[str, str], name: str) -> str:
    value = cells[name]
    if not is_opaque(value):
        raise ValueError(f"no usable {name}")
    return value


def _instant(text: str) -> datetime:
    if not TIME.fullmatch(text):
        raise ValueError("not a time")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("not a time")


def _lines(raw: RawBill) -> Iterator[str]:
    """The lines, each of which has an end."""
    decoder, rest = codecs.getincrementaldecoder("utf-8")(), ""
    for piece in unpacked(raw.packed):
        *lines, rest = (rest + _decoded(decoder, piece)).split("\r\n")
        yield from lines
        if len(rest) > LONGEST_LINE:
            raise ValueError("too long")
    if rest + _decoded(decoder, b"", is_last=True):
        raise ValueError("cut")


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, is_last: bool = False) -> str:
    try:
        return decoder.decode(piece, is_last)
    except UnicodeDecodeError:
        pass
    # Its own text would hold what could not be read.
    raise ValueError("not UTF-8")
