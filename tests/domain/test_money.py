"""Money in fen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import NOTHING, Money


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("0", 0),
        ("0.00", 0),
        ("0.5", 50),
        ("0.05", 5),
        ("150", 15000),
        ("150.0", 15000),
        ("150.00", 15000),
        ("150.25", 15025),
        ("007", 700),
        ("999999999.99", 99999999999),
    ],
)
def test_yuan_as_the_police_write_it(text: str, fen: int) -> None:
    assert Money.of_yuan_text(text) == Money(fen)


NOT_AMOUNTS = (
    *("", " ", "-1", "+1", "1.", ".5", "1.234", "1,000", "1e3", "NaN", "inf", "一百", "１５０"),
    *("1 0", "1000000000", "0x10", "150元", "150\n"),
)


@pytest.mark.parametrize("text", NOT_AMOUNTS)
def test_anything_else_is_no_amount(text: str) -> None:
    with pytest.raises(ValueError, match="not an amount in yuan"):
        Money.of_yuan_text(text)


@given(st.integers(min_value=0, max_value=10**11 - 1))
def test_there_and_back(fen: int) -> None:
    money = Money(fen)

    assert Money.of_yuan_text(money.yuan) == money
    assert len(money.yuan.partition(".")[2]) == 2


def test_amounts_are_ordered() -> None:
    assert NOTHING < Money(1) < Money(100)
    assert NOTHING.yuan == "0.00"
