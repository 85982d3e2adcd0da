"""What was aimed at, and whether it was met: numbers only, no allowance."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.speed.results import Results

CLEARWAY = "clearway"
# (case, contender, at most so many times its CPU)
RATIOS = (
    ("n20", "mercurius-jit", 0.65),
    ("n20", "mercurius-tuned", 1.0),
    ("n100", "mercurius-jit", 0.6),
    ("n20", "strawberry-sqlalchemy", 0.05),
    ("n20", "reference", 0.8),
)
SLOPE_US = 4.5
STRETCH = 3.0


@dataclass(frozen=True, slots=True)
class Target:
    """One target: `measured` must be `limit` at most."""

    name: str
    limit: float
    measured: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.measured <= self.limit


def targets(results: Results) -> list[Target]:
    """Those that this run can tell about."""
    return [*_ratios(results), *_slope(results), *_paced(results)]


def ratios(results: Results, case: str) -> dict[str, float]:
    """Clearway's CPU in a case, divided by that of each other contender."""
    own = results.find(CLEARWAY, case)
    if own is None:
        return {}
    others = (row for row in results.rows if row.case == case and row is not own)
    return {row.contender: own.cpu_us / row.cpu_us for row in others}


def slope_of(results: Results, contender: str) -> float | None:
    """CPU microseconds that each violation more costs, between 20 and 100 of them."""
    few, many = results.find(contender, "n20"), results.find(contender, "n100")
    return None if few is None or many is None else (many.cpu_us - few.cpu_us) / 80


def _ratios(results: Results) -> Iterator[Target]:
    for case, contender, limit in RATIOS:
        measured = ratios(results, case).get(contender)
        if measured is not None:
            yield Target(f"{case} CPU, times {contender}", limit, measured, "x")


def _slope(results: Results) -> Iterator[Target]:
    slope = slope_of(results, CLEARWAY)
    if slope is not None:
        yield Target("CPU of each violation more", SLOPE_US, slope, "us")


def _paced(results: Results) -> Iterator[Target]:
    paced, flat_out = results.paced, results.find(CLEARWAY, "n20")
    if paced is not None and flat_out is not None:
        # Who cannot keep up lets everybody wait the same: that is no even service.
        kept_up = paced.p50_ms <= flat_out.p50_ms
        stretch = paced.p99_ms / paced.p50_ms if kept_up else math.inf
        yield Target(f"p99 at {paced.load:.0%} of capacity, times p50", STRETCH, stretch, "x")
