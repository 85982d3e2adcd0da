"""A rule through time: versions, each in force from its day until the next one's."""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from domain.texts import Text

ALWAYS = date.min


@dataclass(frozen=True, slots=True)
class Version:
    """
    What holds from a day on.

    :ivar written: the value as a file writes it
    :ivar value: the same, read
    """

    start: date
    written: object
    value: Any
    source: Text
    is_default: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """All versions of one rule, by their first day; the first one holds since always."""

    versions: tuple[Version, ...]

    def at(self, day: date) -> Version:
        """The version in force on a day."""
        return self.versions[self._place(day)]

    def last_day(self, day: date) -> date | None:
        """The last day of the version in force on a day; None if no other one follows."""
        after = self._place(day) + 1
        if after == len(self.versions):
            return None
        return self.versions[after].start - timedelta(days=1)

    def with_own(self, own: Iterable[Version]) -> "Timeline":
        """A city's own versions: from the first of them on the defaults no longer count."""
        city = sorted(own, key=lambda version: version.start)
        kept = [one for one in self.versions if not city or one.start < city[0].start]
        return Timeline((*kept, *city))

    def _place(self, day: date) -> int:
        return bisect_right(self.versions, day, key=lambda version: version.start) - 1
