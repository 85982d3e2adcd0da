"""How old an answer may be."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.freshness import UNKNOWN, AgePolicy, Freshness, FreshnessState, worst

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
FRESH, STALE, UNAVAILABLE = FreshnessState
TICK = timedelta(microseconds=1)
SOFT, HARD = timedelta(minutes=10), timedelta(days=7)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (timedelta(0), FRESH),
        (-timedelta(seconds=5), FRESH),
        (SOFT, FRESH),
        (SOFT + TICK, STALE),
        (HARD, STALE),
        (HARD + TICK, UNAVAILABLE),
        (timedelta(days=3650), UNAVAILABLE),
    ],
)
def test_ages(age: timedelta, state: FreshnessState) -> None:
    verdict = AgePolicy().judge(NOW - age, NOW)

    assert verdict == Freshness(state, NOW - age)
    assert verdict.usable is (state is not UNAVAILABLE)


def test_what_was_never_answered_is_unavailable() -> None:
    assert AgePolicy().judge(None, NOW) == UNKNOWN == Freshness(UNAVAILABLE, None)
    assert not UNKNOWN.usable


def test_a_policy_of_ones_own() -> None:
    policy = AgePolicy(soft=timedelta(seconds=1), hard=timedelta(seconds=1))

    assert policy.judge(NOW - timedelta(seconds=1), NOW).state is FRESH
    assert policy.judge(NOW - timedelta(seconds=1) - TICK, NOW).state is UNAVAILABLE


OLD, NEW = NOW - timedelta(hours=1), NOW


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([], Freshness(FRESH, None)),
        ([Freshness(FRESH, NEW)], Freshness(FRESH, NEW)),
        ([Freshness(FRESH, NEW), Freshness(STALE, OLD)], Freshness(STALE, OLD)),
        ([Freshness(STALE, OLD), Freshness(FRESH, NEW)], Freshness(STALE, OLD)),
        ([Freshness(FRESH, NEW), UNKNOWN], Freshness(UNAVAILABLE, NEW)),
        ([UNKNOWN, Freshness(STALE, OLD)], Freshness(UNAVAILABLE, OLD)),
        ([UNKNOWN], UNKNOWN),
    ],
)
def test_a_whole_is_as_old_as_its_oldest_part(parts: list[Freshness], expected: Freshness) -> None:
    assert worst(parts) == expected
