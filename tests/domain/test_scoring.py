"""Scoring cycles."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.scoring import ScoringCycle, cycle_on
from domain.rules.values import LeapDay


@pytest.mark.parametrize(
    ("first", "day", "starts", "ends"),
    [
        # The first day, the last day, the day after, and years later.
        ("2020-05-10", "2020-05-10", "2020-05-10", "2021-05-09"),
        ("2020-05-10", "2021-05-09", "2020-05-10", "2021-05-09"),
        ("2020-05-10", "2021-05-10", "2021-05-10", "2022-05-09"),
        ("2020-05-10", "2026-01-01", "2025-05-10", "2026-05-09"),
        ("2020-01-01", "2026-12-31", "2026-01-01", "2026-12-31"),
        ("2020-12-31", "2026-12-30", "2025-12-31", "2026-12-30"),
        ("2020-12-31", "2026-12-31", "2026-12-31", "2027-12-30"),
        # 29 February is 28 February in other years, and itself again in a leap year.
        ("2020-02-29", "2020-02-29", "2020-02-29", "2021-02-27"),
        ("2020-02-29", "2021-02-27", "2020-02-29", "2021-02-27"),
        ("2020-02-29", "2021-02-28", "2021-02-28", "2022-02-27"),
        ("2020-02-29", "2024-02-28", "2023-02-28", "2024-02-28"),
        ("2020-02-29", "2024-02-29", "2024-02-29", "2025-02-27"),
        ("2020-02-28", "2024-02-29", "2024-02-28", "2025-02-27"),
        ("2020-03-01", "2024-02-29", "2023-03-01", "2024-02-29"),
    ],
)
def test_the_cycle_of_a_day(first: str, day: str, starts: str, ends: str) -> None:
    cycle = cycle_on(date.fromisoformat(first), date.fromisoformat(day))

    assert cycle == ScoringCycle(date.fromisoformat(starts), date.fromisoformat(ends))


@given(first=st.dates(date(1950, 1, 1), date(2026, 1, 1)), days=st.integers(0, 70 * 366))
def test_cycles_follow_each_other_without_a_gap(first: date, days: int) -> None:
    day = first + timedelta(days=days)
    cycle = cycle_on(first, day)

    assert cycle.starts_on <= day <= cycle.ends_on
    assert 364 <= (cycle.ends_on - cycle.starts_on).days <= 365
    assert cycle_on(first, cycle.ends_on) == cycle
    assert cycle_on(
        first, cycle.ends_on + timedelta(days=1)
    ).starts_on == cycle.ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        ("2020-02-29", "2020-02-29", "2021-02-28"),
        ("2021-02-28", "2020-02-29", "2021-02-28"),
        ("2021-03-01", "2021-03-01", "2022-02-28"),
        ("2024-02-28", "2023-03-01", "2024-02-28"),
        ("2024-02-29", "2024-02-29", "2025-02-28"),
        # 2100 has no 29 February.
        ("2100-02-28", "2099-03-01", "2100-02-28"),
        ("2100-03-01", "2100-03-01", "2101-02-28"),
    ],
)
def test_a_city_may_begin_the_cycle_of_29_february_on_1_march(
    day: str, starts: str, ends: str
) -> None:
    cycle = cycle_on(date(2020, 2, 29), date.fromisoformat(day), leap_day=LeapDay.MARCH_1)

    assert cycle == ScoringCycle(date.fromisoformat(starts), date.fromisoformat(ends))


@pytest.mark.parametrize(
    ("months", "starts", "ends"),
    [
        (12, "2026-08-31", "2027-08-30"),
        (6, "2026-08-31", "2027-02-27"),
        (24, "2026-08-31", "2028-08-30"),
        (36, "2024-08-31", "2027-08-30"),
    ],
)
def test_a_cycle_of_other_months(months: int, starts: str, ends: str) -> None:
    cycle = cycle_on(date(2018, 8, 31), date(2026, 11, 2), months=months)

    assert cycle == ScoringCycle(date.fromisoformat(starts), date.fromisoformat(ends))


@given(
    first=st.dates(date(1950, 1, 1), date(2026, 1, 1)),
    days=st.integers(0, 70 * 366),
    months=st.sampled_from([1, 6, 12, 24]),
    leap_day=st.sampled_from(LeapDay),
)
def test_every_day_has_one_cycle(first: date, days: int, months: int, leap_day: LeapDay) -> None:
    day = first + timedelta(days=days)
    cycle = cycle_on(first, day, months=months, leap_day=leap_day)
    after = cycle.ends_on + timedelta(days=1)

    assert cycle.starts_on <= day <= cycle.ends_on
    assert cycle_on(first, cycle.starts_on, months=months, leap_day=leap_day) == cycle
    assert cycle_on(first, cycle.ends_on, months=months, leap_day=leap_day) == cycle
    assert cycle_on(first, after, months=months, leap_day=leap_day).starts_on == after


def test_the_first_cycle_begins_with_the_first_licensing() -> None:
    for leap_day in LeapDay:
        assert cycle_on(date(2020, 2, 29), date(2020, 2, 29), leap_day=leap_day).starts_on == date(
            2020, 2, 29
        )
