"""What can be wrong with a bill: with its rows, or with the file that they are written to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.alipay.bill_file import Row, Totals, packed, summary, table
from sandbox.alipay.credentials import SANDBOX_SELLER_ID
from sandbox.city.seeds import CHINA
from sandbox.platforms.control import optional_text, text, whole_number

# An account that trades has these digits behind the merchant's number.
_ACCOUNT = f"{SANDBOX_SELLER_ID}0156"
_OTHER_ACCOUNT = "20889999999999990156"
Change = Mapping[str, Any]
_Of = Callable[[Row, Change], list[Row]]

_ROWS: Mapping[str, _Of] = {
    "drop": lambda *_: [],
    "duplicate": lambda row, _: [row, row],
    "amount": lambda row, change: [replace(row, fen=whole_number(change, "fen"))],
    "time": lambda row, change: [replace(row, at=row.at + whole_number(change, "seconds"))],
}
_FILES = frozenset({"merchant", "totals", "truncated", "encoding"})


def check_changes(changes: Sequence[Change]) -> None:
    """:raises ValueError: when there is no such change, or it lacks something"""
    for change in changes:
        what = text(change, "what")
        if what not in _ROWS.keys() | _FILES | {"add"}:
            raise ValueError(f"there is no change {what}")
        for name in _needed(what):
            whole_number(change, name)
        if what == "add":
            text(change, "outTradeNo")
            optional_text(change, "refundNumber")


def written(rows: Sequence[Row], day: date, made_at: float, changes: Sequence[Change]) -> bytes:
    """:raises LookupError: when a change is of a line that there is not"""
    changed = list(rows)
    for change in changes:
        changed = _changed(changed, day, change)
    wrong = {change["what"] for change in changes} & _FILES
    account = _OTHER_ACCOUNT if "merchant" in wrong else _ACCOUNT
    totals = Totals.of(changed)
    if "totals" in wrong:
        totals = replace(totals, paid=totals.paid + 1)
    charset = "utf-8" if "encoding" in wrong else "gbk"
    detail = table(account, day, changed, made_at, totals).encode(charset, errors="replace")
    if "truncated" in wrong:
        detail = detail[: len(detail) // 2]
    total = summary(account, day, changed, made_at).encode(charset)
    return packed(account, day, detail, total)


def _needed(what: str) -> tuple[str, ...]:
    own = {"amount": ("fen",), "time": ("seconds",), "add": ("fen",)}.get(what, ())
    return ("line", *own) if what in _ROWS else own


def _changed(rows: list[Row], day: date, change: Change) -> list[Row]:
    if change["what"] in _FILES:
        return rows
    if change["what"] == "add":
        return [*rows, _added(day, change)]
    place = change["line"] - 1
    if not 0 <= place < len(rows):
        raise LookupError(f"line {place + 1}")
    return [*rows[:place], *_ROWS[change["what"]](rows[place], change), *rows[place + 1 :]]


def _added(day: date, change: Change) -> Row:
    """Something at noon, of which nobody else knows: a refund if it has a refundNumber."""
    noon = datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(hours=12)
    refund_number = change.get("refundNumber") or ""
    return Row(
        kind="refund" if refund_number else "payment",
        trade_no=f"{day:%Y%m%d}22001999999999999999",
        number=change["outTradeNo"],
        subject="不明交易",
        created_at=noon.timestamp(),
        at=noon.timestamp(),
        fen=change["fen"],
        fee_fen=0,
        refund_number=refund_number,
    )
