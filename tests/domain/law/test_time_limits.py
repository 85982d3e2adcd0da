"""Until when what can be done: payment, handling, objections, remedies, the end of liability."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law.time_limits import (
    BulkPath,
    CaseFacts,
    Deadlines,
    deadlines,
    found_too_late,
    no_penalty_after,
)
from domain.rules.values import Rules
from domain.violations import CaptureKind
from tests.domain.law.city import always, rules
from tests.domain.law.working_days import CALENDAR

CAMERA, ON_SCENE = CaptureKind.CAMERA, CaptureKind.ON_SCENE
ACT = date(2026, 3, 2)


def limits(city: Rules | None = None, **facts: Any) -> Deadlines:
    days = {
        name: date.fromisoformat(value) if type(value) is str else value
        for name, value in facts.items()
    }
    known: dict[str, Any] = {"occurred_on": ACT, "capture": CAMERA} | days
    case = CaseFacts(**known)
    return deadlines(case, always(city or rules()), CALENDAR)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


UNKNOWN = Deadlines(
    pay_by=None,
    accept_by=None,
    deferred_until_at_most=None,
    review_by=None,
    eliminate_by=None,
    reconsider_by=None,
    reconsideration_first=None,
    litigate_by=None,
    no_penalty_after=date(2028, 3, 2),
    bulk=None,
)


def test_what_is_not_known_has_no_end() -> None:
    assert limits() == UNKNOWN


def test_a_camera_record_from_notice_to_court() -> None:
    assert limits(notified_on="2026-03-05") == replace(
        UNKNOWN,
        accept_by=date(2026, 4, 7),  # 4 to 6 April: tomb-sweeping day
        deferred_until_at_most=date(2026, 7, 7),
    )
    assert limits(
        notified_on="2026-03-05", decided_on="2026-03-10", received_on="2026-03-10"
    ) == replace(
        UNKNOWN,
        pay_by=date(2026, 3, 25),
        reconsider_by=date(2026, 5, 9),
        reconsideration_first=False,
        litigate_by=date(2026, 9, 10),
    )


def test_a_decision_made_on_the_scene() -> None:
    """Reconsideration comes first (R37): no day for a court is named before it has ended."""
    served: dict[str, Any] = {
        "capture": ON_SCENE,
        "decided_on": "2026-03-10",
        "received_on": "2026-03-10",
    }

    assert limits(**served) == replace(
        UNKNOWN,
        pay_by=date(2026, 3, 25),
        reconsider_by=date(2026, 5, 9),
        reconsideration_first=True,
    )
    assert limits(**served, reconsidered_on="2026-04-14") == replace(
        UNKNOWN,
        pay_by=date(2026, 3, 25),
        reconsideration_first=True,
        litigate_by=date(2026, 4, 29),
    )


@pytest.mark.parametrize(
    ("facts", "pay_by"),
    [
        ({"received_on": "2026-03-02"}, "2026-03-17"),
        ({"received_on": "2026-02-28"}, "2026-03-16"),
        ({"received_on": "2026-01-30"}, "2026-02-14"),
        ({"received_on": "2025-12-17"}, "2026-01-04"),
        ({"received_on": "2026-03-02", "nothing_to_pay": True}, None),
        ({"decided_on": "2026-03-02"}, None),
    ],
)
def test_paying(facts: dict[str, Any], pay_by: str | None) -> None:
    assert limits(**facts).pay_by == day(pay_by)


@pytest.mark.parametrize(
    ("notified_on", "accept_by", "at_most"),
    [
        ("2026-03-02", "2026-04-01", "2026-07-01"),
        # A Saturday and a Sunday move to Monday.
        ("2026-03-12", "2026-04-13", "2026-07-13"),
        ("2026-03-13", "2026-04-13", "2026-07-13"),
        ("2026-03-14", "2026-04-13", "2026-07-13"),
        # Three months from 31 August end on 30 November; over new year.
        ("2026-08-01", "2026-08-31", "2026-11-30"),
        ("2025-12-02", "2026-01-04", "2026-04-07"),
        # To 29 February and beside it.
        ("2027-10-30", "2027-11-29", "2028-02-29"),
        ("2026-10-31", "2026-11-30", "2027-03-01"),
    ],
)
def test_accepting(notified_on: str, accept_by: str, at_most: str) -> None:
    found = limits(notified_on=notified_on)

    assert (found.accept_by, found.deferred_until_at_most) == (day(accept_by), day(at_most))


@pytest.mark.parametrize(
    ("deferred_until", "accept_by"),
    [("2026-05-15", "2026-05-15"), ("2026-07-01", "2026-07-01"), ("2026-07-02", "2026-07-01")],
)
def test_a_deferral_is_at_most_three_months(deferred_until: str, accept_by: str) -> None:
    found = limits(notified_on="2026-03-02", deferred_until=deferred_until)

    assert found.accept_by == day(accept_by)
    assert found.deferred_until_at_most == date(2026, 7, 1)


def test_a_deferral_without_a_notice_says_nothing() -> None:
    assert limits(deferred_until="2026-05-15") == UNKNOWN


@pytest.mark.parametrize("decided", [{"decided_on": "2026-03-20"}, {"received_on": "2026-03-20"}])
def test_what_is_decided_needs_no_handling(decided: dict[str, Any]) -> None:
    found = limits(notified_on="2026-03-02", unhandled_on_vehicle=9, **decided)

    assert (found.accept_by, found.deferred_until_at_most, found.bulk) == (None, None, None)


@pytest.mark.parametrize(
    ("objected_on", "review_by"),
    [
        ("2026-03-02", "2026-03-09"),
        ("2026-03-06", "2026-03-13"),
        ("2026-03-07", "2026-03-13"),
        # Over the days off around spring festival, with two Saturdays on which people work.
        ("2026-02-12", "2026-02-26"),
        ("2026-02-13", "2026-02-27"),
        ("2026-02-14", "2026-02-28"),
        ("2026-02-15", "2026-02-28"),
    ],
)
def test_an_objection_is_reviewed_in_five_working_days(objected_on: str, review_by: str) -> None:
    assert limits(objected_on=objected_on) == replace(UNKNOWN, review_by=day(review_by))


@pytest.mark.parametrize(
    ("verified_on", "eliminate_by"),
    [("2026-03-02", "2026-03-05"), ("2026-03-05", "2026-03-10"), ("2026-02-12", "2026-02-24")],
)
def test_what_is_verified_is_eliminated_in_three(verified_on: str, eliminate_by: str) -> None:
    assert limits(verified_on=verified_on) == replace(UNKNOWN, eliminate_by=day(eliminate_by))


@pytest.mark.parametrize(
    ("facts", "reconsider_by"),
    [
        ({"received_on": "2026-03-03"}, "2026-05-06"),  # 60 days end on 2 May, in the holidays
        ({"received_on": "2026-03-10"}, "2026-05-09"),  # a Saturday on which people work
        ({"received_on": "2026-03-11"}, "2026-05-11"),
        ({"received_on": "2026-03-10", "rights_learned_on": "2026-08-03"}, "2026-05-09"),
        # Not told: a year, or sixty days from the day the person learnt of it.
        ({"received_on": "2026-03-10", "rights_told": False}, "2027-03-10"),
        (
            {"received_on": "2026-03-10", "rights_told": False, "rights_learned_on": "2026-06-01"},
            "2026-07-31",
        ),
        (
            {"received_on": "2026-03-10", "rights_told": False, "rights_learned_on": "2027-02-01"},
            "2027-03-10",
        ),
        # In no case later than five years from the decision.
        ({"decided_on": "2021-04-06", "received_on": "2026-03-10"}, "2026-04-07"),
        ({"decided_on": "2021-05-08", "received_on": "2026-03-10"}, "2026-05-08"),
        ({"decided_on": "2021-05-10", "received_on": "2026-03-10"}, "2026-05-09"),
        # Only known: that there is a decision. Or: it has been reconsidered already.
        ({"decided_on": "2026-03-10"}, None),
        ({"received_on": "2026-03-10", "reconsidered_on": "2026-04-01"}, None),
    ],
)
def test_reconsideration(facts: dict[str, Any], reconsider_by: str | None) -> None:
    assert limits(**facts).reconsider_by == day(reconsider_by)


@pytest.mark.parametrize(
    ("facts", "litigate_by"),
    [
        ({"received_on": "2026-03-10"}, "2026-09-10"),
        # Six months from 31 August end in February; 28 February 2027 is a Sunday.
        ({"received_on": "2026-08-31"}, "2027-03-01"),
        ({"received_on": "2023-08-31"}, "2024-02-29"),
        ({"received_on": "2026-03-10", "reconsidered_on": "2026-04-14"}, "2026-04-29"),
        ({"received_on": "2026-03-10", "reconsidered_on": "2026-04-16"}, "2026-05-06"),
        # After a reconsideration the rest need not be known.
        ({"reconsidered_on": "2026-04-14"}, "2026-04-29"),
        ({"decided_on": "2021-08-10", "received_on": "2026-03-10"}, "2026-08-10"),
        ({"decided_on": "2021-04-07", "reconsidered_on": "2026-04-14"}, "2026-04-07"),
        ({"decided_on": "2026-03-10"}, None),
        ({"capture": ON_SCENE, "received_on": "2026-03-10"}, None),
        ({"capture": ON_SCENE, "reconsidered_on": "2026-04-14"}, "2026-04-29"),
    ],
)
def test_going_to_court(facts: dict[str, Any], litigate_by: str | None) -> None:
    assert limits(**facts).litigate_by == day(litigate_by)


@pytest.mark.parametrize(
    ("kinds", "first"),
    [(set(), [False, False]), ({CAMERA}, [True, False]), ({CAMERA, ON_SCENE}, [True, True])],
)
def test_a_city_says_which_decisions_count_as_made_on_the_spot(
    kinds: set[CaptureKind], first: list[bool]
) -> None:
    city = rules(reconsider_first_kinds=frozenset(kinds))
    found = [
        limits(city, capture=capture, received_on="2026-03-10") for capture in (CAMERA, ON_SCENE)
    ]

    assert [one.reconsideration_first for one in found] == first
    assert [one.litigate_by is None for one in found] == first


def test_each_limit_follows_the_rules_of_the_day_it_begins() -> None:
    """The reconsideration law of 2024 does not reach back to a decision of 2023."""
    old = rules(
        reconsider_first_kinds=frozenset(),
        pay_days=10,
        accept_days=10,
        limit_years=1,
        dispute_review_workdays=1,
        eliminate_workdays=1,
        reconsider_days=10,
        bulk_notice_days=10,
    )

    def rules_on(day: date) -> Rules:
        return rules() if day >= date(2024, 1, 1) else old

    def of(**facts: Any) -> Deadlines:
        known: dict[str, Any] = {"occurred_on": date(2023, 12, 1), "capture": ON_SCENE} | facts
        case = CaseFacts(**known)
        return deadlines(case, rules_on, CALENDAR)

    last, first = date(2023, 12, 31), date(2024, 1, 1)
    assert of(decided_on=last, received_on=first).reconsideration_first is False
    assert of(decided_on=first, received_on=first).reconsideration_first is True
    assert of(decided_on=last, received_on=last).litigate_by == date(2024, 7, 1)
    assert of(decided_on=first, received_on=first).litigate_by is None
    assert of(decided_on=last, received_on=date(2023, 12, 28)).pay_by == date(2024, 1, 8)
    assert of(decided_on=last, received_on=date(2024, 1, 2)).pay_by == date(2024, 1, 17)
    assert of(decided_on=last, received_on=first).reconsider_by == date(2024, 1, 11)
    assert of(decided_on=first, received_on=first).reconsider_by == date(2024, 3, 1)
    assert of(received_on=last).reconsider_by == date(2024, 1, 10)
    assert of(notified_on=last).accept_by == date(2024, 1, 10)
    for second_notice, ends in ((last, date(2024, 1, 10)), (first, date(2024, 1, 31))):
        path = of(
            notified_on=date(2023, 11, 1), unhandled_on_vehicle=5, bulk_notified_on=second_notice
        ).bulk
        assert path is not None
        assert path.accept_by == ends
    assert of(notified_on=date(2024, 1, 2)).accept_by == date(2024, 2, 1)
    assert of(objected_on=date(2023, 12, 28)).review_by == date(2023, 12, 29)
    assert of(verified_on=date(2023, 12, 28)).eliminate_by == date(2023, 12, 29)
    assert of(occurred_on=last).no_penalty_after == date(2024, 12, 31)
    assert of(occurred_on=first).no_penalty_after == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("occurred_on", "last"),
    [
        ("2024-03-31", "2026-03-31"),
        ("2024-02-29", "2026-02-28"),
        ("2026-02-28", "2028-02-28"),
        ("2024-12-31", "2026-12-31"),
        # No holiday puts off the end of liability.
        ("2024-10-01", "2026-10-01"),
    ],
)
def test_two_years_to_find_an_act_out(occurred_on: str, last: str) -> None:
    act, end = date.fromisoformat(occurred_on), date.fromisoformat(last)

    assert limits(occurred_on=act).no_penalty_after == end
    assert no_penalty_after(act, rules()) == end
    assert not found_too_late(act, act, rules())
    assert not found_too_late(act, end, rules())
    assert found_too_late(act, date.fromordinal(end.toordinal() + 1), rules())
    assert not found_too_late(act, end, rules(limit_years=3))


WAITING = {"notified_on": "2026-03-02", "unhandled_on_vehicle": 5}
NOTICE_FROM = date(2026, 4, 2)


@pytest.mark.parametrize(
    ("facts", "bulk"),
    [
        (WAITING, BulkPath(NOTICE_FROM, None, None)),
        (WAITING | {"unhandled_on_vehicle": 4}, None),
        (WAITING | {"unhandled_on_vehicle": 6}, BulkPath(NOTICE_FROM, None, None)),
        (WAITING | {"unhandled_on_vehicle": None}, None),
        (WAITING | {"deferred_until": "2026-06-01"}, None),
        ({"unhandled_on_vehicle": 5}, None),
        # Thirty days from the second notice end on a Sunday; seven working days of public notice.
        (
            WAITING | {"bulk_notified_on": "2026-04-10"},
            BulkPath(NOTICE_FROM, date(2026, 5, 11), None),
        ),
        (
            WAITING | {"bulk_notified_on": "2026-04-10", "bulk_published_on": "2026-05-12"},
            BulkPath(NOTICE_FROM, date(2026, 5, 11), date(2026, 5, 21)),
        ),
    ],
)
def test_many_records_nobody_handles(facts: dict[str, Any], bulk: BulkPath | None) -> None:
    """R34; order 157, art. 54."""
    assert limits(**facts).bulk == bulk


DAYS = st.dates(date(2023, 1, 1), date(2026, 6, 30))


@given(received_on=DAYS, decided_before=st.integers(0, 60), capture=st.sampled_from(CaptureKind))
def test_every_last_day_is_a_working_day_after_its_first(
    received_on: date, decided_before: int, capture: CaptureKind
) -> None:
    decided_on = date.fromordinal(received_on.toordinal() - decided_before)
    found = limits(
        capture=capture,
        occurred_on=decided_on,
        decided_on=decided_on,
        received_on=received_on,
        objected_on=received_on,
        verified_on=received_on,
    )

    ends = [found.pay_by, found.reconsider_by, found.review_by, found.eliminate_by]
    ends += [] if found.litigate_by is None else [found.litigate_by]
    for end in ends:
        assert end is not None
        assert end > received_on
        assert CALENDAR.is_workday(end)
    assert found.reconsideration_first == (found.litigate_by is None)
