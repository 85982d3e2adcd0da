"""The page of a receipt."""

from services.receipt_pdf.page import Letterhead, render
from services.receipt_pdf.qr import qr_svg

__all__ = ["Letterhead", "qr_svg", "render"]
