"""Periods of law counted in days, months and years (Civil Code, art. 201-202)."""

from calendar import monthrange
from datetime import date, timedelta


def add_days(day: date, days: int) -> date:
    """The last day of a period of so many days that begins after a day; at most the last of all."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max


def add_months(day: date, months: int) -> date:
    """
    The last day of a period of so many months that begins after a day.

    It is the day of the same number, or the last of its month where there is none: one month
    after 31 January ends on 28 or 29 February. At most the last of all days.
    """
    year, months_before = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    try:
        return date(year, months_before + 1, day.day)
    except ValueError:
        return date(year, months_before + 1, monthrange(year, months_before + 1)[1])


def add_years(day: date, years: int) -> date:
    """The last day of a period of so many years; from 29 February it may be the 28th."""
    return add_months(day, 12 * years)
