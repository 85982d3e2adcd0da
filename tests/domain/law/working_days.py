"""A calendar that knows 2026: the days off from Monday to Friday, and the weekends worked."""

from datetime import date, timedelta

from domain.law.workdays import WorkCalendar


def _days(first: date, last: date) -> set[date]:
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


HOLIDAYS = (
    _days(date(2026, 1, 1), date(2026, 1, 3))
    | _days(date(2026, 2, 15), date(2026, 2, 23))
    | _days(date(2026, 4, 4), date(2026, 4, 6))
    | _days(date(2026, 5, 1), date(2026, 5, 5))
    | _days(date(2026, 10, 1), date(2026, 10, 7))
)
WORKED = (date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9))

CALENDAR = WorkCalendar(
    years=frozenset({2026}),
    days_off=frozenset(day for day in HOLIDAYS if day.weekday() < 5),
    working_weekends=frozenset(WORKED),
)
