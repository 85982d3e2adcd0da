"""A first minor violation becomes a warning (rule R43)."""

from datetime import date

import pytest

from domain.law.first_offence import History, becomes_warning
from domain.rules.values import FirstOffence
from tests.domain.law.cases import TODAY, rules

CITY = rules(
    first_offence=FirstOffence(
        enabled=True, once_in_months=12, clean_months=6, codes=frozenset({"1039", "13441"})
    )
)
OCCURRED_ON = date(2026, 11, 1)
SPOTLESS = History(None, None, all_handled=True)


def test_a_spotless_driver_is_warned() -> None:
    assert becomes_warning("1039", OCCURRED_ON, TODAY, SPOTLESS, CITY)
    assert becomes_warning("13441", OCCURRED_ON, TODAY, SPOTLESS, CITY)


@pytest.mark.parametrize("code", ["1625", "10391", "1344", "103", ""])
def test_other_codes_are_not_minor(code: str) -> None:
    assert not becomes_warning(code, OCCURRED_ON, TODAY, SPOTLESS, CITY)


def test_the_city_must_have_it() -> None:
    assert not becomes_warning("1039", OCCURRED_ON, TODAY, SPOTLESS, rules())


def test_an_unknown_history_is_not_a_clean_one() -> None:
    assert not becomes_warning("1039", OCCURRED_ON, TODAY, None, CITY)


def test_everything_else_must_have_been_handled() -> None:
    waiting = History(None, None, all_handled=False)

    assert not becomes_warning("1039", OCCURRED_ON, TODAY, waiting, CITY)


@pytest.mark.parametrize(
    ("last_before", "warned"),
    [("2026-04-30", True), ("2026-05-01", False), ("2026-10-31", False), ("2020-01-01", True)],
)
def test_six_clean_months_before_the_act(last_before: str, warned: bool) -> None:
    history = History(date.fromisoformat(last_before), None, all_handled=True)

    assert becomes_warning("1039", OCCURRED_ON, TODAY, history, CITY) is warned


@pytest.mark.parametrize(
    ("last_exemption", "warned"),
    [("2025-11-21", True), ("2025-11-22", False), ("2026-11-21", False)],
)
def test_once_in_twelve_months_to_the_day_of_handling(last_exemption: str, warned: bool) -> None:
    history = History(None, date.fromisoformat(last_exemption), all_handled=True)

    assert becomes_warning("1039", OCCURRED_ON, TODAY, history, CITY) is warned
