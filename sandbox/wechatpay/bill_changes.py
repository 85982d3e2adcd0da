"""What can be wrong with a bill: with its rows, or with the file that they are written to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sandbox.city.seeds import CHINA
from sandbox.platforms.control import text, whole_number
from sandbox.wechatpay.bill_file import Row, Totals, bill_text

OTHER_MERCHANT = "1900009999"
Change = Mapping[str, Any]
_Of = Callable[[Row, Change], list[Row]]

_ROWS: Mapping[str, _Of] = {
    "drop": lambda *_: [],
    "duplicate": lambda row, _: [row, row],
    "amount": lambda row, change: [replace(row, fen=whole_number(change, "fen"))],
    "time": lambda row, change: [replace(row, at=row.at + whole_number(change, "seconds"))],
    "merchant": lambda row, _: [replace(row, merchant_id=OTHER_MERCHANT)],
}
_FILES = frozenset({"totals", "truncated", "encoding", "hash"})


@dataclass(frozen=True, slots=True)
class Written:
    """:ivar hashed: what the hash is of: the file, if nothing is wrong with it"""

    file: bytes
    hashed: bytes


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


def written(rows: Sequence[Row], day: date, changes: Sequence[Change]) -> Written:
    """:raises LookupError: when a change is of a line that there is not"""
    changed = list(rows)
    for change in changes:
        changed = _changed(changed, day, change)
    wrong = {change["what"] for change in changes} & _FILES
    totals = Totals.of(changed)
    if "totals" in wrong:
        totals = replace(totals, paid=totals.paid + 1)
    file = bill_text(changed, totals).encode("gb18030" if "encoding" in wrong else "utf-8")
    if "truncated" in wrong:
        file = file[: len(file) // 2]
    return Written(file, file + b"\n" if "hash" in wrong else file)


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
    """A payment at noon, of which nobody else knows."""
    return Row(
        kind="payment",
        at=datetime(day.year, day.month, day.day, 12, tzinfo=CHINA).timestamp(),
        app_id="wx9999999999999999",
        merchant_id=OTHER_MERCHANT,
        transaction_id=f"4200000009{day:%Y%m%d}0000000000",
        number=change["outTradeNo"],
        openid="o-nobody",
        subject="不明交易",
        fen=change["fen"],
        fee_fen=0,
        rate=0,
    )
