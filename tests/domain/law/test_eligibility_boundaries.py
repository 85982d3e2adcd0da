"""Both sides of every boundary, to the second, the fen and the point."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.law.eligibility import eligibility
from domain.letters import VehicleUse
from domain.money import Money
from domain.refusals import RefusalCode
from domain.rules.values import Hours, PointsLimit
from domain.times import CHINA
from tests.domain.law.cases import (
    BELOW_12,
    UP_TO_11,
    UP_TO_12,
    but,
    case,
    granted,
    licence,
    rules,
    violation,
)

Code = RefusalCode


def codes(told: tuple[object, ...]) -> list[str]:
    return [one.code.value for one in told]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("fen", "allowed"), [(0, True), (19999, True), (20000, True), (20001, False), (20100, False)]
)
def test_two_hundred_yuan(fen: int, allowed: bool) -> None:
    told = eligibility(case(violation=violation(fine=Money(fen))), rules())

    assert codes(told) == ([] if allowed else ["FINE_OVER_LIMIT"])


@pytest.mark.parametrize(
    ("limit", "most"), [(BELOW_12, 11), (UP_TO_12, 12), (UP_TO_11, 11)], ids=["<12", "<=12", "<=11"]
)
@pytest.mark.parametrize("points", [1, 3, 6, 9, 12])
@pytest.mark.parametrize("before", range(12))
def test_points_after_handling(limit: PointsLimit, most: int, points: int, before: int) -> None:
    asked = case(licence=licence(points=before), violation=violation(points=points))

    told = eligibility(asked, rules(handle_points_after=limit))

    assert codes(told) == ([] if before + points <= most else ["POINTS_WOULD_REACH_12"])
    assert [one.values for one in told] == (
        []
        if before + points <= most
        else [{"points": str(before), "after": str(before + points), "limit": str(most)}]
    )


@pytest.mark.parametrize("limit", [BELOW_12, UP_TO_12, UP_TO_11], ids=["<12", "<=12", "<=11"])
@pytest.mark.parametrize("before", [0, 11, 12, 13, 24])
def test_full_points_stop_everything(limit: PointsLimit, before: int) -> None:
    asked = case(licence=licence(points=before), violation=violation(points=0))

    told = eligibility(asked, rules(handle_points_after=limit))

    assert codes(told) == ([] if before < 12 else ["POINTS_FULL"])


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("00:00:00", False),
        ("07:59:59", False),
        ("08:00:00", True),
        ("12:00:00", True),
        ("17:59:59", True),
        ("18:00:00", False),
        ("23:59:59", False),
    ],
)
def test_hours_begin_and_end_to_the_second(at: str, is_open: bool) -> None:
    now = datetime.combine(date(2026, 11, 22), time.fromisoformat(at), CHINA)
    daytime = rules(hours_handle=Hours(time(8), time(18)))

    for instant in (now, now.astimezone(UTC)):
        told = eligibility(but(case(), "", now=instant), daytime)
        assert codes(told) == ([] if is_open else ["NIGHT_WINDOW"])


@pytest.mark.parametrize(
    ("at", "is_open"),
    [("03:00:00", True), ("05:59:59", True), ("06:00:00", False), ("22:00", True)],
)
def test_hours_may_go_past_midnight(at: str, is_open: bool) -> None:
    now = datetime.combine(date(2026, 11, 22), time.fromisoformat(at), CHINA)

    told = eligibility(but(case(), "", now=now), rules(hours_handle=Hours(time(22), time(6))))

    assert codes(told) == ([] if is_open else ["NIGHT_WINDOW"])


@pytest.mark.parametrize("hour", range(24))
def test_equal_ends_mean_all_day(hour: int) -> None:
    now = datetime(2026, 11, 22, hour, tzinfo=CHINA)
    around_the_clock = rules(hours_handle=Hours(time(8), time(8)))

    assert eligibility(but(case(), "", now=now), around_the_clock) == ()


@pytest.mark.parametrize(
    ("occurred_at", "allowed"),
    [
        ("2026-10-31 23:59:59", False),
        ("2026-11-01 00:00:00", True),  # the day of first licensing itself
        ("2026-11-01 23:59:59", True),
        ("2026-11-02 00:00:00", True),
    ],
)
def test_the_day_of_first_licensing(occurred_at: str, allowed: bool) -> None:
    at = datetime.fromisoformat(occurred_at).replace(tzinfo=CHINA).astimezone(UTC)
    asked = case(
        licence=licence(first_licensed_on=date(2026, 11, 1)), violation=violation(occurred_at=at)
    )

    told = eligibility(asked, rules())

    assert codes(told) == ([] if allowed else ["VIOLATION_BEFORE_LICENCE"])


@pytest.mark.parametrize(
    ("occurred_at", "points", "allowed"),
    [
        ("2026-06-30 23:59:59", 1, False),
        ("2026-06-30 23:59:59", 0, True),
        ("2026-07-01 00:00:00", 1, True),  # the first day of the permission
        ("2026-07-01 23:59:59", 1, True),
    ],
)
def test_the_first_day_of_the_permission(occurred_at: str, points: int, allowed: bool) -> None:
    at = datetime.fromisoformat(occurred_at).replace(tzinfo=CHINA).astimezone(UTC)

    told = eligibility(granted(violation=violation(occurred_at=at, points=points)), rules())

    assert codes(told) == ([] if allowed else ["GRANT_TOO_LATE"])


@pytest.mark.parametrize(
    ("occurred_on", "found_on", "allowed"),
    [
        ("2020-03-01", "2022-03-01", True),
        ("2020-03-01", "2022-03-02", False),
        ("2020-02-29", "2022-02-28", True),
        ("2020-02-29", "2022-03-01", False),
        ("2022-02-28", "2024-02-28", True),
        ("2022-02-28", "2024-02-29", False),
        ("2020-12-31", "2022-12-31", True),
        ("2020-12-31", "2023-01-01", False),
    ],
)
def test_two_years_to_the_day(occurred_on: str, found_on: str, allowed: bool) -> None:
    last_second = datetime.combine(date.fromisoformat(occurred_on), time(23, 59, 59), CHINA)
    old = violation(occurred_at=last_second, found_on=date.fromisoformat(found_on))

    told = eligibility(case(violation=old), rules())

    assert codes(told) == ([] if allowed else ["TIME_LIMIT_PASSED"])


@pytest.mark.parametrize(("days", "allowed"), [(364, True), (365, False)])
def test_a_permission_of_an_owner_who_is_no_user_lasts_a_year(days: int, allowed: bool) -> None:
    asked = but(granted(), "grant", owner_is_user=False, starts_on=date(2026, 1, 1))
    asked = but(asked, "", now=datetime(2026, 1, 1, 12, tzinfo=CHINA) + timedelta(days=days))

    told = eligibility(asked, rules(grant_expiry_days=365))

    assert codes(told) == ([] if allowed else ["GRANT_EXPIRED"])
    assert [one.values for one in told] == ([] if allowed else [{"date": "2026-12-31"}])
    assert eligibility(but(asked, "grant", owner_is_user=True), rules(grant_expiry_days=365)) == ()
    assert eligibility(asked, rules()) == ()


def test_an_earlier_end_that_the_owner_set_counts() -> None:
    asked = but(granted(), "grant", owner_is_user=False, ends_on=date(2026, 11, 21))

    told = eligibility(asked, rules(grant_expiry_days=3650))

    assert [one.values for one in told] == [{"date": "2026-11-21"}]


@pytest.mark.parametrize(
    ("code", "allowed"), [("500100000000", True), ("50", True), ("500", True), ("5", False)]
)
def test_agencies_take_part_by_the_beginning_of_their_code(code: str, allowed: bool) -> None:
    asked = case()
    agency = asked.violation.agency
    asked = but(asked, "violation", agency=type(agency)(code, None))

    told = eligibility(asked, rules(handle_agencies=("50",)))

    assert codes(told) == ([] if allowed else ["OTHER_AGENCY"])


def test_the_use_of_other_peoples_vehicles_is_not_asked() -> None:
    private_only = rules(
        handle_own_vehicle_uses=frozenset({VehicleUse.PRIVATE}), handle_own_plate_types=frozenset()
    )

    assert eligibility(but(granted(), "vehicle", use=VehicleUse.TAXI), private_only) == ()
