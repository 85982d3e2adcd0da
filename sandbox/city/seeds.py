"""Chance without surprise: every entity draws from a source of its own."""

import math
import random
from datetime import date, datetime, time, timedelta, timezone

# Nothing of the city may depend on the day it is made.
DEFAULT_TODAY = date(2026, 11, 1)
CHINA = timezone(timedelta(hours=8))


def chance(seed: int, kind: str, index: int) -> random.Random:
    return random.Random(f"{seed}:{kind}:{index}")  # noqa: S311 - invented people need no secrets


def moment(day: date, seconds: int) -> datetime:
    return datetime.combine(day, time(), CHINA) + timedelta(seconds=seconds)


def years_after(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th."""
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if leap else day.day)


class Shuffle:
    """
    A reversible shuffle of 0..size-1.

    Numbers made with it are unique without a list of those given out, and lead back to their
    entity without an index, so a city of any size costs no memory.
    """

    def __init__(self, seed: int, kind: str, size: int) -> None:
        self._size = size
        source = chance(seed, f"shuffle-{kind}", size)
        self._offset = source.randrange(size)
        self._factor = source.randrange(size // 3, size)
        while math.gcd(self._factor, size) != 1:
            self._factor += 1
        self._inverse = pow(self._factor, -1, size)

    def hide(self, index: int) -> int:
        return (index * self._factor + self._offset) % self._size

    def find(self, hidden: int) -> int:
        return (hidden - self._offset) * self._inverse % self._size
