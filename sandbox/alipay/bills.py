"""The bills of days: made from what the till knows, fetched by links that are good for seconds."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sandbox.alipay import failures
from sandbox.alipay.answers import Node
from sandbox.alipay.bill_changes import Change, check_changes, written
from sandbox.alipay.bill_file import Row
from sandbox.alipay.calls import Call
from sandbox.alipay.credentials import SANDBOX_SELLER_ID
from sandbox.alipay.failures import Refused
from sandbox.alipay.pages import refusal_page
from sandbox.alipay.settings import AlipaySandboxSettings
from sandbox.alipay.trades import Trades
from sandbox.city.seeds import CHINA
from sandbox.payments import Moved
from sandbox.platforms.scenario import Reply

_DAY = timedelta(days=1)
_DAY_LENGTH = len("2026-11-01")


@dataclass(slots=True)
class Bills:
    trades: Trades
    settings: AlipaySandboxSettings
    _changes: dict[date, Sequence[Change]] = field(default_factory=dict)
    _files: dict[str, tuple[float, bytes]] = field(default_factory=dict)

    def change(self, day: date, changes: Sequence[Change]) -> None:
        """
        What is wrong with the bill of a day from now on.

        :raises ValueError: when that cannot be
        :raises LookupError: when it is with a line that there is not
        """
        check_changes(changes)
        written(self._rows(day), day, self._ready_at(day), changes)
        self._changes[day] = changes

    def address(self, call: Call, home: str) -> Node:
        """Where the bill of a day is, below `home`."""
        day = _day(call.content())
        now, ready_at = self.trades.clock(), self._ready_at(day)
        if now < ready_at:
            raise Refused(failures.BILL_NOT_EXIST)
        rows, changes = self._rows(day), self._changes.get(day, ())
        if not rows and not changes:
            raise Refused(failures.NO_BILL_DATA)
        self._files = {one: kept for one, kept in self._files.items() if kept[0] > now}
        token = secrets.token_hex(16)
        file = written(rows, day, ready_at, changes)
        self._files[token] = (now + self.settings.bill_link_seconds, file)
        link = {
            "bizType": "trade",
            "userId": f"{SANDBOX_SELLER_ID}0156",
            "fileType": "csv.zip",
            "bizDates": f"{day:%Y%m%d}",
            "downloadFileName": f"{SANDBOX_SELLER_ID}0156_{day:%Y%m%d}.csv.zip",
            "timestamp": str(int(now * 1000)),
            "token": token,
        }
        address = f"{home}/downloadBill?{urlencode(link)}"
        return {"code": "10000", "msg": "Success", "bill_download_url": address}

    def download(self, token: str) -> Reply:
        until, file = self._files.get(token, (0.0, b""))
        if self.trades.clock() >= until:
            return refusal_page("链接已失效 · This link has expired", 403)
        return Reply(file, "application/octet-stream")

    def _ready_at(self, day: date) -> float:
        return _start(day + _DAY) + self.settings.bill_ready_seconds

    def _rows(self, day: date) -> list[Row]:
        begin, end = _start(day), _start(day + _DAY)
        moved = [one for one in self.trades.till.moved() if begin <= one.at < end]
        return [self._row(one) for one in sorted(moved, key=lambda one: one.at)]

    def _row(self, moved: Moved) -> Row:
        trade = self.trades.book.get(moved.out_trade_no)
        return Row(
            kind=moved.kind,
            trade_no=trade.trade_no,
            number=moved.out_trade_no,
            subject=trade.order.subject,
            created_at=trade.created_at,
            at=moved.at,
            fen=moved.fen,
            fee_fen=(moved.fen * self.settings.fee_per_ten_thousand + 5_000) // 10_000,
            refund_number=moved.reference if moved.kind == "refund" else "",
        )


def day_of(value: Any) -> date:
    """:raises ValueError: if it is no day like 2026-11-01"""
    if not isinstance(value, str) or len(value) != _DAY_LENGTH:
        raise ValueError("a day is like 2026-11-01")
    day = date.fromisoformat(value)
    if day == date.max:
        raise ValueError("there is no day after it")
    return day


def _day(content: Mapping[str, Any]) -> date:
    if content.get("bill_type") != "trade":
        raise Refused(failures.TYPE_NOT_SUPPORTED)
    try:
        return day_of(content.get("bill_date"))
    except ValueError:
        raise Refused(failures.INVALID_BILL_DATE) from None


def _start(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()
