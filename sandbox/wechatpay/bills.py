"""The bills of days: made from what the till knows, fetched by links that are good for a while."""

import gzip
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha1

from sandbox.city.seeds import CHINA
from sandbox.payments import Moved, Till
from sandbox.platforms.clock import Clock
from sandbox.wechatpay import failures
from sandbox.wechatpay.bill_changes import Change, check_changes, written
from sandbox.wechatpay.bill_file import Row
from sandbox.wechatpay.failures import Refused, parameter
from sandbox.wechatpay.prepay import Merchant
from sandbox.wechatpay.refund_book import RefundBook
from sandbox.wechatpay.settings import WechatPaySandboxSettings

DOWNLOADS = "/v3/billdownload/file"
_WANTED = {"bill_type": "ALL", "tar_type": "GZIP"}
_DAY = timedelta(days=1)


@dataclass(slots=True)
class Bills:
    settings: WechatPaySandboxSettings
    clock: Clock
    merchant: Merchant
    till: Till
    refunds: RefundBook
    _changes: dict[date, Sequence[Change]] = field(default_factory=dict)
    _files: dict[str, tuple[float, bytes]] = field(default_factory=dict)

    def change(self, day: date, changes: Sequence[Change]) -> None:
        """
        What is wrong with the bill of a day from now on.

        :raises ValueError: when that cannot be
        :raises LookupError: when it is with a line that there is not
        """
        check_changes(changes)
        written(self._rows(day), day, changes)
        self._changes[day] = changes

    def ask(self, query: Mapping[str, str], base: str) -> Mapping[str, object]:
        """:raises Refused: when there is no such bill, or not yet"""
        day = _day(query)
        self._check_made(day)
        rows, changes = self._rows(day), self._changes.get(day, ())
        if not rows and not changes:
            raise Refused(failures.NO_STATEMENT)
        told = written(rows, day, changes)
        token = secrets.token_urlsafe(24)
        until = self.clock() + self.settings.bill_link_seconds
        self._files[token] = (until, gzip.compress(told.file))
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
        if self.clock() < _start(day + _DAY) + self.settings.bill_ready_seconds:
            raise Refused(failures.STATEMENT_CREATING)

    def _rows(self, day: date) -> list[Row]:
        begin, end = _start(day), _start(day + _DAY)
        moved = [one for one in self.till.moved() if begin <= one.at < end]
        return [self._row(one) for one in sorted(moved, key=lambda one: one.at)]

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


def _day(query: Mapping[str, str]) -> date:
    for name, only in _WANTED.items():
        if query.get(name) != only:
            raise Refused(parameter(name, f"只支持{only}", query.get(name)))
    text = query.get("bill_date", "")
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise Refused(parameter("bill_date", "日期格式错误", text)) from None


def _start(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()
