"""Reads a bill of WeChat Pay, however long: nothing of it is kept, and nothing is forgiven."""

import codecs
from collections.abc import Iterator
from hashlib import sha1

from domain.bills import BadBill, BillLine
from gateways.bills import RawBill
from gateways.wechat_pay.bill_table import Columns, Table
from gateways.wechat_pay.packed import unpacked

LONGEST_LINE = 10_000
BOM = "\ufeff"


def read_bill(raw: RawBill) -> Iterator[BillLine]:
    """
    Read a bill from its first line to its last; only who has come to the end may believe it.

    It blocks: leave it to a thread.

    :raises BadBill: at the line that is wrong, if need be the last one: there the totals have to
        be right, and the SHA-1 of it all the one announced
    """
    place = 0
    try:
        table = None
        for place, line in enumerate(_lines(raw), start=1):
            if table is None:
                table = Table(Columns.of(line.removeprefix(BOM)))
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


def _lines(raw: RawBill) -> Iterator[str]:
    """The lines, each of which has an end."""
    decoder, rest, digest = codecs.getincrementaldecoder("utf-8")(), "", sha1(usedforsecurity=False)
    for piece in unpacked(raw.file):
        digest.update(piece)
        *lines, rest = (rest + _decoded(decoder, piece)).split("\r\n")
        yield from lines
        if len(rest) > LONGEST_LINE:
            raise ValueError("too long")
    if rest + _decoded(decoder, b"", is_last=True):
        raise ValueError("cut")
    if raw.announced not in (None, digest.hexdigest()):
        raise ValueError("another hash")


def _decoded(decoder: codecs.IncrementalDecoder, piece: bytes, is_last: bool = False) -> str:
    try:
        return decoder.decode(piece, is_last)
    except UnicodeDecodeError:
        pass
    # Its own text would hold what could not be read.
    raise ValueError("not UTF-8")
