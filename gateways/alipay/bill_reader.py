"""Reads a bill of Alipay, however long: nothing of it is kept, and nothing in it is forgiven."""

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import IO, ParamSpec, TypeVar
from zipfile import BadZipFile, ZipFile, ZipInfo

from domain.bills import BadBill, BillLine, BillLineKind, BillTotals
from domain.money import Money
from gateways.alipay.bill_table import (
    BEGIN,
    END,
    MADE,
    TITLE,
    Columns,
    check_line,
    check_period,
    merchant_in,
    totals_in,
)
from gateways.bills import RawBill

TABLE = "_业务明细.csv"
MOST_OF_A_TABLE = 4 * 1024**3
MOST_OF_A_LINE = 64 * 1024
# What `zipfile` raises at files that are none any more.
BROKEN = (
    *(BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError),
)
P = ParamSpec("P")
R = TypeVar("R")


def read_bill(raw: RawBill) -> Iterator[BillLine]:
    """
    Read the lines of a bill: none of them counts before all have been read without an error.

    It blocks, and takes about a second for 100,000 lines: leave it to a thread.

    :raises BadBill: cut, re-encoded, of another day, or not what its own totals say
    """
    trouble = ""
    try:
        raw.file.seek(0)
        with (
            ZipFile(raw.file, metadata_encoding="gbk") as archive,
            archive.open(_table(archive)) as source,
        ):
            yield from _lines(_Text(source), raw.day)
    except BROKEN as error:
        trouble = f"no whole ZIP: {type(error).__name__}"
    if trouble:
        raise BadBill(trouble)


def _table(archive: ZipFile) -> ZipInfo:
    tables = [one for one in archive.infolist() if one.filename.endswith(TABLE)]
    if len(tables) != 1 or tables[0].file_size > MOST_OF_A_TABLE:
        raise BadBill("not one table in the ZIP")
    return tables[0]


@dataclass(slots=True)
class _Text:
    """The lines of a table, in GBK. `place` is the number of the last one, from 1."""

    source: IO[bytes]
    place: int = 0

    def next(self) -> str:
        self.place += 1
        line = self.source.readline(MOST_OF_A_LINE)
        if not line:
            raise BadBill(f"line {self.place}: the end is missing")
        with suppress(UnicodeDecodeError):
            return line.decode("gbk").rstrip("\r\n")
        raise BadBill(f"line {self.place}: not GBK")

    def understood(self, read: Callable[P, R], *given: P.args, **named: P.kwargs) -> R:
        """What the last line means."""
        try:
            return read(*given, **named)
        except ValueError as error:
            reason = str(error)
        raise BadBill(f"line {self.place}: {reason}")


@dataclass(slots=True)
class _Sum:
    """What the lines come to, until now."""

    payments: int = 0
    refunds: int = 0
    paid_fen: int = 0
    refunded_fen: int = 0

    def add(self, line: BillLine) -> None:
        if line.kind is BillLineKind.PAYMENT:
            self.payments += 1
            self.paid_fen += line.amount.fen
        else:
            self.refunds += 1
            self.refunded_fen += line.amount.fen

    @property
    def totals(self) -> BillTotals:
        return BillTotals(
            self.payments, self.refunds, Money(self.paid_fen), Money(self.refunded_fen)
        )


def _lines(text: _Text, day: date) -> Iterator[BillLine]:
    columns, total = _columns(text, day), _Sum()
    while not (one := text.next()).startswith("#"):
        line = text.understood(columns.line, text.place, one)
        total.add(line)
        yield line
    text.understood(check_line, END, one)
    told = text.understood(totals_in, text.next(), text.next())
    if told != total.totals:
        raise BadBill(f"line {text.place}: the totals are not those of the lines")
    text.understood(check_line, MADE, text.next())
    # To the very end: only there the checksum is looked at.
    if text.source.read(1):
        raise BadBill(f"line {text.place}: something behind the end")


def _columns(text: _Text, day: date) -> Columns:
    """Read the lines above the table."""
    if text.next() != TITLE:
        raise BadBill("line 1: no title")
    merchant = text.understood(merchant_in, text.next())
    text.understood(check_period, text.next(), day)
    text.understood(check_line, BEGIN, text.next())
    return text.understood(Columns.of, text.next(), merchant)
