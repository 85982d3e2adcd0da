"""What can be wrong with a line or a bill of WeChat Pay, and a line of which nobody knows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from sandbox.payments import Change, noon_of
from sandbox.platforms.control import optional_text, text, whole_number
from sandbox.wechatpay.bill_file import Row, Totals, bill_lines
from sandbox.wechatpay.prepay import Merchant

OTHER_MERCHANT = "1900009999"
FILES = frozenset({"totals", "truncated", "encoding", "hash"})


def other_merchant(row: Row, _: Change) -> Row:
    return replace(row, merchant_id=OTHER_MERCHANT)


def other_currency(row: Row, change: Change) -> Row:
    """:raises ValueError: when the change does not say which"""
    return replace(row, currency=text(change, "currency"))


@dataclass(frozen=True, slots=True)
class Written:
    """:ivar hashed: what the hash is of: the file, if nothing is wrong with it"""

    file: bytearray
    hashed: bytearray


def written(rows: Sequence[Row], wrong: Collection[str]) -> Written:
    """The file; `wrong` are those of `FILES` that it suffers from."""
    totals = Totals.of(rows)
    if "totals" in wrong:
        totals = replace(totals, paid=totals.paid + 1)
    charset, file = "gb18030" if "encoding" in wrong else "utf-8", bytearray()
    for line in bill_lines(rows, totals):
        file += line.encode(charset)
    if "truncated" in wrong:
        del file[len(file) // 2 :]
    return Written(file, file + b"\n" if "hash" in wrong else file)


def added(day: date, merchant: Merchant, change: Change) -> Row:
    """
    Something at noon, of which nobody else knows: a refund if it has a refundNumber.

    :raises ValueError: when the change lacks something
    """
    number, refund_number = text(change, "outTradeNo"), optional_text(change, "refundNumber")
    return Row(
        kind="refund" if refund_number else "payment",
        at=noon_of(day),
        app_id=merchant.app_id,
        merchant_id=merchant.merchant_id,
        transaction_id=_id("4200", day, number),
        number=number,
        openid="o-nobody",
        subject="不明交易",
        fen=whole_number(change, "fen"),
        fee_fen=0,
        rate=0,
        refund_id=_id("5030", day, refund_number) if refund_number else "",
        refund_number=refund_number or "",
    )


def _id(kind: str, day: date, number: str) -> str:
    """28 digits, always the same of the same number."""
    digits = int(sha256(number.encode()).hexdigest(), 16) % 10**10
    return f"{kind}999999{day:%Y%m%d}{digits:010d}"
