"""A sheet of A4 with one Chinese font, millimetres, and text that never fails."""

from datetime import datetime
from importlib.resources import as_file, files
from typing import cast

from fpdf import FPDF, Align
from fpdf.enums import TextMode
from fpdf.fonts import TTFFont

FONT = "NotoSansSC-GB2312.ttf"
FAMILY = "receipt"
MISSING = "□"
INK = (0x1A, 0x1F, 0x24)
GREY = (0x6B, 0x75, 0x80)
RULE = (0xC9, 0xD0, 0xD6)
SHADE = (0xF2, 0xF5, 0xF7)
ACCENT = (0x12, 0x4A, 0x7C)
Colour = tuple[int, int, int]


class Sheet:
    """
    One page. Places are millimetres from the upper left corner, sizes of text are points.

    The font object of fpdf2 collects the glyphs of its document, so that every sheet has its own.
    """

    def __init__(self, title: str, made_at: datetime) -> None:
        pdf = FPDF(format="A4")
        with as_file(files("services.receipt_pdf") / FONT) as file:
            pdf.add_font(FAMILY, fname=file)
        pdf.set_title(title)
        pdf.set_lang("zh-CN")
        pdf.set_creation_date(made_at)
        pdf.set_auto_page_break(False)
        pdf.c_margin = 0
        pdf.add_page()
        self._pdf = pdf
        self._font = cast("TTFFont", pdf.fonts[FAMILY])

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float,
        width: float = 0,
        align: Align = Align.L,
        colour: Colour = INK,
        bold: bool = False,
    ) -> None:
        """Write one line; it is made smaller if it is wider than `width` (0: has all the room)."""
        shown = self._shown(text)
        self._pdf.set_font(FAMILY, size=size)
        needed = self._pdf.get_string_width(shown)
        if width and needed > width:
            self._pdf.set_font(FAMILY, size=size * width / needed)
        self._pdf.set_text_color(*colour)
        self._pdf.set_xy(x, y)
        # There is one weight: bold is drawn with an outline.
        mode = TextMode.FILL_STROKE if bold else TextMode.FILL
        with self._pdf.local_context(text_mode=mode, line_width=size * 0.008, draw_color=colour):
            self._pdf.cell(w=width or None, h=size * 0.5, text=shown, align=align)

    def paragraph(self, x: float, y: float, text: str, *, size: float, width: float) -> None:
        """Write several lines."""
        self._pdf.set_font(FAMILY, size=size)
        self._pdf.set_text_color(*GREY)
        self._pdf.set_xy(x, y)
        self._pdf.multi_cell(w=width, h=size * 0.55, text=self._shown(text), align=Align.L)

    def line(self, x: float, y: float, width: float, *, colour: Colour = RULE) -> None:
        """Draw a thin rule to the right."""
        self._pdf.set_draw_color(*colour)
        self._pdf.set_line_width(0.2)
        self._pdf.line(x, y, x + width, y)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle."""
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(x, y, width, height, style="F")

    def finish(self) -> bytes:
        """The document, byte for byte the same for the same drawing."""
        try:
            return bytes(self._pdf.output())
        finally:
            self._font.close()

    def _shown(self, text: str) -> str:
        return "".join(one if ord(one) in self._font.cmap else MISSING for one in text)
