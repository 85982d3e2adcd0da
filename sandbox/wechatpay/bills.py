"""The bills of days: made from what the till knows, fetched by links that are good for a while."""

import gzip
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha1

from sandbox.city.seeds import CHINA
from sandbox.payments import (
    DAY,
    BillChanges,
    Change,
    Kinds,
    Moved,
    Till,
    moved_on,
    start_of,
)
from sandbox.platforms.clock import Clock
from sandbox.wechatpay import failures
from sandbox.wechatpay.bill_changes import (
    FILES,
    added,
    other_currency,
    other_merchant,
    written,
)
from sandbox.wechatpay.bill_file import Row
from sandbox.wechatpay.failures import Refused, parameter
from sandbox.wechatpay.prepay import Merchant
from sandbox.wechatpay.refund_book import Refund, RefundBook
from sandbox.wechatpay.settings import WechatPaySandboxSettings

DOWNLOADS = "/v3/billdownload/file"
_WANTED = {"bill_type": "ALL", "tar_type": "GZIP"}
_FAST = 6  # Of a long bill the last percent would take seconds.


@dataclass(slots=True)
class Bills:
    settings: WechatPaySandboxSettings
    clock: Clock
    merchant: Merchant
    till: Till
    refunds: RefundBook
    _changes: BillChanges[Row] = field(init=False)
    _files: dict[str, tuple[float, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        lines = {"merchant": other_merchant, "currency": other_currency}
        self._changes = BillChanges(Kinds(lines, FILES, self._added))

    def change(self, day: date, changes: Sequence[Change]) -> None:
        """
        What is wrong with the bill of a day from now on.

        :raises ValueError: when that cannot be
        :raises LookupError: when it is with a line that there is not
        """
        self._changes.set(day, self._rows(day), changes)

    def ask(self, query: Mapping[str, str], base: str) -> Mapping[str, object]:
        """:raises Refused: when there is no such bill, or not yet"""
        day = _day(query)
        self._check_made(day)
        rows = self._rows(day)
        if not rows and not self._changes.is_there(day):
            raise Refused(failures.NO_STATEMENT)
        told = written(self._changes.rows(day, rows), self._changes.files(day))
        token = self._kept(gzip.compress(told.file, _FAST, mtime=0))
        return {
            "download_url": f"{base}{DOWNLOADS}?token={token}&tartype=gzip",
            "hash_type": "SHA1",
            "hash_value": sha1(told.hashed).hexdigest(),  # noqa: S324 - theirs
        }

    def download(self, token: str) -> bytes:
        """:raises Refused: when the link was never given out, or too long ago"""
        until, file = self._files.get(token, (0.0, b""))
        if self.clock() >= until:
            raise Refused(failures.LINK_OVER)
        return file

    def _check_made(self, day: date) -> None:
        if day > datetime.fromtimestamp(self.clock(), CHINA).date():
            raise Refused(parameter("bill_date", "账单日期不能晚于当天", day.isoformat()))
        if self.clock() < start_of(day + DAY) + self.settings.bill_ready_seconds:
            raise Refused(failures.STATEMENT_CREATING)

    def _kept(self, file: bytes) -> str:
        """The token of a link to it; files that can no longer be fetched go."""
        now, token = self.clock(), secrets.token_urlsafe(24)
        self._files = {one: kept for one, kept in self._files.items() if kept[0] > now}
        self._files[token] = (now + self.settings.bill_link_seconds, file)
        return token

    def _rows(self, day: date) -> list[Row]:
        paid = [one for one in moved_on(self.till, day) if one.kind == "payment"]
        refunds = self.refunds.accepted_between(start_of(day), start_of(day + DAY))
        moved = sorted([*paid, *map(_accepted, refunds)], key=lambda one: one.at)
        return [self._row(one) for one in moved]

    def _added(self, day: date, change: Change) -> Row:
        row = added(day, self.merchant, change)
        try:
            trade = self.refunds.trades.of_number(row.number)
        except LookupError:
            return row
        # One that nobody has paid has none.
        return replace(row, transaction_id=trade.transaction_id or row.transaction_id)

    def _row(self, moved: Moved) -> Row:
        trade = self.refunds.trades.of_number(moved.out_trade_no)
        is_refund = moved.kind == "refund"
        refund_number = (
            self.refunds.of_id(moved.reference).request.refund_number if is_refund else ""
        )
        rate = self.settings.fee_per_ten_thousand
        return Row(
            kind=moved.kind,
            at=moved.at,
            app_id=self.merchant.app_id,
            merchant_id=self.merchant.merchant_id,
            transaction_id=trade.transaction_id,
            number=moved.out_trade_no,
            openid=moved.payer,
            subject=trade.prepay.subject,
            fen=moved.fen,
            fee_fen=(moved.fen * rate + 5_000) // 10_000,
            rate=rate,
            attach=trade.prepay.attach,
            refund_id=moved.reference if is_refund else "",
            refund_number=refund_number,
        )


def _accepted(refund: Refund) -> Moved:
    """As bills have it: when it was accepted, even if it is refused in the end."""
    return Moved(
        "refund",
        refund.trade.prepay.number,
        refund.refund_id,
        refund.request.fen,
        refund.trade.prepay.openid,
        refund.accepted_at,
    )


def _day(query: Mapping[str, str]) -> date:
    for name, only in _WANTED.items():
        if query.get(name) != only:
            raise Refused(parameter(name, f"只支持{only}", query.get(name)))
    text = query.get("bill_date", "")
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise Refused(parameter("bill_date", "日期格式错误", text)) from None
