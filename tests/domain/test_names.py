"""Names as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import parse_name


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("王小明", "王小明"),
        (" 王 小 明\u3000", "王小明"),
        ("艾力·买买提", "艾力·买买提"),
        ("艾力•买买提", "艾力·买买提"),
        ("艾力．买买提", "艾力·买买提"),
        ("Wang", "Wang"),
    ],
)
def test_names(typed: str, name: str) -> None:
    assert parse_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["", " ", "王", "··", "王1", "王<b>", "王" * 51, "'; DROP", "王\x00明"]
)
def test_what_is_no_name(typed: str) -> None:
    assert parse_name(typed) is None


@given(st.text())
def test_any_text_gets_an_answer(typed: str) -> None:
    name = parse_name(typed)

    assert name is None or parse_name(name) == name
