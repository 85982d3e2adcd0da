"""What people read."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from domain.failures import Failure
from domain.plates import PlateProblem
from domain.refusals import Refusal, RefusalCode
from domain.texts import (
    FAILURE_TEXTS,
    NEXT_STEPS,
    PLATE_TEXTS,
    REFUSAL_TEXTS,
    Language,
    Text,
    failure_message,
    refusal_message,
    refusal_next_step,
)

ROOT = Path(__file__).parents[2]
FLOORS = ("domain", "gateways", "graphql_api", "models", "resolvers", "services")
ALL = {
    f"{name}.{key}": text
    for name, texts in {
        "plate": PLATE_TEXTS,
        "refusal": REFUSAL_TEXTS,
        "next": NEXT_STEPS,
        "failure": FAILURE_TEXTS,
    }.items()
    for key, text in texts.items()
}
VALUES = {"part": "X", "limit": "7", "reference": "r"}


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("text", ALL.values(), ids=ALL)
def test_both_languages_say_the_same(text: Text) -> None:
    assert placeholders(text.zh) == placeholders(text.en) <= set(VALUES)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh)
    assert text.en.isascii() or placeholders(text.en) or "渝" in text.en
    assert text.zh.endswith("。")
    assert text.en.endswith(".")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("code", RefusalCode)
def test_every_refusal_has_a_message_and_a_next_step(code: RefusalCode, language: Language) -> None:
    refusal = Refusal(code, values=VALUES)

    assert refusal_message(refusal, language)
    assert refusal_next_step(refusal, language)
    assert "{" not in refusal_message(refusal, language) + refusal_next_step(refusal, language)


def test_no_text_is_left_over() -> None:
    assert set(REFUSAL_TEXTS) == set(NEXT_STEPS) == {code.value for code in RefusalCode}
    assert set(PLATE_TEXTS) == {problem.value for problem in PlateProblem}


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("problem", PlateProblem)
def test_every_plate_problem_is_told_precisely(problem: PlateProblem, language: Language) -> None:
    refusal = Refusal(RefusalCode.PLATE_INVALID, detail=problem.value, values={"part": "{part}"})

    message = refusal_message(refusal, language)

    assert message.startswith(refusal_message(Refusal(RefusalCode.PLATE_INVALID), language))
    assert len(message) > len(refusal_message(Refusal(RefusalCode.PLATE_INVALID), language)) + 5
    assert f"plate_{problem.value}" in FAILURE_TEXTS


def test_what_somebody_typed_is_not_read_as_a_placeholder() -> None:
    typed = {"part": "{limit}{0}{part.__class__}"}

    message = failure_message("plate_character", Language.EN, typed)

    assert message == "“{limit}{0}{part.__class__}” cannot stand there in a plate."


def test_every_failure_raised_anywhere_has_a_text() -> None:
    keys = set(_keys_in_use())

    assert {"sign_in", "bad_id", "bad_cursor", "page_size", "upstream_unavailable"} <= keys
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
    yield "upstream_unavailable"


def _kinds(kind: type[Failure]) -> Iterator[type[Failure]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)


def _name(function: ast.expr) -> str:
    return getattr(function, "id", getattr(function, "attr", ""))
