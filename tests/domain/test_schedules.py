"""When something unknown is asked about again."""

from datetime import timedelta

import pytest

from domain.schedules import wait_before_check

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.mark.parametrize(
    ("checks", "age", "wait"),
    [
        (0, 0 * SECOND, 5 * SECOND),
        (1, 5 * SECOND, 10 * SECOND),
        (2, 15 * SECOND, 20 * SECOND),
        (3, 35 * SECOND, 40 * SECOND),
        (4, 75 * SECOND, 60 * SECOND),
        (5, 135 * SECOND, 5 * MINUTE),
        (20, HOUR - SECOND, 5 * MINUTE),
        (20, HOUR, 30 * MINUTE),
        (99, 25 * HOUR - SECOND, 30 * MINUTE),
        (99, 25 * HOUR, None),
        (5, 30 * HOUR, None),
    ],
)
def test_less_and_less_often_and_then_people(
    checks: int, age: timedelta, wait: timedelta | None
) -> None:
    assert wait_before_check(checks, age) == wait
    if wait is not None:
        assert wait_before_check(checks, age, 1) == wait * 1.2
        assert wait_before_check(checks, age, -1) == wait * 0.8


def test_a_whole_life() -> None:
    """Five in two and a quarter minutes, twelve in the first hour, forty-eight in the day after."""
    age, checks = 0 * SECOND, 0
    while (wait := wait_before_check(checks, age)) is not None:
        age += wait
        checks += 1
    assert (checks, age) == (65, timedelta(hours=25, minutes=2, seconds=15))
