"""Amounts in capital characters."""

import pytest

from domain.capital_amounts import in_capitals
from domain.money import Money

AMOUNTS = {
    0: "零元整",
    1: "壹分",
    10: "壹角整",
    15: "壹角伍分",
    1_00: "壹元整",
    10_00: "壹拾元整",
    11_00: "壹拾壹元整",
    50_00: "伍拾元整",
    200_00: "贰佰元整",
    101_00: "壹佰零壹元整",
    1010_00: "壹仟零壹拾元整",
    1001_00: "壹仟零壹元整",
    10000_00: "壹万元整",
    10001_00: "壹万零壹元整",
    10100_00: "壹万零壹佰元整",
    11000_00: "壹万壹仟元整",
    100010_00: "壹拾万零壹拾元整",
    20000_50: "贰万元伍角整",
    10000001_20: "壹仟万零壹元贰角整",
    100000000_00: "壹亿元整",
    100010000_00: "壹亿零壹万元整",
    100000001_00: "壹亿零壹元整",
    1010101010_00: "壹拾亿零壹仟零壹拾万零壹仟零壹拾元整",
    # The examples of the rule itself, where it gives them one spelling or two.
    1409_50: "壹仟肆佰零玖元伍角整",
    6007_14: "陆仟零柒元壹角肆分",
    1680_32: "壹仟陆佰捌拾元叁角贰分",
    107000_53: "壹拾万零柒仟元伍角叁分",
    16409_02: "壹万陆仟肆佰零玖元零贰分",
    325_04: "叁佰贰拾伍元零肆分",
    999_999_999_999_99: "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
}


@pytest.mark.parametrize(("fen", "text"), AMOUNTS.items())
def test_amounts(fen: int, text: str) -> None:
    assert in_capitals(Money(fen)) == f"人民币{text}"


@pytest.mark.parametrize("fen", [-1, 10**14])
def test_what_cannot_be_spelled(fen: int) -> None:
    with pytest.raises(ValueError, match="no amount that can be spelled"):
        in_capitals(Money(fen))


def test_no_two_amounts_are_spelled_alike() -> None:
    amounts = [*range(0, 3000), *range(99_990_00, 100_110_00, 7), *range(0, 10**14, 10**10 + 1)]

    assert len({in_capitals(Money(fen)) for fen in amounts}) == len(set(amounts))
