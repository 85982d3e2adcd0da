"""Instants and legal days. An instant is an aware UTC datetime; a day of law is a day in China."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache

# Fixed at UTC+8 and without daylight saving since 1992, so no zone database is needed.
AHEAD = timedelta(hours=8)
CHINA = timezone(AHEAD, "Asia/Shanghai")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The real clock. Everything else is given one."""
    return datetime.now(UTC)


def legal_day(instant: datetime) -> date:
    """The calendar day in China on which an instant falls."""
    if instant.tzinfo is UTC:
        # As nearly all are; a fraction of what a change of zones costs.
        return (instant + AHEAD).date()
    return instant.astimezone(CHINA).date()


# Days come again and again.
@lru_cache(maxsize=20_000)
def start_of(day: date) -> datetime:
    """The instant at which a legal day begins; of the first day there is, the first instant."""
    if day == date.min:
        return datetime.min.replace(tzinfo=UTC)
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).astimezone(UTC)
