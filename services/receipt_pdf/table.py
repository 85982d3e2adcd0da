"""The table of decisions: rows get lower when there are many, so that they stay on one page."""

from collections.abc import Sequence
from dataclasses import dataclass

from fpdf import Align

from domain.money import Money
from domain.receipts import Receipt
from services.receipt_pdf.sheet import ACCENT, GREY, INK, SHADE, Colour, Sheet

HIGHEST_ROW = 8.5
# Points of text for each millimetre of a row.
TEXT_PER_ROW = 1.45
LARGEST_TEXT = 10.0
PADDING = 3.0


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    share: float
    align: Align


COLUMNS = (
    _Column("序号", 0.09, Align.C),
    _Column("处罚决定书编号", 0.37, Align.L),
    _Column("罚款（元）", 0.18, Align.R),
    _Column("加处罚款（元）", 0.18, Align.R),
    _Column("小计（元）", 0.18, Align.R),
)


@dataclass(frozen=True, slots=True)
class _Place:
    x: float
    width: float
    row_height: float
    text_size: float


def draw_table(
    sheet: Sheet, receipt: Receipt, x: float, y: float, width: float, height: float
) -> None:
    """Draw all decisions and their sum into the given room."""
    rows = [[column.title for column in COLUMNS], *_decisions(receipt), _sum(receipt)]
    row_height = min(HIGHEST_ROW, height / len(rows))
    text_size = min(LARGEST_TEXT, row_height * TEXT_PER_ROW)
    place = _Place(x, width, row_height, text_size)
    sheet.box(x, y, width, row_height, SHADE)
    for number, cells in enumerate(rows):
        top = y + number * row_height
        is_sum = cells is rows[-1]
        _draw_row(sheet, cells, place, top, GREY if number == 0 else INK, bold=is_sum)
        sheet.line(x, top + row_height, width)
    sheet.line(x, y, width, colour=ACCENT)
    sheet.line(x, y + len(rows) * row_height, width, colour=ACCENT)


def _draw_row(
    sheet: Sheet, cells: Sequence[str], place: _Place, top: float, colour: Colour, *, bold: bool
) -> None:
    left = place.x
    y = top + (place.row_height - place.text_size * 0.5) / 2
    for column, cell in zip(COLUMNS, cells, strict=True):
        width = column.share * place.width
        sheet.text(
            left + PADDING,
            y,
            cell,
            size=place.text_size,
            width=width - 2 * PADDING,
            align=column.align,
            colour=colour,
            bold=bold,
        )
        left += width


def _decisions(receipt: Receipt) -> list[list[str]]:
    return [
        [str(number), line.number, line.principal.yuan, line.surcharge.yuan, line.total.yuan]
        for number, line in enumerate(receipt.lines, 1)
    ]


def _sum(receipt: Receipt) -> list[str]:
    principal = Money(sum(line.principal.fen for line in receipt.lines))
    surcharge = Money(sum(line.surcharge.fen for line in receipt.lines))
    return ["", "合计", principal.yuan, surcharge.yuan, receipt.amount.yuan]
