"""Numbers of identity cards, as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.identity_numbers import parse_identity_number

GOOD = "11010519491231002X"  # The example of GB 11643-1999, annex A.
ALPHABET = "0123456789X"


@pytest.mark.parametrize(
    "typed",
    [
        GOOD,
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "\u3000110105194912310 02X\t",
    ],
)
def test_what_people_type(typed: str) -> None:
    assert parse_identity_number(typed) == GOOD


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "X",
        GOOD[:-1],
        GOOD + "0",
        "110105194912310021",
        "110105194902300020",  # 30 February
        "010105194912310020",  # no region begins with 0
        "11010518491231002X",  # born in 1849
        "1101051949123100२X",
        "110105194912310O2X",
        "中" * 18,
        "1" * 100_000,
    ],
)
def test_what_no_card_can_carry(typed: str) -> None:
    assert parse_identity_number(typed) is None


@given(place=st.integers(0, 17), other=st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_noticed(place: int, other: str) -> None:
    typed = GOOD[:place] + other + GOOD[place + 1 :]

    assert parse_identity_number(typed) == (GOOD if typed == GOOD else None)


@given(place=st.integers(0, 16))
def test_two_neighbours_swapped_are_always_noticed(place: int) -> None:
    typed = GOOD[:place] + GOOD[place + 1] + GOOD[place] + GOOD[place + 2 :]

    assert parse_identity_number(typed) == (GOOD if typed == GOOD else None)


@given(st.text())
def test_any_text_gets_an_answer(typed: str) -> None:
    number = parse_identity_number(typed)

    assert number is None or len(number) == 18
