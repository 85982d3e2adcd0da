"""A bill of a day as a file: a ZIP of tables in GBK, with what they come to below them."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sandbox.alipay.trade_orders import beijing
from sandbox.city.seeds import CHINA

COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,"
    "对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,"
    "商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,"
    "退款批次号/请求号,服务费（元）,分润（元）,备注"
)
SUMMARY = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,"
    "商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"
)
_RULE = "-" * 41
_NOT_IN_A_VALUE = re.compile(r"[,\r\n\t]")
# Shop, its name, operator, terminal, and who paid.
_PLACES = ("\t", "\t", "\t", "\t", "张*(138****0000)\t")


@dataclass(frozen=True, slots=True)
class Row:
    """
    Something that moved.

    :ivar at: seconds since 1970
    :ivar fen: paid or refunded
    :ivar fee_fen: kept of a payment, or given back with a refund
    """

    kind: Literal["payment", "refund"]
    trade_no: str
    number: str
    subject: str
    created_at: float
    at: float
    fen: int
    fee_fen: int
    refund_number: str = ""

    @property
    def is_refund(self) -> bool:
        return self.kind == "refund"


@dataclass(frozen=True, slots=True)
class Totals:
    """What the lines below the table say, in fen."""

    payments: int
    paid: int
    refunds: int
    refunded: int

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Totals":
        paid = [row.fen for row in rows if not row.is_refund]
        refunded = [row.fen for row in rows if row.is_refund]
        return cls(len(paid), sum(paid), len(refunded), sum(refunded))


def table_lines(
    account: str, day: date, rows: Sequence[Row], made_at: float, totals: Totals | None = None
) -> Iterator[str]:
    """The table of all that moved; with totals that are not given, the right ones."""
    told = totals or Totals.of(rows)
    yield from (f"{line}\r\n" for line in (*_head(account, day, "业务明细"), COLUMNS))
    for row in rows:
        yield _line(row)
    paid, refunded = yuan(told.paid), yuan(-told.refunded)
    yield f"#{_RULE[:-1]}业务明细列表结束{_RULE[:36]}\r\n"
    yield f"#交易合计：{told.payments}笔，商家实收共{paid}元，商家优惠共0.00元\r\n"
    yield f"#退款合计：{told.refunds}笔，商家实收退款共{refunded}元，商家优惠退款共0.00元\r\n"
    yield f"#导出时间：[{_moment(made_at)}]\r\n"


def table(
    account: str, day: date, rows: Sequence[Row], made_at: float, totals: Totals | None = None
) -> str:
    """The whole table."""
    return "".join(table_lines(account, day, rows, made_at, totals))


def summary(account: str, day: date, rows: Sequence[Row], made_at: float) -> str:
    """The table of what it all comes to."""
    told = Totals.of(rows)
    net = yuan(told.paid - told.refunded)
    fees = yuan(sum(row.fee_fen if row.is_refund else -row.fee_fen for row in rows))
    cells = ["合计", "", str(told.payments), str(told.refunds), net, net]
    lines = [
        *_head(account, day, "业务汇总"),
        SUMMARY,
        ",".join([*cells, "0.00", "0.00", "0.00", fees, "0.00", net]),
        f"#{_RULE[:-1]}业务汇总列表结束{_RULE[:36]}",
        f"#导出时间：[{_moment(made_at)}]",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def packed(account: str, day: date, detail: bytes | bytearray, total: bytes) -> bytes:
    """The ZIP. Names of its files are in GBK, as their contents are."""
    stem = f"{account}_{day:%Y%m%d}_业务明细"
    names = [f"{stem}.csv".encode("gbk"), f"{stem}(汇总).csv".encode("gbk")]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in zip(names, (detail, total), strict=True):
            entry = zipfile.ZipInfo(_stand_in(name))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    document = file.getvalue()
    # Python would write such names in UTF-8.
    for name in names:
        document = document.replace(_stand_in(name).encode(), name)
    return document


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _stand_in(name: bytes) -> str:
    return f"clearway-{len(name)}-".ljust(len(name), "~")


def _head(account: str, day: date, what: str) -> list[str]:
    begin = f"{day:%Y年%m月%d日} 00:00:00"
    end = f"{day + timedelta(days=1):%Y年%m月%d日} 00:00:00"
    return [
        f"#支付宝{what}查询",
        f"#账号：[{account}]",
        f"#起始日期：[{begin}]   终止日期：[{end}]",
        f"#{_RULE}{what}列表{_RULE[:-1]}",
    ]


def _line(row: Row) -> str:
    amount = yuan(-row.fen if row.is_refund else row.fen)
    fee = yuan(row.fee_fen if row.is_refund else -row.fee_fen)
    words = [row.trade_no, row.number, "退款" if row.is_refund else "交易", row.subject]
    cells = [
        *(_word(one) for one in words),
        *(f"{beijing(row.created_at)}\t", f"{beijing(row.at)}\t", *_PLACES),
        *(amount, amount, "0.00", "0.00", "0.00", "0.00", "0.00", "\t", "0.00", "0.00"),
        *(_word(row.refund_number), fee, "0.00", "\t\r\n"),
    ]
    return ",".join(cells)


def _word(text: str) -> str:
    return _NOT_IN_A_VALUE.sub(" ", text) + "\t"


def _moment(seconds: float) -> str:
    return f"{datetime.fromtimestamp(seconds, CHINA):%Y年%m月%d日 %H:%M:%S}"
