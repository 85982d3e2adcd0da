"""The table in a bill of Alipay, line by line. Money is in yuan, time is Beijing's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.bills import BillLine, BillLineKind, BillTotals
from domain.money import Money
from domain.times import CHINA
from gateways.bills import number_in

NUMBER, REFERENCE, REFUND_NUMBER = "商户订单号", "支付宝交易号", "退款批次号/请求号"
# What the merchant gets, which is also what the totals are of: 订单金额 less its own discounts.
AMOUNT, FEE = "商家实收（元）", "服务费（元）"
KIND, FINISHED_AT = "业务类型", "完成时间"
NEEDED = (NUMBER, REFERENCE, REFUND_NUMBER, AMOUNT, FEE, KIND, FINISHED_AT)
KINDS = {"交易": BillLineKind.PAYMENT, "退款": BillLineKind.REFUND}

TITLE = "#支付宝业务明细查询"
ACCOUNT = re.compile(r"#账号：\[(\d{16,32})\]", re.ASCII)
PERIOD = re.compile(r"#起始日期：\[([^\]]*)\] +终止日期：\[([^\]]*)\]")
BEGIN = re.compile(r"#-+业务明细列表-+")
END = re.compile(r"#-+业务明细列表结束-+")
YUAN = r"(-?\d{1,12}\.\d{2})元"
PAID = re.compile(rf"#交易合计：(\d{{1,9}})笔，商家实收共{YUAN}，商家优惠共{YUAN}", re.ASCII)
REFUNDED = re.compile(
    rf"#退款合计：(\d{{1,9}})笔，商家实收退款共{YUAN}，商家优惠退款共{YUAN}", re.ASCII
)
MADE = re.compile(r"#导出时间：\[\d{4}年\d\d月\d\d日 \d\d:\d\d:\d\d\]", re.ASCII)

AMOUNT_TEXT = re.compile(r"-?\d{1,9}\.\d{2}", re.ASCII)
TIME_TEXT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
# Behind the number of the merchant; the whole is the account that it trades with.
OF_TRADING = "0156"
MERCHANT_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Columns:
    """
    How many there are, and whose table it is.

    :ivar places: of those of `NEEDED`
    """

    count: int
    places: Sequence[int]
    merchant: str

    @classmethod
    def of(cls, line: str, merchant: str) -> "Columns":
        """:raises ValueError: if one is missing, or stands twice"""
        names = [name.strip() for name in line.split(",")]
        if len(set(names)) != len(names) or not set(names) >= set(NEEDED):
            raise ValueError("wrong header")
        return cls(len(names), [names.index(name) for name in NEEDED], merchant)

    def line(self, place: int, text: str) -> BillLine:
        """:raises ValueError: if it is not understood; the text holds nothing of it"""
        values = text.split(",")
        if len(values) != self.count:
            raise ValueError("wrong number of columns")
        return _line(place, [values[at].strip("\t ") for at in self.places], self.merchant)


def merchant_in(line: str) -> str:
    """The number of the merchant. :raises ValueError: if there is none"""
    account = _matched(ACCOUNT, line, "account")[1]
    if len(account) == MERCHANT_LENGTH + len(OF_TRADING):
        return account.removesuffix(OF_TRADING)
    return account


def check_period(line: str, day: date) -> None:
    """:raises ValueError: if the table is of another day"""
    period = _matched(PERIOD, line, "period")
    wanted = (f"{one:%Y年%m月%d日} 00:00:00" for one in (day, day + timedelta(days=1)))
    if period.groups() != tuple(wanted):
        raise ValueError("another day")


def totals_in(paid: str, refunded: str) -> BillTotals:
    """:raises ValueError: if they are none"""
    payments = _matched(PAID, paid, "total of payments")
    refunds = _matched(REFUNDED, refunded, "total of refunds")
    return BillTotals(
        payments=int(payments[1]),
        refunds=int(refunds[1]),
        paid=Money(_fen(payments[2])),
        refunded=Money(-_fen(refunds[2])),
    )


def check_line(form: re.Pattern[str], line: str) -> None:
    """:raises ValueError: if a line is not the one that has to be there"""
    _matched(form, line, "such line")


def _matched(form: re.Pattern[str], line: str, what: str) -> re.Match[str]:
    match = form.fullmatch(line)
    if match is None:
        raise ValueError(f"no {what}")
    return match


def _line(place: int, values: Sequence[str], merchant: str) -> BillLine:
    """:param values: those of `NEEDED`"""
    number, reference, refund_number, amount, fee, word, finished_at = values
    kind = KINDS.get(word)
    if kind is None:
        raise ValueError("unknown kind")
    # Money that comes is positive, money that goes is negative.
    sign = 1 if kind is BillLineKind.PAYMENT else -1
    return BillLine(
        place=place,
        kind=kind,
        number=number_in(number, NUMBER),
        reference=number_in(reference, REFERENCE),
        refund_number=_refund_number(refund_number, kind),
        amount=_amount(amount, AMOUNT, sign),
        fee=_amount(fee, FEE, -sign),
        at=_instant(finished_at),
        currency="CNY",
        merchant=merchant,
    )


def _refund_number(value: str, kind: BillLineKind) -> str | None:
    """Of a refund that was given none, there is none."""
    if kind is BillLineKind.PAYMENT or not value:
        return None
    return number_in(value, REFUND_NUMBER)


def _amount(text: str, name: str, sign: int) -> Money:
    fen = sign * _fen(text) if AMOUNT_TEXT.fullmatch(text) else -1
    if fen < 0:
        raise ValueError(f"no usable {name}")
    return Money(fen)


def _fen(text: str) -> int:
    return int(text.replace(".", ""))


def _instant(text: str) -> datetime:
    if TIME_TEXT.fullmatch(text):
        try:
            return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise ValueError(f"no usable {FINISHED_AT}")
