"""The table in a bill of WeChat Pay, line by line. Money is in yuan, time is Beijing's."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

from domain.bills import BillLine, BillLineKind
from domain.money import Money
from domain.times import CHINA
from gateways.bills import number_in

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}", re.ASCII)
YUAN = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,5})?", re.ASCII)
COUNT = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
CURRENCY = re.compile(r"[A-Z]{3}")
KINDS = {"SUCCESS": BillLineKind.PAYMENT, "REFUND": BillLineKind.REFUND}
ROWS = "总交易单数"
PAID, REFUNDED, FEE = "订单金额", "申请退款金额", "手续费"
# What the last line says: the sum of which column.
SUMS = {
    "订单总金额": PAID,
    "申请退款总金额": REFUNDED,
    "手续费总金额": FEE,
    "应结订单总金额": "应结订单金额",
    "退款总金额": "退款金额",
    "充值券退款总金额": "充值券退款金额",
}
AT, MERCHANT, REFERENCE, NUMBER = "交易时间", "商户号", "微信订单号", "商户订单号"
STATE, CURRENCY_CODE, REFUND_NUMBER = "交易状态", "货币种类", "商户退款单号"
WORDS = (AT, MERCHANT, REFERENCE, NUMBER, STATE, CURRENCY_CODE, REFUND_NUMBER)
# Many lines are of the same few amounts.
AMOUNTS_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a line they are: those of `WORDS`, and those of which there are sums."""

    count: int
    words: Sequence[int]
    amounts: Sequence[int]

    @classmethod
    def of(cls, header: str) -> "Columns":
        """:raises ValueError: if one is missing, or stands twice"""
        names = header.split(",")
        if len(set(names)) != len(names) or not set(names) >= {*WORDS, *SUMS.values()}:
            raise ValueError("not the header of a bill")
        return cls(
            len(names),
            [names.index(name) for name in WORDS],
            [names.index(name) for name in SUMS.values()],
        )


@dataclass(slots=True)
class Table:
    """What the lines have come to so far, and how far it has been read."""

    columns: Columns
    rows: int = 0
    sums: list[int] = field(default_factory=lambda: [0] * len(SUMS))
    summary: Sequence[str] = ()
    is_whole: bool = False

    def read(self, place: int, line: str) -> BillLine | None:
        """
        Read a line below the header; None if it is one of the last two.

        :raises ValueError: if it is not understood; the text holds nothing of it
        """
        if self.is_whole:
            raise ValueError("something behind the end")
        if self.summary:
            told = _values(line, len(self.summary))
            self._check(dict(zip(self.summary, told, strict=True)))
            self.is_whole = True
            return None
        if line.startswith(f"{ROWS},"):
            self.summary = line.split(",")
            if sorted(self.summary) != sorted((ROWS, *SUMS)):
                raise ValueError("not the header of the totals")
            return None
        return self._line(place, _values(line, self.columns.count))

    def _line(self, place: int, values: Sequence[str]) -> BillLine:
        fen = [_fen(values[at]) for at in self.columns.amounts]
        self.sums = [total + one for total, one in zip(self.sums, fen, strict=True)]
        self.rows += 1
        paid, refunded, fee, *_ = fen
        words = [values[at] for at in self.columns.words]
        return _read(place, words, paid, refunded, fee)

    def _check(self, told: Mapping[str, str]) -> None:
        if not COUNT.fullmatch(told[ROWS]) or int(told[ROWS]) != self.rows:
            raise ValueError("another number of lines")
        if [_fen(told[name]) for name in SUMS] != self.sums:
            raise ValueError("other totals")


def _values(line: str, count: int) -> list[str]:
    """The values of a line; before every one is a backtick, and there is none within."""
    values = line.removeprefix("`").split(",`")
    if not line.startswith("`") or len(values) != count or line.count("`") != count:
        raise ValueError("not a line of the table")
    return values


def _read(place: int, words: Sequence[str], paid: int, refunded: int, fee: int) -> BillLine:
    """:param words: those of `WORDS`"""
    at, merchant, reference, number, state, currency, refund_number = words
    kind = KINDS.get(state)
    if kind is None:
        raise ValueError("neither a payment nor a refund")
    is_refund = kind is BillLineKind.REFUND
    amount, other = (refunded, paid) if is_refund else (paid, refunded)
    # Of a refund, the fee comes back: it is less than nothing in the file.
    kept = abs(fee) if is_refund else fee
    if amount <= 0 or other != 0 or kept < 0:
        raise ValueError("amounts that cannot be")
    if not CURRENCY.fullmatch(currency):
        raise ValueError("no currency")
    return BillLine(
        place=place,
        kind=kind,
        number=number_in(number, NUMBER),
        reference=number_in(reference, REFERENCE),
        refund_number=number_in(refund_number, REFUND_NUMBER) if is_refund else None,
        amount=Money(amount),
        fee=Money(kept),
        at=_instant(at),
        currency=currency,
        merchant=number_in(merchant, MERCHANT),
    )


@lru_cache(AMOUNTS_REMEMBERED)
def _fen(yuan: str) -> int:
    if not YUAN.fullmatch(yuan):
        raise ValueError("not an amount")
    fen = Decimal(yuan) * 100
    if fen != fen.to_integral_value():
        raise ValueError("parts of a fen")
    return int(fen)


def _instant(text: str) -> datetime:
    if not TIME.fullmatch(text):
        raise ValueError("not a time")
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("not a time")
