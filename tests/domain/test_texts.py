"""What people read."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from string import Formatter

import pytest

from domain.failures import Failure, Upstream
from domain.letters import LICENCE_STATUS_ZH, LicenceStatus
from domain.plates import PlateProblem
from domain.refusal_texts import (
    WORDINGS,
    Wording,
    refusal_legal_basis,
    refusal_message,
    refusal_next_step,
    refusal_read_aloud,
    wording,
)
from domain.refusals import Refusal, RefusalCode
from domain.rules.catalogue import CATALOGUE
from domain.texts import FAILURE_TEXTS, PLATE_TEXTS, Language, Text, failure_message

ROOT = Path(__file__).parents[2]
FLOORS = ("domain", "gateways", "graphql_api", "models", "resolvers", "services")
REFUSALS = {f"{code}.{detail}" if detail else code: one for (code, detail), one in WORDINGS.items()}
SAID_OF_REFUSALS = {
    f"{kind}.{name}": text
    for name, one in REFUSALS.items()
    for kind, text in {
        "message": one.message,
        "next": one.next_step,
        "aloud": one.read_aloud,
    }.items()
}
ALL = (
    {f"plate.{name}": text for name, text in PLATE_TEXTS.items()}
    | {f"failure.{name}": text for name, text in FAILURE_TEXTS.items()}
    | SAID_OF_REFUSALS
)
PLACEHOLDERS = [
    *("part", "limit", "reference", "number", "agency", "date", "age", "opens", "closes"),
    *("fine", "amount", "points", "after"),
]
VALUES = dict.fromkeys(PLACEHOLDERS, "7")
CELLS = {
    f"{part}{language}" for part in ("", "next_", "aloud_", "basis_") for language in ("zh", "en")
}
ARTICLE = re.compile("第([一二三四五六七八九十百零]+)条")
# What a person can mend by another entry is no matter of law.
NO_LAW = set(list(RefusalCode)[: list(RefusalCode).index(RefusalCode.ANNULLED)])


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_both_languages_say_the_same(text: Text) -> None:
    assert placeholders(text.zh) == placeholders(text.en) <= set(VALUES)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
    assert text.en.isascii() or placeholders(text.en) or "渝" in text.en
    assert text.zh.endswith("。")
    assert text.en.endswith(".")


@pytest.mark.parametrize("name", REFUSALS)
def test_everything_is_said_of_every_refusal(name: str) -> None:
    code, _, detail = name.partition(".")
    refusal = Refusal(RefusalCode(code), detail or None, VALUES)

    for language in Language:
        basis = refusal_legal_basis(refusal, language)
        said = [
            refusal_message(refusal, language),
            refusal_next_step(refusal, language),
            refusal_read_aloud(refusal, language),
        ]
        assert all(said)
        assert "{" not in "".join(said) + (basis or "")
        assert (basis is None) is (refusal.code in NO_LAW)


@pytest.mark.parametrize("one", REFUSALS.values(), ids=REFUSALS)
def test_what_is_read_aloud_is_short_and_has_no_numbers(one: Wording) -> None:
    assert len(one.read_aloud.zh) <= 30
    assert len(one.read_aloud.en) <= 90
    assert not placeholders(one.read_aloud.zh)
    assert not any(letter.isdigit() for letter in one.read_aloud.zh + one.read_aloud.en)


@pytest.mark.parametrize("one", REFUSALS.values(), ids=REFUSALS)
def test_a_legal_basis_names_the_same_articles_in_both_languages(one: Wording) -> None:
    if one.legal_basis is None:
        return
    zh, en = one.legal_basis.zh, one.legal_basis.en

    articles = [
        number_of(numeral) for numeral in re.findall("第([一二三四五六七八九十百零]+)条", zh)
    ]
    assert articles == [int(number) for number in re.findall(r"(?<!order )\b\d+\b", en)]
    assert articles or zh.startswith("本市")


def number_of(numeral: str) -> int:
    """A Chinese numeral below a thousand: 一百零八, 七十三, 十."""
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.lstrip("零").rpartition("十")
    digit = dict(zip("一二三四五六七八九", range(1, 10), strict=True))
    return (
        100 * digit.get(hundreds, 0) + 10 * (digit.get(tens, 1) if ten else 0) + digit.get(ones, 0)
    )


def test_no_text_is_missing_or_left_over() -> None:
    assert {code for code, _ in WORDINGS} == set(RefusalCode)
    assert set(PLATE_TEXTS) == {problem.value for problem in PlateProblem}


def test_every_rule_that_is_named_is_in_the_catalogue() -> None:
    named = {one.rule for one in WORDINGS.values()} - {None}

    assert named <= set(CATALOGUE)
    assert {"handle.max_fine_fen", "handle.points_after", "hours.handle"} <= named


def test_the_file_has_no_cell_that_nobody_reads_and_keeps_the_order_of_the_codes() -> None:
    file = ROOT / "domain" / "data" / "refusals.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8"))

    assert list(tables) == [code.value for code in RefusalCode]
    for cells in tables.values():
        details = [cell for cell in cells.values() if isinstance(cell, dict)]
        flat = {key for key, cell in cells.items() if not isinstance(cell, dict)}
        for keys in (flat, *map(set, details)):
            assert keys <= CELLS | {"rule"}
            assert {key[:-2] for key in keys if key.endswith("zh")} == {
                key[:-2] for key in keys if key.endswith("en")
            }


@pytest.mark.parametrize("status", LicenceStatus)
def test_a_licence_status_is_named_in_words_and_by_its_letter(status: LicenceStatus) -> None:
    said = wording(Refusal(RefusalCode.LICENCE_STATUS, status.name.lower())).message

    if status is not LicenceStatus.UNKNOWN:
        assert f"“{LICENCE_STATUS_ZH[status]}”（{status.value}）" in said.zh
        assert f"({status.value})" in said.en


def test_a_detail_takes_from_its_code_what_it_leaves_out() -> None:
    general = wording(Refusal(RefusalCode.DECISION_NOT_YET_VISIBLE))
    dated = wording(Refusal(RefusalCode.DECISION_NOT_YET_VISIBLE, "until"))

    assert replace(dated, next_step=general.next_step) == general
    assert refusal_next_step(
        Refusal(RefusalCode.DECISION_NOT_YET_VISIBLE, "until", {"date": "2026-11-24 11:00"}),
        Language.EN,
    ).startswith("Try again after 2026-11-24 11:00, or")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("problem", PlateProblem)
def test_every_plate_problem_is_told_precisely(problem: PlateProblem, language: Language) -> None:
    refusal = Refusal(RefusalCode.PLATE_INVALID, detail=problem.value, values={"part": "{part}"})

    message = refusal_message(refusal, language)

    assert message.startswith(refusal_message(Refusal(RefusalCode.PLATE_INVALID), language))
    assert message.endswith(PLATE_TEXTS[problem.value].in_language(language, {"part": "{part}"}))
    assert (". " in message) is (language is Language.EN)
    assert f"plate_{problem.value}" in FAILURE_TEXTS


def test_what_somebody_typed_is_not_read_as_a_placeholder() -> None:
    typed = {"part": "{limit}{0}{part.__class__}"}

    message = failure_message("plate_character", Language.EN, typed)

    assert message == "“{limit}{0}{part.__class__}” cannot stand there in a plate."


def test_every_failure_raised_anywhere_has_a_text() -> None:
    keys = set(_keys_in_use())

    assert {"sign_in", "bad_id", "bad_cursor", "page_size", "police_unavailable"} <= keys
    assert keys <= set(FAILURE_TEXTS)
    assert set(FAILURE_TEXTS) - {f"plate_{problem}" for problem in PlateProblem} <= keys


def _keys_in_use() -> Iterator[str]:
    """The first argument of every failure made, and of every call of failure_message."""
    failures = {kind.__name__ for kind in _kinds(Failure)} | {"failure_message"}
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and call.args and _name(call.func) in failures:
                    first = call.args[0]
                    if isinstance(first, ast.Constant):
                        yield str(first.value)
    yield from (f"{one}_unavailable" for one in Upstream)


def _kinds(kind: type[Failure]) -> Iterator[type[Failure]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))
