"""The scoring cycle: 12 months from the day of first licensing (order 163, art. 3; rule R25)."""

from dataclasses import dataclass
from datetime import date, timedelta

POINTS_LIMIT = 12


@dataclass(frozen=True, slots=True)
class ScoringCycle:
    """The cycle a day falls in. Both days belong to it; points are cleared on the day after."""

    starts_on: date
    ends_on: date


def anniversary(first: date, year: int) -> date:
    """The day in a year on which a cycle begins; 29 February becomes 28 February (R25)."""
    try:
        return first.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def cycle_on(first_licensed_on: date, day: date) -> ScoringCycle:
    """The scoring cycle that contains a day, counted from the day of first licensing."""
    starts = anniversary(first_licensed_on, day.year)
    if starts > day:
        starts = anniversary(first_licensed_on, day.year - 1)
    ends = anniversary(first_licensed_on, starts.year + 1) - timedelta(days=1)
    return ScoringCycle(starts, ends)
