"""The bills of days: made from what the till knows, fetched by links that are good for seconds."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from sandbox.alipay import failures
from sandbox.alipay.answers import Node
from sandbox.alipay.bill_changes import FILES, added, written
from sandbox.alipay.bill_file import Row
from sandbox.alipay.calls import Call
from sandbox.alipay.credentials import SANDBOX_SELLER_ID
from sandbox.alipay.failures import Refused
from sandbox.alipay.pages import refusal_page
from sandbox.alipay.settings import AlipaySandboxSettings
from sandbox.alipay.trades import Trades
from sandbox.payments import DAY, BillChanges, Change, Kinds, Moved, day_of, moved_on, start_of
from sandbox.platforms.scenario import Reply


@dataclass(slots=True)
class Bills:
    """`_links` are good until an instant; the file behind one is made when it is fetched."""

    trades: Trades
    settings: AlipaySandboxSettings
    _changes: BillChanges[Row] = field(init=False)
    _links: dict[str, tuple[float, date]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._changes = BillChanges(Kinds({}, FILES, self._added))

    def change(self, day: date, changes: Sequence[Change]) -> None:
        """
        What is wrong with the bill of a day from now on.

        :raises ValueError: when that cannot be
        :raises LookupError: when it is with a line that there is not
        """
        self._changes.set(day, self._rows(day), changes)

    def address(self, call: Call, home: str) -> Node:
        """Where the bill of a day is, below `home`."""
        day = _day(call.content())
        now, ready_at = self.trades.clock(), self._ready_at(day)
        if now < ready_at:
            raise Refused(failures.BILL_NOT_EXIST)
        if not self._is_there(day):
            raise Refused(failures.NO_BILL_DATA)
        self._links = {one: kept for one, kept in self._links.items() if kept[0] > now}
        token = secrets.token_hex(16)
        self._links[token] = (now + self.settings.bill_link_seconds, day)
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
        until, day = self._links.get(token, (0.0, date.min))
        if self.trades.clock() >= until:
            return refusal_page("链接已失效 · This link has expired", 403)
        return Reply(self._file(day), "application/octet-stream")

    def _file(self, day: date) -> bytes:
        rows = self._changes.rows(day, self._rows(day))
        return written(rows, day, self._ready_at(day), self._changes.files(day))

    def _is_there(self, day: date) -> bool:
        return self._changes.is_there(day) or bool(moved_on(self.trades.till, day))

    def _ready_at(self, day: date) -> float:
        return start_of(day + DAY) + self.settings.bill_ready_seconds

    def _rows(self, day: date) -> list[Row]:
        return [self._row(one) for one in moved_on(self.trades.till, day)]

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

    def _added(self, day: date, change: Change) -> Row:
        row = added(day, change)
        try:
            return replace(row, trade_no=self.trades.book.get(row.number).trade_no)
        except LookupError:
            return row


def _day(content: Mapping[str, Any]) -> date:
    if content.get("bill_type") != "trade":
        raise Refused(failures.TYPE_NOT_SUPPORTED)
    try:
        return day_of(content.get("bill_date"))
    except ValueError:
        raise Refused(failures.INVALID_BILL_DATE) from None
