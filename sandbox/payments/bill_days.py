"""The days that bills are of: days in China."""

from datetime import date, datetime, timedelta
from typing import Any

from sandbox.city.seeds import CHINA
from sandbox.payments.till import Moved, Till

DAY = timedelta(days=1)
_DAY_LENGTH = len("2026-11-01")
_HALF_A_DAY = 43_200


def day_of(value: Any) -> date:
    """:raises ValueError: if it is no day like 2026-11-01"""
    if not isinstance(value, str) or len(value) != _DAY_LENGTH:
        raise ValueError("a day is like 2026-11-01")
    day = date.fromisoformat(value)
    if day == date.max:
        raise ValueError("there is no day after it")
    return day


def start_of(day: date) -> float:
    """Seconds since 1970."""
    return datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp()


def noon_of(day: date) -> float:
    """Seconds since 1970."""
    return start_of(day) + _HALF_A_DAY


def moved_on(till: Till, day: date) -> list[Moved]:
    """What moved on a day, the earliest first."""
    begin, end = start_of(day), start_of(day + DAY)
    return sorted((one for one in till.moved() if begin <= one.at < end), key=lambda one: one.at)
