"""Masking."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.masking import HIDDEN, mask_name, mask_number


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("", "*"),
        ("张", "*"),
        ("张三", "*三"),
        ("张小明", "**明"),
        ("欧阳娜娜", "***娜"),
        ("阿卜杜热西提·买买提", "******·买买提"),
        ("司马义·艾买提·玉素甫", "*******·玉素甫"),
        ("买买提·", "***·"),
        ("重庆某某运输有限公司", "*********司"),
        ("John Smith", "*********h"),
    ],
)
def test_names(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("500000190001010015", "500*************15"),
        ("50000019040229002X", "500*************2X"),
        ("500100123456", "500*******56"),
        ("123456", "123*56"),
        ("12345", "*****"),
        ("1", "*"),
        ("", ""),
    ],
)
def test_numbers(number: str, shown: str) -> None:
    assert mask_number(number) == shown


# Letters that stand nowhere else, so that finding one means that it leaked.
SECRETS = st.text(alphabet="甲乙丙丁戊己庚辛", min_size=1, max_size=20)


@given(secret=SECRETS, last=st.sampled_from("子丑寅"))
def test_of_a_name_only_the_last_character_is_left(secret: str, last: str) -> None:
    masked = mask_name(secret + last)

    assert masked == HIDDEN * len(secret) + last


@given(given_name=SECRETS, family_name=st.text(alphabet="子丑寅", min_size=1, max_size=9))
def test_of_a_foreign_name_only_the_last_part_is_left(given_name: str, family_name: str) -> None:
    masked = mask_name(f"{given_name}·{family_name}")

    assert masked == f"{HIDDEN * len(given_name)}·{family_name}"


@given(first=st.text(min_size=3, max_size=3), secret=SECRETS, last=st.text(min_size=2, max_size=2))
def test_the_middle_of_a_number_is_hidden(first: str, secret: str, last: str) -> None:
    masked = mask_number(first + secret + last)

    assert masked == first + HIDDEN * len(secret) + last


@given(number=st.text(max_size=5))
def test_a_short_number_is_hidden_whole(number: str) -> None:
    assert mask_number(number) == HIDDEN * len(number)
