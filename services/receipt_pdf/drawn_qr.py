"""QR codes as part of a page."""

from collections.abc import Iterator
from itertools import groupby

from services.receipt_pdf.qr import qr_code
from services.receipt_pdf.sheet import INK, Sheet

QUIET_ZONE = 4


def draw_qr(sheet: Sheet, text: str, x: float, y: float, size: float) -> None:
    """Draw the code as vectors into a square, its quiet zone included."""
    matrix = qr_code(text).matrix
    module = size / (len(matrix) + 2 * QUIET_ZONE)
    for row, modules in enumerate(matrix):
        for start, length in _dark_runs(modules):
            sheet.box(
                x + (start + QUIET_ZONE) * module,
                y + (row + QUIET_ZONE) * module,
                length * module,
                module,
                INK,
            )


def _dark_runs(modules: bytearray) -> Iterator[tuple[int, int]]:
    """Where neighbouring dark modules begin, and how many there are."""
    place = 0
    for is_dark, run in groupby(modules):
        length = len(list(run))
        if is_dark:
            yield place, length
        place += length
