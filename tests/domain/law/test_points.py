"""Points: what counts in a cycle, what goes over into the next, what study takes off, forecasts."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.points import (
    CyclePoints,
    Forecast,
    PointsItem,
    Study,
    StudyWay,
    accumulated,
    forecast,
)
from domain.law.scoring import ScoringCycle, cycle_on
from domain.rules.values import CarryOver, LeapDay, ReductionLimits
from tests.domain.law.city import rules

FIRST = date(2020, 5, 10)
LAST_CYCLE = ScoringCycle(date(2025, 5, 10), date(2026, 5, 9))
THIS_CYCLE = ScoringCycle(date(2026, 5, 10), date(2027, 5, 9))
TODAY = date(2026, 11, 2)


def item(
    points: int, decided_on: str, paid_on: str | None = None, due_on: str | None = None
) -> Any:
    return PointsItem(
        points,
        date.fromisoformat(decided_on),
        date.fromisoformat(paid_on) if paid_on else None,
        date.fromisoformat(due_on) if due_on else None,
    )


def total(items: Sequence[PointsItem], on: date = TODAY, **changed: Any) -> int:
    city = changed.pop("city", rules())
    return accumulated(items, FIRST, on, city, **changed).points


PAID = item(3, "2026-06-01", paid_on="2026-06-03")


@pytest.mark.parametrize(
    ("items", "points"),
    [
        ([], 0),
        ([PAID], 3),
        # Points add up (order 163, art. 14), paid or not.
        ([PAID, item(6, "2026-07-01"), item(1, "2026-11-02")], 10),
        # Decided tomorrow.
        ([item(6, "2026-11-03")], 0),
        # The first and the last day of the cycle, and the day before it: the decision counts (R26).
        ([item(6, "2026-05-10", paid_on="2026-05-10")], 6),
        ([item(6, "2026-05-09", paid_on="2026-05-09")], 0),
        # Beyond the limit it goes on.
        ([item(12, "2026-06-01"), item(12, "2026-06-02")], 24),
    ],
)
def test_points_of_the_running_cycle(items: list[PointsItem], points: int) -> None:
    assert accumulated(items, FIRST, TODAY, rules()) == CyclePoints(points, 0, 0, THIS_CYCLE)


@pytest.mark.parametrize(
    ("on", "points"),
    [("2026-05-31", 0), ("2026-06-01", 3), ("2027-05-09", 3), ("2027-05-10", 0)],
)
def test_points_are_cleared_on_the_day_after_the_cycle(on: str, points: int) -> None:
    assert total([PAID], date.fromisoformat(on)) == points


OVERDUE = item(6, "2026-03-01", due_on="2026-03-16")
PAID_LATE = item(6, "2026-03-01", paid_on="2026-04-01", due_on="2026-03-16")
PAID_AFTER_THE_CYCLE = item(6, "2026-03-01", paid_on="2026-05-10", due_on="2026-03-16")
NOT_YET_DUE = item(3, "2026-05-01", due_on="2026-05-10")
DUE_ON_THE_LAST_DAY = item(3, "2026-04-24", due_on="2026-05-09")
DUE_UNKNOWN = item(3, "2026-03-01")
PAID_IN_TIME = item(1, "2026-03-01", paid_on="2026-05-09", due_on="2026-05-09")


@pytest.mark.parametrize(
    ("items", "only_overdue", "all_if_any"),
    [
        ([], 0, 0),
        ([PAID_IN_TIME], 0, 0),
        ([OVERDUE], 6, 6),
        # Paid by the last day of the cycle, though late; and paid a day later.
        ([PAID_LATE], 0, 0),
        ([PAID_AFTER_THE_CYCLE], 6, 6),
        ([OVERDUE, PAID_IN_TIME], 6, 7),
        # Unpaid, but the time to pay is still running, or nobody knows until when it runs.
        ([NOT_YET_DUE], 0, 3),
        ([DUE_ON_THE_LAST_DAY], 3, 3),
        ([DUE_UNKNOWN, PAID_IN_TIME], 0, 4),
    ],
)
def test_what_goes_over_into_the_next_cycle(
    items: list[PointsItem], only_overdue: int, all_if_any: int
) -> None:
    """R27: order 163, art. 15, or the regulation of 2017, art. 24."""
    for mode, points in (
        (CarryOver.OVERDUE_UNPAID_ITEMS, only_overdue),
        (CarryOver.ALL_IF_ANY_UNPAID, all_if_any),
    ):
        found = accumulated(items, FIRST, TODAY, rules(points_carry_over=mode))

        assert found == CyclePoints(points, points, 0, THIS_CYCLE)


def test_carried_points_and_new_ones_add_up() -> None:
    assert accumulated([OVERDUE, PAID], FIRST, TODAY, rules()) == CyclePoints(9, 6, 0, THIS_CYCLE)


@pytest.mark.parametrize(("paid_on", "points"), [("2027-05-09", 0), ("2027-05-10", 6), (None, 6)])
def test_what_is_never_paid_goes_over_again_and_again(paid_on: str | None, points: int) -> None:
    unpaid = item(6, "2026-03-01", paid_on=paid_on, due_on="2026-03-16")

    assert total([unpaid], date(2027, 5, 9)) == 6
    assert total([unpaid], date(2027, 5, 10)) == points


FULL = [item(9, "2026-02-01", paid_on="2026-02-02"), item(3, "2026-03-01", paid_on="2026-03-02")]


def test_full_score_is_not_cleared_by_time() -> None:
    """Order 163, art. 15 clears what is below 12; art. 17 and 23 ask for study and a test."""
    assert total(FULL, date(2026, 5, 10)) == 12
    assert total(FULL, date(2028, 5, 10)) == 12
    assert total([*FULL, item(1, "2026-03-01", paid_on="2026-03-02")], date(2026, 5, 10)) == 13
    assert total([FULL[0], item(2, "2026-03-01", paid_on="2026-03-02")], date(2026, 5, 10)) == 0


@pytest.mark.parametrize(
    ("cleared_on", "on", "points"),
    [
        ("2026-04-01", "2026-03-31", 12),
        ("2026-04-01", "2026-04-01", 0),
        ("2026-04-01", "2026-05-10", 0),
        ("2026-06-15", "2026-06-14", 12),
        ("2026-06-15", "2026-06-15", 0),
    ],
)
def test_study_and_test_clear_full_score(cleared_on: str, on: str, points: int) -> None:
    found = total(FULL, date.fromisoformat(on), cleared_on=[date.fromisoformat(cleared_on)])

    assert found == points


def test_what_is_decided_on_the_day_of_clearing_stays() -> None:
    items = [*FULL, item(1, "2026-04-01", paid_on="2026-04-01")]

    assert total(items, date(2026, 4, 1), cleared_on=[date(2026, 4, 1)]) == 1


def study(way: StudyWay, on: str) -> Study:
    return Study(way, date.fromisoformat(on))


ONLINE, CLASSROOM, VOLUNTEERING = StudyWay.ONLINE, StudyWay.CLASSROOM, StudyWay.VOLUNTEERING
NINE = [item(9, "2026-06-01", paid_on="2026-06-02")]


@pytest.mark.parametrize(
    ("studies", "points", "reduced"),
    [
        ([], 9, 0),
        ([study(ONLINE, "2026-07-01")], 8, 1),
        ([study(CLASSROOM, "2026-07-01")], 7, 2),
        ([study(VOLUNTEERING, "2026-07-01")], 8, 1),
        ([study(CLASSROOM, "2026-07-01"), study(ONLINE, "2026-07-01")], 6, 3),
        # On the day of the decision it counts, before it there is nothing to take off.
        ([study(CLASSROOM, "2026-06-01")], 7, 2),
        ([study(CLASSROOM, "2026-05-31")], 9, 0),
        # Tomorrow's.
        ([study(CLASSROOM, "2026-11-03")], 9, 0),
        # At most six in a cycle (R29).
        ([study(CLASSROOM, f"2026-07-0{day}") for day in range(1, 4)], 3, 6),
        ([study(CLASSROOM, f"2026-07-0{day}") for day in range(1, 5)], 3, 6),
        (
            [
                *(study(CLASSROOM, f"2026-07-0{day}") for day in (1, 2, 4)),
                study(ONLINE, "2026-07-03"),
            ],
            3,
            6,
        ),
        # In the cycle before.
        ([study(CLASSROOM, "2026-05-09")], 9, 0),
    ],
)
def test_study_takes_points_off(studies: list[Study], points: int, reduced: int) -> None:
    found = accumulated(NINE, FIRST, TODAY, rules(), studies=studies)

    assert found == CyclePoints(points, 0, reduced, THIS_CYCLE)


def test_study_takes_off_no_more_than_there_is() -> None:
    one = [item(1, "2026-06-01", paid_on="2026-06-02")]
    found = accumulated(one, FIRST, TODAY, rules(), studies=[study(CLASSROOM, "2026-07-01")])

    assert found == CyclePoints(0, 0, 1, THIS_CYCLE)
    later = [*one, item(3, "2026-08-01")]
    assert total(later, studies=[study(CLASSROOM, "2026-07-01")]) == 3


@pytest.mark.parametrize(("points", "left"), [(11, 9), (12, 12), (13, 13)])
def test_study_takes_nothing_off_a_full_score(points: int, left: int) -> None:
    """Order 163, art. 25: below 12 only."""
    full = [item(points, "2026-06-01", paid_on="2026-06-02")]

    assert total(full, studies=[study(CLASSROOM, "2026-07-01")]) == left


def test_the_allowance_of_study_is_new_in_every_cycle() -> None:
    before = [study(CLASSROOM, f"2026-04-0{day}") for day in range(1, 4)]
    now = [study(CLASSROOM, f"2026-07-0{day}") for day in range(1, 4)]
    items = [item(11, "2026-03-01", paid_on="2026-03-02"), *NINE]

    found = accumulated(items, FIRST, TODAY, rules(), studies=before + now)

    assert found == CyclePoints(3, 0, 6, THIS_CYCLE)


def test_points_taken_off_do_not_come_back_with_the_next_cycle() -> None:
    studies = [study(CLASSROOM, "2026-04-01")]

    assert accumulated([OVERDUE], FIRST, TODAY, rules(), studies=studies) == CyclePoints(
        4, 4, 0, THIS_CYCLE
    )
    # What was paid makes room for the reduction first.
    both = [OVERDUE, item(3, "2026-03-01", paid_on="2026-03-02")]
    assert total(both, studies=studies) == 6
    assert total([OVERDUE], date(2027, 5, 10), studies=studies) == 4


def test_a_clearing_ends_what_study_took_off() -> None:
    items = [item(10, "2026-06-01"), item(4, "2026-08-01"), item(3, "2026-10-01")]
    studies = [study(CLASSROOM, "2026-07-01")]

    assert total(items, date(2026, 8, 1), studies=studies) == 12
    assert total(items, studies=studies, cleared_on=[date(2026, 9, 1)]) == 3


def test_a_city_sets_how_much_study_is_worth() -> None:
    limits = ReductionLimits(per_cycle=4, online_study=2, class_study=3, volunteering=0)
    city = rules(points_reduction=limits)

    assert total(NINE, city=city, studies=[study(ONLINE, "2026-07-01")]) == 7
    assert total(NINE, city=city, studies=[study(VOLUNTEERING, "2026-07-01")]) == 9
    twice = [study(CLASSROOM, "2026-07-01"), study(CLASSROOM, "2026-07-02")]
    assert total(NINE, city=city, studies=twice) == 5


@pytest.mark.parametrize(
    ("leap_day", "on", "points"),
    [
        (LeapDay.FEBRUARY_28, "2025-02-27", 3),
        (LeapDay.FEBRUARY_28, "2025-02-28", 0),
        (LeapDay.MARCH_1, "2025-02-28", 3),
        (LeapDay.MARCH_1, "2025-03-01", 0),
    ],
)
def test_the_cycle_of_29_february(leap_day: LeapDay, on: str, points: int) -> None:
    items = [item(3, "2024-06-01", paid_on="2024-06-01")]
    city = rules(points_leap_day=leap_day)

    assert accumulated(items, date(2020, 2, 29), date.fromisoformat(on), city).points == points


def test_a_city_with_cycles_of_six_months() -> None:
    found = accumulated([PAID], FIRST, TODAY, rules(points_cycle_months=6))

    assert found == CyclePoints(3, 0, 0, ScoringCycle(date(2026, 5, 10), date(2026, 11, 9)))


@pytest.mark.parametrize(
    ("current", "added", "after", "reaches", "alert"),
    [
        (0, 0, 0, False, False),
        (7, 1, 8, False, False),
        (7, 2, 9, False, True),
        (4, 6, 10, False, True),
        (10, 1, 11, False, True),
        (9, 3, 12, True, True),
        (11, 2, 13, True, True),
        (12, 0, 12, True, True),
    ],
)
def test_forecast(current: int, added: int, after: int, reaches: bool, alert: bool) -> None:
    """Accepting these brings you to 10 of 12 until 9 May."""
    assert forecast(current, added, THIS_CYCLE, rules()) == Forecast(
        points_before=current,
        points_after=after,
        limit=12,
        reaches_limit=reaches,
        alert=alert,
        cycle_ends_on=date(2027, 5, 9),
        next_reset_on=None if reaches else date(2027, 5, 10),
    )


def test_a_forecast_by_other_limits() -> None:
    found = forecast(3, 3, THIS_CYCLE, rules(points_limit=6, points_alert_at=7))

    assert (found.limit, found.reaches_limit, found.alert) == (6, True, False)


START = date(2023, 1, 1)
DAYS = st.integers(0, 1400).map(lambda days: START + timedelta(days=days))
ITEMS = st.lists(
    st.builds(
        PointsItem,
        st.sampled_from([0, 1, 2, 3, 6, 9, 12]),
        DAYS,
        st.none() | DAYS,
        st.none() | DAYS,
    ),
    max_size=8,
)
STUDIES = st.lists(st.builds(Study, st.sampled_from(StudyWay), DAYS), max_size=8)
CITIES = st.builds(
    lambda mode, leap_day: rules(points_carry_over=mode, points_leap_day=leap_day),
    st.sampled_from(CarryOver),
    st.sampled_from(LeapDay),
)
FIRST_DAYS = st.dates(date(2015, 1, 1), date(2023, 1, 1)) | st.just(date(2020, 2, 29))


@given(ITEMS, STUDIES, st.lists(DAYS, max_size=3), FIRST_DAYS, CITIES, DAYS, st.randoms())
def test_points_are_never_negative_and_the_order_does_not_matter(
    items: list[PointsItem],
    studies: list[Study],
    cleared_on: list[date],
    first: date,
    city: Any,
    on: date,
    chance: random.Random,
) -> None:
    found = accumulated(items, first, on, city, studies=studies, cleared_on=cleared_on)

    assert 0 <= found.points <= sum(one.points for one in items if one.decided_on <= on)
    assert 0 <= found.reduced <= city.points_reduction.per_cycle
    assert found.carried_over >= 0
    for facts in (items, studies, cleared_on):
        chance.shuffle(facts)
    assert accumulated(items, first, on, city, studies=studies, cleared_on=cleared_on) == found


@given(ITEMS, st.lists(st.sampled_from([1, 3, 6]), max_size=4), STUDIES, FIRST_DAYS, CITIES, DAYS)
def test_a_forecast_is_what_the_union_comes_to(
    items: list[PointsItem],
    accepted: list[int],
    studies: list[Study],
    first: date,
    city: Any,
    today: date,
) -> None:
    studies = [one for one in studies if one.on != today]
    before = accumulated(items, first, today, city, studies=studies)
    union = [*items, *(PointsItem(points, today) for points in accepted)]

    expected = forecast(before.points, sum(accepted), before.cycle, city)

    after = accumulated(union, first, today, city, studies=studies)
    assert expected.points_after == after.points
    assert expected.cycle_ends_on == after.cycle.ends_on


@given(ITEMS, FIRST_DAYS, DAYS)
def test_the_later_law_carries_over_no_more_than_the_older(
    items: list[PointsItem], first: date, on: date
) -> None:
    older = accumulated(items, first, on, rules(points_carry_over=CarryOver.ALL_IF_ANY_UNPAID))
    later = accumulated(items, first, on, rules())

    assert later.points <= older.points
    assert later.cycle == older.cycle == cycle_on(first, on)
