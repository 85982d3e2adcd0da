"""How the value of a rule is written in a file, checked, and said in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import Any

from domain.money import Money
from domain.rules.toml_lines import Path
from domain.rules.toml_text import to_toml
from domain.rules.values import Hours, PointsLimit
from domain.rules.words import NO_LIMIT, Unit
from domain.texts import Text

POINTS_LIMIT = re.compile(r"(<=?) ?(\d{1,2})", re.ASCII)
HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)
NAME = re.compile(r"[0-9A-Za-z.-]{1,40}")
SHOWN_CHARACTERS = 40
NONE = "none"


@dataclass(frozen=True, slots=True)
class Fault:
    """What to write instead of a part of a value."""

    message: str
    path: Path = ()


class WrongValue(Exception):
    """A value cannot be used; `faults` has every part of it that is wrong."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Kind:
    """
    One way to write values.

    :ivar wanted: what to write, as it ends the sentence "write ..."
    :ivar read: from what TOML says to the value; raises WrongValue
    :ivar words: the value as people say it
    """

    wanted: str
    read: Callable[[object], Any]
    words: Callable[[Any], Text]


def wrong(raw: object, wanted: str, more: str = "") -> WrongValue:
    """The exception that says what to write instead of a value."""
    written = to_toml(raw)
    shown = written if len(written) <= SHOWN_CHARACTERS else written[: SHOWN_CHARACTERS - 1] + "…"
    return WrongValue(Fault(f"{shown} cannot be used: write {wanted}.{more}"))


def is_whole(raw: object, low: int, high: int) -> bool:
    """Whether TOML says a whole number within limits; true and false are none."""
    return isinstance(raw, int) and not isinstance(raw, bool) and low <= raw <= high


def whole(low: int, high: int, unit: Unit) -> Kind:
    """A whole number of something, both limits included."""
    wanted = f"a whole number from {low} to {high} ({unit.many})"

    def read(raw: object) -> object:
        if not is_whole(raw, low, high):
            raise wrong(raw, wanted)
        return raw

    return Kind(wanted, read, unit.count)


def amount(highest_fen: int) -> Kind:
    """An amount of money in fen."""
    wanted = f"a whole number of fen from 0 to {highest_fen}, such as 20000 for 200 yuan"

    def read(raw: object) -> Money:
        if not isinstance(raw, int) or not is_whole(raw, 0, highest_fen):
            raise wrong(raw, wanted)
        return Money(raw)

    return Kind(wanted, read, lambda money: Text(f"{money.yuan} 元", f"{money.yuan} yuan"))


def unless_none(kind: Kind) -> Kind:
    """The same, or "none" for no limit at all."""
    wanted = f'{kind.wanted}, or "{NONE}" for no limit'

    def read(raw: object) -> object:
        if raw == NONE:
            return None
        try:
            return kind.read(raw)
        except WrongValue:
            raise wrong(raw, wanted) from None

    return Kind(wanted, read, lambda value: NO_LIMIT if value is None else kind.words(value))


def yes_or_no() -> Kind:
    """True or false."""
    wanted = "true or false, without quotation marks"

    def read(raw: object) -> object:
        if not isinstance(raw, bool):
            raise wrong(raw, wanted)
        return raw

    return Kind(wanted, read, lambda yes: Text("是", "yes") if yes else Text("否", "no"))


def only(value: str, meaning: Text) -> Kind:
    """The one value that is supported."""
    wanted = f'"{value}": nothing else is supported'

    def read(raw: object) -> str:
        if raw != value:
            raise wrong(raw, wanted)
        return value

    return Kind(wanted, read, lambda _: meaning)


def points_limit(highest: int) -> Kind:
    """Fewer than, or at most, so many points."""
    wanted = f'"<" or "<=" and a whole number from 0 to {highest}, such as "<12" or "<=11"'

    def read(raw: object) -> PointsLimit:
        match = POINTS_LIMIT.fullmatch(raw) if isinstance(raw, str) else None
        if match is None or int(match[2]) > highest:
            raise wrong(raw, wanted)
        return PointsLimit(int(match[2]), inclusive=match[1] == "<=")

    def words(limit: PointsLimit) -> Text:
        if limit.inclusive:
            return Text(f"不超过 {limit.bound} 分", f"at most {limit.bound} points")
        return Text(f"少于 {limit.bound} 分", f"fewer than {limit.bound} points")

    return Kind(wanted, read, words)


def hours() -> Kind:
    """The hours of the day in which something is done."""
    wanted = 'two different times of the day such as "08:00-18:00", or "00:00-24:00" for all day'

    def read(raw: object) -> Hours:
        match = HOURS.fullmatch(raw) if isinstance(raw, str) else None
        if match is None:
            raise wrong(raw, wanted)
        opens, closes = (time(int(hour or 0), int(minute or 0)) for hour, minute in _pairs(match))
        # 24:00 closes the day and is written 00:00 in Python; nothing else makes equal ends.
        if opens == closes and raw != "00:00-24:00":
            raise wrong(raw, wanted)
        return Hours(opens, closes)

    def words(day: Hours) -> Text:
        if day.opens == day.closes:
            return Text("全天", "all day")
        opens, closes = f"{day.opens:%H:%M}", f"{day.closes:%H:%M}".replace("00:00", "24:00")
        return Text(f"每天 {opens} 至 {closes}", f"daily from {opens} to {closes}")

    return Kind(wanted, read, words)


def _pairs(match: re.Match[str]) -> list[tuple[str | None, str | None]]:
    return [(match[1], match[2]), (match[3], match[4])]


def name() -> Kind:
    """A short name such as a version."""
    wanted = 'a name of letters, digits, dots and hyphens in quotation marks, such as "2024-01-01"'

    def read(raw: object) -> str:
        if not isinstance(raw, str) or not NAME.fullmatch(raw):
            raise wrong(raw, wanted)
        return raw

    return Kind(wanted, read, lambda written: Text(written, written))
