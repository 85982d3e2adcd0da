"""QR codes (ISO/IEC 18004)."""

from functools import lru_cache
from io import BytesIO

import segno


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
