"""The scoring cycle: 12 months from the day of first licensing (order 163, art. 3; rule R25)."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.law.months import add_months
from domain.rules.values import LeapDay

POINTS_LIMIT = 12
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ScoringCycle:
    """The cycle a day falls in. Both days belong to it; points are cleared on the day after."""

    starts_on: date
    ends_on: date


def cycle_on(
    first_licensed_on: date,
    day: date,
    *,
    months: int = 12,
    leap_day: LeapDay = LeapDay.FEBRUARY_28,
) -> ScoringCycle:
    """
    The scoring cycle that contains a day, counted from the day of first licensing.

    `months` and `leap_day` are what the city's rulebook says (R25).
    """
    passed = (day.year - first_licensed_on.year) * 12 + day.month - first_licensed_on.month
    number = passed // months
    if _start(first_licensed_on, number * months, leap_day) > day:
        number -= 1
    return ScoringCycle(
        _start(first_licensed_on, number * months, leap_day),
        _start(first_licensed_on, (number + 1) * months, leap_day) - ONE_DAY,
    )


def _start(first: date, months: int, leap_day: LeapDay) -> date:
    start = add_months(first, months)
    if start.day < first.day and leap_day is LeapDay.MARCH_1:
        return start + ONE_DAY
    return start
