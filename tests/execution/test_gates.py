"""Permissions, extensions and refusals that are shown, as graphql-core executes them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.execution.both import same_answer
from tests.execution.kitchen.answers import Answer, Trouble
from tests.execution.kitchen.gates import Gate, Passed, Refused
from tests.execution.kitchen.roots import Kitchen, schema

TEXT = """{ gate {
  passage { __typename ...Shown } laterPassage { __typename ...Shown }
  maybeGuarded laterGuarded guardedAttribute quiet quietList loud
} }
fragment Shown on Passage { ... on Passed { text } ... on RefusedShown { reason maybe } }"""


def saying(value: Any) -> Callable[[], Any]:
    """Says the value, or raises it."""

    def say() -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    return say


def gate(value: Any, *, is_open: bool, turns: int) -> Gate:
    """A gate whose passages say the value."""
    answers = dict.fromkeys(
        ("maybe_guarded", "later_guarded", "quiet", "loud"), Answer(lambda: "7", turns)
    )
    answers["quiet_list"] = Answer(lambda: ["a"])
    answers["passage"] = answers["later_passage"] = Answer(saying(value), turns)
    one: Any = object.__new__(Gate)
    one.answers, one.open, one.guarded_attribute = answers, is_open, "attribute"
    return one  # type: ignore[no-any-return]


def passed() -> Passed:
    """One that got through."""
    one: Any = object.__new__(Passed)
    one.answers = {"text": Answer(lambda: "through")}
    return one  # type: ignore[no-any-return]


@pytest.mark.parametrize("turns", [0, 2])
@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (passed(), {"__typename": "Passed", "text": "through"}),
        (
            Refused("No.", shown=True),
            {"__typename": "RefusedShown", "reason": "No.", "maybe": None},
        ),
    ],
)
async def test_a_refusal_is_shown(value: Any, shown: Any, is_open: bool, turns: int) -> None:
    answers = {"gate": Answer(lambda: gate(value, is_open=is_open, turns=turns))}

    answer = await same_answer(schema, TEXT, context=Kitchen(answers))

    assert answer.data is not None
    assert answer.data["gate"]["passage"] == answer.data["gate"]["laterPassage"] == shown
    assert answer.data["gate"]["quiet"] == ("7" if is_open else None)
    assert answer.data["gate"]["loud"] == "7!!"
    closed = [error.message for error in answer.errors or () if "laterGuarded" not in error.path]  # type: ignore[operator]
    assert closed == ([] if is_open else ["The gate is closed."] * 2)


@pytest.mark.parametrize("value", [Refused("No.", shown=False), Trouble("Else."), None, "text"])
async def test_whatever_is_not_shown_is_an_error(value: Any) -> None:
    answers = {"gate": Answer(lambda: gate(value, is_open=True, turns=0))}

    answer = await same_answer(
        schema, "{ gate { passage { __typename } } }", context=Kitchen(answers)
    )

    assert answer.data == {"gate": None}
    assert len(answer.errors or ()) == 1
