"""The chart for the README: n20 CPU of every contender, drawn from the results alone."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from benchmarks.speed.results import Results, Row
from benchmarks.speed.targets import CLEARWAY

CASE = "n20"
WIDTH, BAR, GAP, TOP = 760, 22, 12, 64
LEFT, RIGHT = 180, 90
ROOM = WIDTH - LEFT - RIGHT
# A bar more than so many times the next is cut, with a gap of this width in it.
CUT, BREAK = 1.5, 14
# Dark enough for white, light enough for black: the background stays the page's own.
OURS, THEIRS, TEXT = "#0f9d76", "#8a94a6", "#768390"
FONT = "-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif"


def chart(results: Results) -> str:
    """An SVG with one bar for each contender, the cheapest first."""
    rows = sorted((row for row in results.rows if row.case == CASE), key=lambda row: row.cpu_us)
    height = TOP + len(rows) * (BAR + GAP) + 24
    return "\n".join([*_frame(height), *_bars(rows), *_foot(results, height), "</svg>", ""])


def _frame(height: int) -> Iterator[str]:
    title = "CPU per request: 2 vehicles, 20 open violations, licence"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}"'
        f' viewBox="0 0 {WIDTH} {height}" font-family="{escape(FONT)}" role="img">'
    )
    yield f"<title>{title}</title>"
    yield f'<text x="0" y="20" font-size="16" font-weight="600" fill="{TEXT}">{title}</text>'
    yield (
        f'<text x="0" y="42" font-size="12" fill="{TEXT}">microseconds of the server on one core;'
        " less is better; same data, same query, same run; a bar with a gap is cut</text>"
    )


def _bars(rows: Sequence[Row]) -> Iterator[str]:
    scale = _scale(rows)
    for place, row in enumerate(rows):
        top = TOP + place * (BAR + GAP)
        middle = top + BAR * 0.7
        width = min(ROOM, max(2.0, row.cpu_us * scale))
        ours = row.contender == CLEARWAY
        weight, fill = ("700", OURS) if ours else ("400", THEIRS)
        label = f'font-size="13" font-weight="{weight}" fill="{OURS if ours else TEXT}"'
        yield (
            f'<text x="{LEFT - 10}" y="{middle:.1f}" text-anchor="end" {label}>'
            f"{escape(row.contender)}</text>"
        )
        for left, wide in _pieces(width, is_cut=row.cpu_us * scale > ROOM + 1):
            yield (
                f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="{BAR}" fill="{fill}"/>'
            )
        yield f'<text x="{LEFT + width + 8:.1f}" y="{middle:.1f}" {label}>{row.cpu_us:,.0f}</text>'


def _scale(rows: Sequence[Row]) -> float:
    """Pixels for each microsecond: a single bar beyond all measure does not flatten the others."""
    *others, longest = (row.cpu_us for row in rows)
    if others and longest > CUT * others[-1]:
        longest = CUT * others[-1]
    return ROOM / longest


def _pieces(width: float, *, is_cut: bool) -> list[tuple[float, float]]:
    """Left ends and widths of a bar; one that is cut shows it by a gap."""
    if not is_cut:
        return [(LEFT, width)]
    return [(LEFT, width - 2 * BREAK), (LEFT + width - BREAK, BREAK)]


def _foot(results: Results, height: int) -> Iterator[str]:
    machine = results.machine
    words = f"{machine['date'][:10]}, commit {machine['commit']}, {machine['cpu']}"
    yield f'<text x="0" y="{height - 6}" font-size="11" fill="{TEXT}">{escape(words)}</text>'
