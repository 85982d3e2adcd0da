"""Scoring cycles."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.scoring import POINTS_LIMIT, ScoringCycle, anniversary, cycle_on


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


def test_the_anniversary_of_a_leap_day() -> None:
    assert anniversary(date(2020, 2, 29), 2100) == date(2100, 2, 28)
    assert POINTS_LIMIT == 12
