"""QR codes (ISO/IEC 18004)."""

from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from itertools import groupby

import segno

from services.receipt_pdf.sheet import INK, Sheet

QUIET_ZONE = 4


def qr_code(text: str) -> segno.QRCode:
    """The smallest code that holds the text, with as much error correction as fits into it."""
    return segno.make_qr(text, error="l", boost_error=True)


@lru_cache(maxsize=128)
def qr_svg(text: str) -> str:
    """The code as one SVG element that needs nothing else: up to 50 ms of computing."""
    out = BytesIO()
    qr_code(text).save(
        out, kind="svg", xmldecl=False, nl=False, omitsize=True, svgclass=None, lineclass=None
    )
    return out.getvalue().decode("ascii")


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
