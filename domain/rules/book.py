"""A city's rulebook: what is in force on a day, and how to explain it."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from domain.rules.catalogue import CATALOGUE
from domain.rules.documents import did_you_mean
from domain.rules.toml_text import to_toml
from domain.rules.values import Rules
from domain.rules.versions import ALWAYS, Timeline, Version
from domain.texts import Text


@dataclass(frozen=True, slots=True)
class City:
    """Whose rulebook it is. `province` says which fines apply."""

    id: str
    name: Text
    province: str


@dataclass(frozen=True, slots=True)
class RuleInForce:
    """
    One rule as of a day, told to people.

    :ivar value: as a rulebook writes it (TOML)
    :ivar valid_from: the first day; None if it has held since always
    :ivar valid_until: the last day; None if no other version follows
    :ivar is_default: whether the city says nothing of its own about that day
    """

    number: int | None
    key: str
    meaning: Text
    value: str
    words: Text
    valid_from: date | None
    valid_until: date | None
    source: Text
    is_default: bool


class UnknownRule(LookupError):
    """There is no rule of that key."""


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules of a city through time. Made once, then only looked up."""

    city: City
    timelines: Mapping[str, Timeline] = field(repr=False)
    eras: tuple[tuple[date, Rules], ...] = field(repr=False)
    _days: tuple[date, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_days", tuple(day for day, _ in self.eras))

    @classmethod
    def of(cls, city: City, own: Mapping[str, list[Version]]) -> "Rulebook":
        """The defaults, overlaid with a city's own versions by key."""
        timelines = {
            key: rule.defaults.with_own(own.get(key, ())) for key, rule in CATALOGUE.items()
        }
        days = {one.start for timeline in timelines.values() for one in timeline.versions}
        eras = tuple((day, _rules(timelines, day)) for day in sorted(days))
        return cls(city, MappingProxyType(timelines), eras)

    def on(self, day: date) -> Rules:
        """Everything in force on a legal day."""
        return self.eras[bisect_right(self._days, day) - 1][1]

    def keys(self) -> tuple[str, ...]:
        """Every key, in the order of the catalogue."""
        return tuple(CATALOGUE)

    def changes(self) -> tuple[date, ...]:
        """The days on which some rule changes."""
        return tuple(day for day in self._days if day != ALWAYS)

    def explain(self, key: str, day: date) -> RuleInForce:
        """
        One rule on a day, in words and with its source.

        :raises UnknownRule: if there is no such rule; says which one may be meant
        """
        if key not in CATALOGUE:
            raise UnknownRule(f'There is no rule "{key}".{did_you_mean(key, CATALOGUE)}')
        return self._in_force(key, day)

    def history(self, key: str) -> tuple[RuleInForce, ...]:
        """Every version of a rule, the first one first."""
        return tuple(self._in_force(key, version.start) for version in self.timelines[key].versions)

    def _in_force(self, key: str, day: date) -> RuleInForce:
        rule, timeline = CATALOGUE[key], self.timelines[key]
        version = timeline.at(day)
        return RuleInForce(
            number=rule.number,
            key=key,
            meaning=rule.meaning,
            value=to_toml(version.written),
            words=rule.kind.words(version.value),
            valid_from=None if version.start == ALWAYS else version.start,
            valid_until=timeline.last_day(day),
            source=version.source,
            is_default=version.is_default,
        )


def _rules(timelines: Mapping[str, Timeline], day: date) -> Rules:
    return Rules(**{rule.field: timelines[key].at(day).value for key, rule in CATALOGUE.items()})
