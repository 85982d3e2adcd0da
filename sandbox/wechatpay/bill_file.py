"""A trade bill of a day as a file: a backtick before every value, yuan, and what it comes to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sandbox.city.seeds import CHINA

BOM = "\ufeff"
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,"
    "退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
SUMMARY = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)
_SECONDS = len("2026-11-01 08:00:00")


@dataclass(frozen=True, slots=True)
class Row:
    """
    Something that moved.

    :ivar at: seconds since 1970
    :ivar fen: paid or refunded
    :ivar fee_fen: kept of a payment, or given back with a refund
    :ivar rate: of the fee, in ten-thousandths
    """

    kind: Literal["payment", "refund"]
    at: float
    app_id: str
    merchant_id: str
    transaction_id: str
    number: str
    openid: str = field(repr=False)
    subject: str
    fen: int
    fee_fen: int
    rate: int
    attach: str = ""
    refund_id: str = ""
    refund_number: str = ""
    currency: str = "CNY"

    @property
    def is_refund(self) -> bool:
        return self.kind == "refund"


@dataclass(frozen=True, slots=True)
class Totals:
    """What the last line says, in fen."""

    rows: int
    paid: int
    refunded: int
    fees: int

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Totals":
        return cls(
            rows=len(rows),
            paid=sum(row.fen for row in rows if not row.is_refund),
            refunded=sum(row.fen for row in rows if row.is_refund),
            fees=sum(-row.fee_fen if row.is_refund else row.fee_fen for row in rows),
        )


def bill_lines(rows: Sequence[Row], totals: Totals | None = None) -> Iterator[str]:
    """The file line by line; with totals that are not given, the right ones."""
    told = totals or Totals.of(rows)
    paid, refunded, fees = yuan(told.paid), yuan(told.refunded), yuan(told.fees)
    yield f"{BOM}{HEADER}\r\n"
    for row in rows:
        yield _line(_cells(row))
    yield f"{SUMMARY}\r\n"
    yield _line([str(told.rows), paid, refunded, "0.00", fees, paid, refunded])


def bill_text(rows: Sequence[Row]) -> str:
    """The whole file."""
    return "".join(bill_lines(rows))


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def _cells(row: Row) -> list[str]:
    paid = yuan(0) if row.is_refund else yuan(row.fen)
    refunded = yuan(row.fen) if row.is_refund else yuan(0)
    return [
        datetime.fromtimestamp(row.at, CHINA).isoformat(" ")[:_SECONDS],
        *(row.app_id, row.merchant_id, "0", ""),
        *(row.transaction_id, row.number, row.openid),
        *("JSAPI", "REFUND" if row.is_refund else "SUCCESS", "OTHERS", row.currency),
        *(paid, yuan(0)),
        *(row.refund_id or "0", row.refund_number or "0"),
        *(refunded, yuan(0)),
        *(("ORIGINAL", "PROCESSING") if row.is_refund else ("", "")),
        *(row.subject, row.attach),
        yuan(-row.fee_fen if row.is_refund else row.fee_fen),
        f"{row.rate // 100}.{row.rate % 100:02d}%",
        *(paid, refunded, ""),
    ]


def _line(cells: Sequence[str]) -> str:
    return "`" + ",`".join(cells) + "\r\n"
