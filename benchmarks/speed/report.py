"""A run as Markdown: for the terminal and for `latest.md`."""

from collections.abc import Iterator, Sequence

from benchmarks.speed.people import CASES
from benchmarks.speed.results import Results, Row
from benchmarks.speed.targets import CLEARWAY, ratios, slope_of, targets

HEAD = (
    "contender",
    "CPU us/request",
    "PostgreSQL us",
    "requests/s",
    "p50 ms",
    "p99 ms",
    "RSS MB",
    "errors",
    "Clearway / it",
)
# Cores that others may use: more than the background of a machine that is left alone.
QUIET = 0.1
TEXTS = {"n1": "1 vehicle x 1", "n20": "2 vehicles x 10", "n100": "5 vehicles x 20"}


def markdown(results: Results) -> str:
    """The whole report; the same results make the same text."""
    return "\n".join([*_heading(results), *_tables(results), *_slopes(results), *_ends(results)])


def _heading(results: Results) -> Iterator[str]:
    machine = results.machine
    packages = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    yield "# A citizen's read, side by side"
    yield ""
    yield "Written by `make bench` from `latest.json`; never edited by hand. How it is measured:"
    yield "[docs/performance.md](../../docs/performance.md)."
    yield ""
    yield f"{machine['date']} · commit {machine['commit']} · {machine['cpu']},"
    yield f"server on one core · Linux {machine['kernel']} · Python {machine['python']} ·"
    yield f"Node {machine['node']} · PostgreSQL {machine['postgresql']} · {packages}"


def _tables(results: Results) -> Iterator[str]:
    for case in CASES:
        rows = sorted((row for row in results.rows if row.case == case), key=lambda row: row.cpu_us)
        if rows:
            yield ""
            yield f"## {case}: {TEXTS[case]} open violations a request"
            yield ""
            yield from table(HEAD, [_cells(row, ratios(results, case)) for row in rows])


def _cells(row: Row, ratio: dict[str, float]) -> list[str]:
    name = f"**{row.contender}**" if row.contender == CLEARWAY else row.contender
    return [
        name,
        f"{row.cpu_us:.0f}",
        f"{row.pg_cpu_us:.0f}",
        f"{row.rps:.0f}",
        f"{row.p50_ms:.1f}",
        f"{row.p99_ms:.1f}",
        f"{row.rss_mb:.0f}",
        str(row.errors),
        f"{ratio[row.contender]:.2f}" if row.contender in ratio else "",
    ]


def _slopes(results: Results) -> Iterator[str]:
    names = dict.fromkeys(row.contender for row in results.rows)
    slopes = {name: slope_of(results, name) for name in names}
    known = {name: slope for name, slope in slopes.items() if slope is not None}
    if known:
        yield ""
        yield "## CPU of each violation more, us"
        yield ""
        shown = sorted(known.items(), key=lambda item: item[1])
        yield from table(("contender", "us"), [[name, f"{slope:.1f}"] for name, slope in shown])


def _ends(results: Results) -> Iterator[str]:
    yield ""
    yield "## Targets"
    yield ""
    head = ("target", "at most", "measured", "met")
    yield from table(
        head,
        [
            [
                target.name,
                f"{target.limit:g} {target.unit}",
                f"{target.measured:.2f} {target.unit}",
                "yes" if target.met else "**no**",
            ]
            for target in targets(results)
        ],
    )
    disturbed = max((row.others for row in results.rows), default=0.0)
    if disturbed > QUIET:
        yield ""
        yield f"**Not a quiet machine**: others used up to {disturbed:.2f} cores of it."
    paced = results.paced
    if paced is not None:
        yield ""
        yield f"At {paced.load:.0%} of capacity, {paced.rps:.0f} requests/s at even intervals:"
        yield f"p50 {paced.p50_ms:.2f} ms, p99 {paced.p99_ms:.2f} ms."
    yield ""


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table that reads well as it is, too; numbers to the right."""
    columns = list(zip(head, *rows, strict=True))
    widths = [max(len(cell) for cell in column) for column in columns]
    for number, row in enumerate([head, ["-" * width for width in widths], *rows]):
        fill = "-" if number == 1 else " "
        cells = [
            cell.ljust(width, fill) if place == 0 else cell.rjust(width, fill)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield f"| {' | '.join(cells)} |"
