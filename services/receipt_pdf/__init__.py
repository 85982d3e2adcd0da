"""The page of a receipt."""

from domain.receipts import Receipt
from services.receipt_pdf.letterhead import Letterhead
from services.receipt_pdf.qr import qr_svg

__all__ = ["Letterhead", "qr_svg", "render"]


def render(receipt: Receipt, token: str, letterhead: Letterhead) -> bytes:
    """The receipt as PDF, byte for byte the same each time."""
    # What draws takes 25 MB and half a second to load: not in processes that draw nothing.
    from services.receipt_pdf.page import draw  # noqa: PLC0415

    return draw(receipt, token, letterhead)
