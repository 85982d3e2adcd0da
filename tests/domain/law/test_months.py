"""Periods counted in days, months and years."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.months import add_days, add_months, add_years


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-15", 1, "2026-02-15"),
        ("2026-01-15", 0, "2026-01-15"),
        # Where there is no such day, the last of the month (Civil Code, art. 202).
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-01-30", 1, "2024-02-29"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2026-01-31", 3, "2026-04-30"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2026-08-31", 6, "2027-02-28"),
        ("2023-08-31", 6, "2024-02-29"),
        # Over new year, to December and from December.
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-11-30", 1, "2026-12-30"),
        ("2026-12-01", 12, "2027-12-01"),
        ("2026-06-15", 18, "2027-12-15"),
        # Backwards, as a cycle before the first licensing would need it.
        ("2026-01-31", -1, "2025-12-31"),
        ("2026-03-31", -1, "2026-02-28"),
        ("9999-11-30", 1, "9999-12-30"),
        ("9999-12-01", 1, "9999-12-31"),
        ("9999-12-01", 999, "9999-12-31"),
    ],
)
def test_months(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        ("2024-02-29", 1, "2025-02-28"),
        ("2024-02-29", 4, "2028-02-29"),
        ("2023-02-28", 1, "2024-02-28"),
        ("2024-03-01", 5, "2029-03-01"),
        ("9998-03-01", 5, "9999-12-31"),
    ],
)
def test_years(day: str, years: int, expected: str) -> None:
    assert add_years(date.fromisoformat(day), years) == date.fromisoformat(expected)


def test_days() -> None:
    assert add_days(date(2024, 2, 28), 2) == date(2024, 3, 1)
    assert add_days(date(9999, 12, 31), 0) == date.max
    assert add_days(date(9999, 12, 31), 1) == date.max


@given(day=st.dates(date(1950, 1, 1), date(2100, 1, 1)), months=st.integers(0, 120))
def test_a_period_of_months_ends_in_its_month(day: date, months: int) -> None:
    end = add_months(day, months)

    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and (end + timedelta(days=1)).day == 1)
