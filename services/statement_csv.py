"""Settlement statements as the treasury's spreadsheet: CSV in UTF-8 with a BOM, amounts in yuan."""

import csv
import io
from collections.abc import Sequence

from domain.money import Money
from domain.platforms import Channel
from services.statement_views import IssuedStatement, StatedLine

# Spreadsheets guess the encoding without it.
BOM = "\ufeff"
# What a spreadsheet would take for a formula, or for the end of a cell.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
HEADER = (
    *("结算日", "支付渠道", "所属日", "决定机关代码", "决定机关名称"),
    *("缴款笔数", "罚款（元）", "加处罚款（元）"),
    *("退款笔数", "退还罚款（元）", "退还加处罚款（元）", "应缴国库（元）"),
)
CHANNELS = {Channel.ALIPAY: "支付宝", Channel.WECHAT: "微信支付"}


def statements_csv(statements: Sequence[IssuedStatement]) -> bytes:
    """One row per agency and day of the books, and a row of totals."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    lines = [(one, line) for one in statements for line in one.lines]
    for statement, line in lines:
        writer.writerow(
            (
                statement.day.isoformat(),
                CHANNELS[statement.channel],
                line.of_day.isoformat(),
                _harmless(line.agency_code),
                _harmless(line.agency_name or ("" if line.agency_code else "未知机关")),
                *_amounts([line]),
            )
        )
    writer.writerow(("合计", "", "", "", "", *_amounts([line for _, line in lines])))
    return (BOM + text.getvalue()).encode()


def _amounts(lines: Sequence[StatedLine]) -> tuple[str, ...]:
    return (
        str(sum(line.payments for line in lines)),
        _yuan(sum(line.principal_fen for line in lines)),
        _yuan(sum(line.surcharge_fen for line in lines)),
        str(sum(line.refunds for line in lines)),
        _yuan(sum(line.refunded_principal_fen for line in lines)),
        _yuan(sum(line.refunded_surcharge_fen for line in lines)),
        _yuan(sum(line.net_fen for line in lines)),
    )


def _yuan(fen: int) -> str:
    return Money(fen).yuan


def _harmless(text: str) -> str:
    """A spreadsheet shows the text behind an apostrophe, and computes nothing."""
    return f"'{text}" if text.lstrip(" ").startswith(DANGEROUS) else text
