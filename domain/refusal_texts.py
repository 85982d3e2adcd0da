"""What people are told when a rule says no, in Chinese and English: `domain/data/refusals.toml`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from domain.refusals import Refusal, RefusalCode
from domain.texts import PLATE_TEXTS, Language, Text


@dataclass(frozen=True, slots=True)
class Wording:
    """
    Everything that is said about one reason. `read_aloud` is one short sentence in everyday words.

    `legal_basis` is None where the reason is no matter of law. `rule` is the key of the rule that a
    city can set (`domain.rules.catalogue`), None where there is none.
    """

    message: Text
    next_step: Text
    read_aloud: Text
    legal_basis: Text | None
    rule: str | None


def wording(refusal: Refusal) -> Wording:
    """What is said about a reason, before its values are filled in."""
    return WORDINGS[refusal.code, refusal.detail]


def refusal_message(refusal: Refusal, language: Language) -> str:
    """What a refusal says, with its precise reason where there is one."""
    return wording(refusal).message.in_language(language, refusal.values)


def refusal_next_step(refusal: Refusal, language: Language) -> str:
    """What the person can do next."""
    return wording(refusal).next_step.in_language(language, refusal.values)


def refusal_read_aloud(refusal: Refusal, language: Language) -> str:
    """The reason and what to do, short enough to be read aloud to somebody who reads badly."""
    return wording(refusal).read_aloud.in_language(language, refusal.values)


def refusal_legal_basis(refusal: Refusal, language: Language) -> str | None:
    """The articles behind a refusal; None where it is no matter of law."""
    basis = wording(refusal).legal_basis
    return None if basis is None else basis.in_language(language, {})


def _read() -> Iterator[tuple[tuple[str, str | None], Wording]]:
    """Every wording by code and detail. A detail takes from its code what it leaves out."""
    source = files("domain.data") / "refusals.toml"
    for code, cells in tomllib.loads(source.read_text(encoding="utf-8")).items():
        yield (code, None), _wording(cells)
        for detail, more in cells.items():
            if isinstance(more, dict):
                yield (code, detail), _wording(cells | more)


def _wording(cells: Mapping[str, Any]) -> Wording:
    return Wording(
        message=Text(cells["zh"], cells["en"]),
        next_step=Text(cells["next_zh"], cells["next_en"]),
        read_aloud=Text(cells["aloud_zh"], cells["aloud_en"]),
        legal_basis=Text(cells["basis_zh"], cells["basis_en"]) if "basis_zh" in cells else None,
        rule=cells.get("rule"),
    )


def _plate_wordings(invalid: Wording) -> Iterator[tuple[tuple[str, str | None], Wording]]:
    """The problems of a plate, which are words of failures too."""
    said = invalid.message
    for problem, text in PLATE_TEXTS.items():
        message = Text(said.zh + text.zh, f"{said.en} {text.en}")
        yield (RefusalCode.PLATE_INVALID, problem), replace(invalid, message=message)


WORDINGS = dict(_read())
WORDINGS.update(_plate_wordings(WORDINGS[RefusalCode.PLATE_INVALID, None]))
