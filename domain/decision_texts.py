"""
The text of a penalty decision, as order 157, art. 45 wants it, by templates with versions.

A template is plain text. `{word}` stands for a value; a line that begins with `[word] ` is there
only where that holds. The number and the day are filled in once the register has decided.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from domain.money import NOTHING, Money
from domain.plates import Plate
from domain.rules.values import Rules
from domain.times import CHINA
from domain.violations import CaptureKind

FOLDER, SUFFIX = "decision_texts", ".txt"
VALUE = re.compile(r"\{(\w+)\}")
CONDITION = re.compile(r"\[(\w+)\] (.*)")
NUMBER, DECIDED_ON = "number", "decided_on"
TO_COME = "（作出决定后填写）"
# No value can pass for a place of the template.
NO_BRACES = str.maketrans("{}", "｛｝")
LAWS = {
    "道交法": "《道路交通安全法》",
    "实施条例": "《道路交通安全法实施条例》",
    "部令163号": "《道路交通安全违法行为记分管理办法》",
}
ARTICLE = re.compile(r"\s*(\d+(?:-\d+)?)条")


@dataclass(frozen=True, slots=True)
class DecisionMatter:
    """What a decision about one camera record is about, and what it imposes; all of it is shown."""

    name: str = field(repr=False)
    licence_number: str = field(repr=False)
    file_number: str | None = field(repr=False)
    plate: Plate
    record_number: str
    occurred_at: datetime
    place: str | None = field(repr=False)
    code: str
    act: str
    measured: str | None
    limit: str | None
    basis: tuple[str, ...]
    fine: Money
    points: int
    agency: str | None


class UnknownTextVersion(LookupError):
    """There is no template of that version."""


def text_versions() -> tuple[str, ...]:
    """The versions that there are templates of, the oldest first."""
    found = (files("domain.data") / FOLDER).iterdir()
    return tuple(sorted(one.name.removesuffix(SUFFIX) for one in found))


def draft(version: str, matter: DecisionMatter, rules: Rules) -> str:
    """
    The text of a decision that has no number and no day yet.

    :raises UnknownTextVersion: if there is no template of that version
    """
    values = {**_matter_values(matter), **_rule_values(rules)}
    shown = {name: value.translate(NO_BRACES) for name, value in values.items()}
    lines = _lines(_template(version), _holds(matter, rules))
    return _filled("\n".join(lines), shown)


def before_decision(text: str) -> str:
    """A draft as it is shown before there is a decision."""
    return _filled(text, {NUMBER: TO_COME, DECIDED_ON: TO_COME})


def as_decided(text: str, number: str, decided_on: date) -> str:
    """A draft, completed by the number and the legal day of the decision."""
    return _filled(text, {NUMBER: number, DECIDED_ON: _day(decided_on)})


@cache
def _template(version: str) -> str:
    if version not in text_versions():
        raise UnknownTextVersion(version)
    source = files("domain.data") / FOLDER / f"{version}{SUFFIX}"
    return source.read_text(encoding="utf-8").strip()


def _lines(template: str, holds: frozenset[str]) -> Iterator[str]:
    for line in template.splitlines():
        conditional = CONDITION.fullmatch(line)
        if conditional is None:
            yield line
        elif conditional[1] in holds:
            yield conditional[2]


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Values in their places; a place without a value stays."""
    return VALUE.sub(lambda place: values.get(place[1], place[0]), text)


def _holds(matter: DecisionMatter, rules: Rules) -> frozenset[str]:
    conditions = {
        "file": matter.file_number is not None,
        "measured": None not in (matter.measured, matter.limit),
        "basis": bool(matter.basis),
        "fine": matter.fine != NOTHING,
        "warning": matter.fine == NOTHING,
        "points": matter.points > 0,
        "no_points": matter.points == 0,
        "reconsider_first": CaptureKind.CAMERA in rules.reconsider_first_kinds,
        "court_directly": CaptureKind.CAMERA not in rules.reconsider_first_kinds,
    }
    return frozenset(name for name, holds in conditions.items() if holds)


def _matter_values(matter: DecisionMatter) -> dict[str, str]:
    return {
        "name": matter.name,
        "licence_number": matter.licence_number,
        "file_number": matter.file_number or "",
        "plate": matter.plate.number,
        "plate_type": matter.plate.plate_type.value,
        "record_number": matter.record_number,
        "occurred_at": _instant(matter.occurred_at),
        "place": matter.place or "记录所载地点",
        "code": matter.code,
        "act": matter.act,
        "measured": matter.measured or "",
        "limit": matter.limit or "",
        "basis": "；".join(_in_full(basis) for basis in matter.basis),
        "fine": matter.fine.yuan,
        "points": str(matter.points),
        "agency": matter.agency or "记录违法行为的公安机关交通管理部门",
    }


def _rule_values(rules: Rules) -> dict[str, str]:
    return {
        "pay_days": str(rules.pay_days),
        "surcharge_percent": str(rules.surcharge_percent_per_day),
        "surcharge_cap": str(rules.surcharge_cap_percent),
        "reconsider_days": str(rules.reconsider_days),
        "litigate_months": str(rules.litigate_months),
        "litigate_days": str(rules.litigate_days_after_reconsideration),
    }


def _in_full(basis: str) -> str:
    """The short names of the code table as the laws are called."""
    for short, name in LAWS.items():
        basis = basis.replace(short, name)
    return ARTICLE.sub(r"第\1条", basis).replace(";", "、")


def _instant(instant: datetime) -> str:
    local = instant.astimezone(CHINA)
    return f"{_day(local.date())}{local:%H时%M分}"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
