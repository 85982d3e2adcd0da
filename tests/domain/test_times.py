"""Instants and legal days."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.times import legal_day, start_of


@pytest.mark.parametrize(
    ("day", "instant"),
    [
        (date(2026, 11, 2), datetime(2026, 11, 1, 16, tzinfo=UTC)),
        (date(2024, 2, 29), datetime(2024, 2, 28, 16, tzinfo=UTC)),
        (date.max, datetime(9999, 12, 30, 16, tzinfo=UTC)),
        (date(1, 1, 2), datetime(1, 1, 1, 16, tzinfo=UTC)),
        (date.min, datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_legal_day_begins_in_china(day: date, instant: datetime) -> None:
    assert start_of(day) == instant


@given(st.dates())
def test_every_day_begins_on_itself(day: date) -> None:
    assert legal_day(start_of(day)) == day
    if day > date(1, 1, 2):
        assert legal_day(start_of(day) - timedelta(microseconds=1)) == day - timedelta(days=1)
