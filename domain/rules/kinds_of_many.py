"""Values that are one or several of a list, and tables of values."""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any

from domain.rules.documents import did_you_mean
from domain.rules.kinds import Fault, Kind, WrongValue, wrong
from domain.rules.toml_text import to_toml
from domain.rules.words import ANY, NONE_OF_THEM
from domain.texts import Text

ALL = "any"
# Between codes as short as this, nearness means nothing.
CODE_LENGTH = 2


def one_of(words: Mapping[StrEnum, Text]) -> Kind:
    """One member of an enum."""
    written = {str(member): member for member in words}
    wanted = _either(written)

    def read(raw: object) -> StrEnum:
        if not isinstance(raw, str) or raw not in written:
            raise wrong(raw, wanted, _guess(raw, written))
        return written[raw]

    return Kind(wanted, read, lambda member: words[member])


def some_of(words: Mapping[StrEnum, Text], *, at_least: int = 0, or_any: bool = False) -> Kind:
    """Several members of an enum as a frozenset; with `or_any`, None stands for all."""
    written = {str(member): member for member in words}
    wanted = f"a list such as {to_toml(list(written)[:2])}{_or_any(or_any)}"

    def element(raw: object) -> StrEnum:
        if not isinstance(raw, str) or raw not in written:
            raise wrong(raw, _either(written), _guess(raw, written))
        return written[raw]

    def read(raw: object) -> frozenset[StrEnum] | None:
        if or_any and raw == ALL:
            return None
        return frozenset(_elements(raw, element, wanted, at_least))

    def said(some: frozenset[StrEnum] | None) -> Text:
        return _listed(some, [words[member] for member in words if member in (some or ())])

    return Kind(wanted, read, said)


def codes(pattern: str, example: str, *, or_any: bool = False) -> Kind:
    """Several codes of a form as a tuple; with `or_any`, None stands for all."""
    wanted = f"a list such as {example}{_or_any(or_any)}"
    form = re.compile(pattern, re.ASCII)

    def element(raw: object) -> str:
        if not isinstance(raw, str) or not form.fullmatch(raw):
            raise wrong(raw, f"codes in quotation marks as in {example}")
        return raw

    def read(raw: object) -> tuple[str, ...] | None:
        if or_any and raw == ALL:
            return None
        return tuple(_elements(raw, element, wanted, 1 if or_any else 0))

    def said(some: Iterable[str] | None) -> Text:
        return _listed(some, [Text(code, code) for code in sorted(some or ())])

    return Kind(wanted, read, said)


def table(make: Callable[..., Any], fields: Mapping[str, tuple[Text, Kind]]) -> Kind:
    """A table whose parts each have a kind; `make` is called with the parts by name."""
    wanted = f"a table {{{', '.join(f'{name} = …' for name in fields)}}}"

    def read(raw: object) -> Any:
        if not isinstance(raw, dict):
            raise wrong(raw, wanted)
        faults = [
            Fault(f'There is no "{name}" in this rule.{did_you_mean(name, fields)}', (name,))
            for name in raw.keys() - fields.keys()
        ]
        parts = {}
        for name, (_, kind) in fields.items():
            try:
                parts[name] = _part(raw, name, kind)
            except WrongValue as error:
                faults += [Fault(one.message, (name, *one.path)) for one in error.faults]
        if faults:
            raise WrongValue(*faults)
        return make(**parts)

    def words(value: Any) -> Text:
        said = [(label, kind.words(getattr(value, name))) for name, (label, kind) in fields.items()]
        return Text(
            "；".join(f"{label.zh}：{part.zh}" for label, part in said),
            "; ".join(f"{label.en}: {part.en}" for label, part in said),
        )

    return Kind(wanted, read, words)


def _part(raw: Mapping[str, object], name: str, kind: Kind) -> object:
    if name not in raw:
        raise WrongValue(Fault(f'"{name}" is missing: write {name} = {kind.wanted}.'))
    return kind.read(raw[name])


def _elements(
    raw: object, element: Callable[[object], Any], wanted: str, at_least: int
) -> list[Any]:
    if not isinstance(raw, list) or len(raw) < at_least:
        raise wrong(raw, wanted)
    found: list[Any] = []
    faults: list[Fault] = []
    for place, part in enumerate(raw):
        try:
            one = element(part)
        except WrongValue as error:
            faults += [Fault(fault.message, (place,)) for fault in error.faults]
            continue
        if one in found:
            faults.append(Fault(f"{to_toml(part)} stands twice in the list: remove one.", (place,)))
        found.append(one)
    if faults:
        raise WrongValue(*faults)
    return found


def _either(written: Mapping[str, object]) -> str:
    return "one of " + ", ".join(f'"{word}"' for word in written)


def _or_any(or_any: bool) -> str:
    return f', or "{ALL}" for all' if or_any else ""


def _guess(raw: object, written: Mapping[str, object]) -> str:
    return did_you_mean(raw, written) if isinstance(raw, str) and len(raw) > CODE_LENGTH else ""


def _listed(some: object, parts: list[Text]) -> Text:
    if some is None:
        return ANY
    if not parts:
        return NONE_OF_THEM
    return Text("、".join(part.zh for part in parts), ", ".join(part.en for part in parts))
