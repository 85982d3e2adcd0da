"""What can be wrong with a bill as a file, and a line of which nobody knows."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from hashlib import sha256

from sandbox.alipay.bill_file import Row, Totals, packed, summary, table_lines
from sandbox.alipay.credentials import SANDBOX_SELLER_ID
from sandbox.payments import Change, noon_of
from sandbox.platforms.control import optional_text, text, whole_number

# An account that trades has these digits behind the merchant's number.
_ACCOUNT = f"{SANDBOX_SELLER_ID}0156"
_OTHER_ACCOUNT = "20889999999999990156"
FILES = frozenset({"merchant", "totals", "truncated", "encoding"})


def written(rows: Sequence[Row], day: date, made_at: float, wrong: Collection[str]) -> bytes:
    """The file; `wrong` are those of `FILES` that it suffers from."""
    account = _OTHER_ACCOUNT if "merchant" in wrong else _ACCOUNT
    totals = Totals.of(rows)
    if "totals" in wrong:
        totals = replace(totals, paid=totals.paid + 1)
    charset, detail = "utf-8" if "encoding" in wrong else "gbk", bytearray()
    for line in table_lines(account, day, rows, made_at, totals):
        detail += line.encode(charset, errors="replace")
    if "truncated" in wrong:
        del detail[len(detail) // 2 :]
    total = summary(account, day, rows, made_at).encode(charset)
    return packed(account, day, detail, total)


def added(day: date, change: Change) -> Row:
    """
    Something at noon, of which nobody else knows: a refund if it has a refundNumber.

    :raises ValueError: when the change lacks something
    """
    number, refund_number = text(change, "outTradeNo"), optional_text(change, "refundNumber")
    noon = noon_of(day)
    return Row(
        kind="refund" if refund_number else "payment",
        trade_no=f"{day:%Y%m%d}22001{_digits(number)}",
        number=number,
        subject="不明交易",
        created_at=noon,
        at=noon,
        fen=whole_number(change, "fen"),
        fee_fen=0,
        refund_number=refund_number or "",
    )


def _digits(number: str) -> str:
    return f"{int(sha256(number.encode()).hexdigest(), 16) % 10**15:015d}"
