"""What is owed at an instant: due days, ticks at midnight in China, the cap, freezes, rounding."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.law.surcharge import Freeze, Quote, due_on, quote
from domain.money import NOTHING, Money
from domain.rules.values import FreezeReason, Rounding
from domain.times import CHINA, start_of
from tests.domain.law.city import rules
from tests.domain.law.working_days import CALENDAR

RECEIVED = date(2024, 3, 1)
DUE = date(2024, 3, 16)  # a Saturday: these cities do not wait for Monday
CALENDAR_DAYS = rules(pay_roll_to_workday=False)
FINE = Money(20000)


def instant(text: str) -> datetime:
    """A moment on a clock in China."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def owed(
    at: str | datetime,
    *freezes: Freeze,
    principal: Money = FINE,
    received_on: date | None = RECEIVED,
    **changed: Any,
) -> Quote:
    city = rules(pay_roll_to_workday=False, **changed)
    moment = instant(at) if isinstance(at, str) else at
    return quote(principal, received_on, moment, freezes, city, CALENDAR)


def frozen(reason: str, from_on: str, until_on: str | None = None) -> Freeze:
    return Freeze(
        FreezeReason(reason),
        date.fromisoformat(from_on),
        None if until_on is None else date.fromisoformat(until_on),
    )


@pytest.mark.parametrize(
    ("at", "days", "surcharge", "valid_until"),
    [
        ("2024-03-01 00:00:00", 0, "0.00", "2024-03-17"),
        ("2024-03-16 00:00:00", 0, "0.00", "2024-03-17"),
        ("2024-03-16 23:59:59.999999", 0, "0.00", "2024-03-17"),
        ("2024-03-17 00:00:00", 1, "6.00", "2024-03-18"),
        ("2024-03-17 23:59:59.999999", 1, "6.00", "2024-03-18"),
        ("2024-03-18 00:00:00", 2, "12.00", "2024-03-19"),
        ("2024-04-18 23:59:59", 33, "198.00", "2024-04-19"),
        ("2024-04-19 00:00:00", 34, "200.00", None),
        ("2024-04-20 00:00:00", 35, "200.00", None),
        ("2034-03-16 12:00:00", 3652, "200.00", None),
        # Before the decision was received.
        ("2024-02-01 00:00:00", 0, "0.00", "2024-03-17"),
    ],
)
def test_200_yuan_received_on_1_march_2024(
    at: str, days: int, surcharge: str, valid_until: str | None
) -> None:
    found = owed(at)

    assert found == Quote(
        principal=FINE,
        surcharge=Money.of_yuan_text(surcharge),
        overdue_days=days,
        due_on=DUE,
        frozen=False,
        grows_on=date.fromisoformat(valid_until) if valid_until else None,
    )
    assert found.valid_until == (start_of(date.fromisoformat(valid_until)) if valid_until else None)
    assert found.total.fen == found.principal.fen + found.surcharge.fen


@pytest.mark.parametrize(
    ("at", "days"),
    [
        (datetime(2024, 3, 16, 15, 59, 59, 999999, tzinfo=UTC), 0),
        (datetime(2024, 3, 16, 16, 0, tzinfo=UTC), 1),
    ],
)
def test_midnight_is_midnight_in_china(at: datetime, days: int) -> None:
    found = owed(at)

    assert found.overdue_days == days
    assert found.valid_until == datetime(2024, 3, 16 + days, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "surcharge"), [(1, "1.50"), (2, "3.00"), (33, "49.50"), (34, "50.00"), (35, "50.00")]
)
def test_50_yuan(day: int, surcharge: str) -> None:
    found = owed(start_of(DUE + timedelta(days=day)), principal=Money(5000))

    assert found.surcharge.yuan == surcharge


@pytest.mark.parametrize(
    ("rounding", "principal", "surcharges"),
    [
        # 1.50 a day: down, to the nearest (half up), and to the fen.
        (Rounding.FEN_DOWN, "50.00", {1: "1.50", 2: "3.00", 3: "4.50", 34: "50.00"}),
        (Rounding.YUAN_DOWN, "50.00", {1: "1.00", 2: "3.00", 3: "4.00", 33: "49.00", 34: "50.00"}),
        (Rounding.YUAN_HALF_UP, "50.00", {1: "2.00", 2: "3.00", 3: "5.00", 33: "50.00"}),
        # Just below and just at a half, and parts of a fen.
        (Rounding.YUAN_DOWN, "33.33", {1: "0.00", 2: "1.00"}),
        (Rounding.YUAN_HALF_UP, "49.99", {1: "1.00"}),
        (Rounding.YUAN_HALF_UP, "16.66", {1: "0.00", 2: "1.00"}),
        (Rounding.YUAN_HALF_UP, "16.67", {1: "1.00"}),
        (Rounding.FEN_DOWN, "0.33", {1: "0.00", 2: "0.01", 33: "0.32", 34: "0.33"}),
        (Rounding.FEN_DOWN, "0.34", {1: "0.01"}),
        # Never above the principal, not even by rounding.
        (Rounding.YUAN_HALF_UP, "5.50", {33: "5.00", 34: "5.00", 99: "5.00"}),
        (Rounding.YUAN_DOWN, "5.50", {33: "5.00", 34: "5.00", 99: "5.00"}),
        (Rounding.YUAN_HALF_UP, "0.99", {33: "0.00", 34: "0.00"}),
        (Rounding.FEN_DOWN, "200.01", {1: "6.00", 33: "198.00", 34: "200.01"}),
        (Rounding.YUAN_DOWN, "200.00", {1: "6.00", 34: "200.00"}),
    ],
)
def test_rounding(rounding: Rounding, principal: str, surcharges: dict[int, str]) -> None:
    for day, surcharge in surcharges.items():
        found = owed(
            start_of(DUE + timedelta(days=day)),
            principal=Money.of_yuan_text(principal),
            surcharge_rounding=rounding,
        )

        assert found.surcharge.yuan == surcharge, day


def test_a_quote_in_whole_yuan_holds_until_the_yuan_is_full() -> None:
    """5 yuan grow by 0.15 a day: 1.00 on the seventh late day, 2.00 on the fourteenth."""
    found = owed("2024-03-16 12:00", principal=Money(500), surcharge_rounding=Rounding.YUAN_DOWN)
    assert found.valid_until == start_of(date(2024, 3, 23))

    found = owed("2024-03-23 00:00", principal=Money(500), surcharge_rounding=Rounding.YUAN_DOWN)
    assert (found.surcharge.yuan, found.overdue_days) == ("1.00", 7)
    assert found.valid_until == start_of(date(2024, 3, 30))


@pytest.mark.parametrize(
    ("changed", "day", "surcharge"),
    [
        ({"surcharge_percent_per_day": 1}, 34, "68.00"),
        ({"surcharge_percent_per_day": 1}, 100, "200.00"),
        ({"surcharge_percent_per_day": 1}, 101, "200.00"),
        ({"surcharge_percent_per_day": 0}, 100, "0.00"),
        ({"surcharge_cap_percent": 50}, 16, "96.00"),
        ({"surcharge_cap_percent": 50}, 17, "100.00"),
        ({"surcharge_cap_percent": 0}, 17, "0.00"),
        ({"surcharge_cap_percent": 200}, 67, "400.00"),
    ],
)
def test_other_rates_and_caps(changed: dict[str, Any], day: int, surcharge: str) -> None:
    assert owed(start_of(DUE + timedelta(days=day)), **changed).surcharge.yuan == surcharge


@pytest.mark.parametrize(
    "changed", [{"surcharge_percent_per_day": 0}, {"surcharge_cap_percent": 0}]
)
def test_where_nothing_grows_a_quote_holds_for_ever(changed: dict[str, Any]) -> None:
    assert owed("2024-03-20 00:00", **changed).valid_until is None


def test_without_a_received_decision_nothing_grows() -> None:
    assert owed("2034-01-01 00:00", received_on=None) == Quote(FINE, NOTHING, 0, None, False, None)


def test_no_fine_has_no_surcharge() -> None:
    assert owed("2024-04-01 00:00", principal=NOTHING) == Quote(
        NOTHING, NOTHING, 16, DUE, False, None
    )


def test_a_fine_is_never_negative() -> None:
    with pytest.raises(ValueError, match="cannot be negative"):
        owed("2024-04-01 00:00", principal=Money(-1))


def test_a_huge_fine_stays_exact() -> None:
    huge = Money(10**30 + 1)

    assert owed("2024-03-17 00:00", principal=huge).surcharge.fen == 3 * 10**28
    assert owed("2024-04-19 00:00", principal=huge).total.fen == 2 * (10**30 + 1)


@pytest.mark.parametrize(
    ("received_on", "changed", "due"),
    [
        # Monday 2026-03-02: the fifteenth day after it is Tuesday the 17th; with it, the 16th.
        ("2026-03-02", {}, "2026-03-17"),
        ("2026-03-02", {"pay_count_receipt_day": True}, "2026-03-16"),
        ("2026-03-02", {"pay_days": 10}, "2026-03-12"),
        ("2026-03-02", {"pay_days": 10, "pay_count_receipt_day": True}, "2026-03-11"),
        # Over 29 February, and over new year (1 to 3 January are holidays, Sunday the 4th is not).
        ("2024-02-16", {"pay_roll_to_workday": False}, "2024-03-02"),
        ("2023-02-16", {}, "2023-03-03"),
        ("2025-12-17", {"pay_roll_to_workday": False}, "2026-01-01"),
        ("2025-12-17", {}, "2026-01-04"),
        ("2025-12-16", {}, "2025-12-31"),
        # Saturday and Sunday wait for Monday.
        ("2026-02-28", {}, "2026-03-16"),
        ("2026-02-27", {}, "2026-03-16"),
        ("2026-02-28", {"pay_roll_to_workday": False}, "2026-03-15"),
        # A Saturday on which people work for a bridge day is no holiday.
        ("2026-01-30", {}, "2026-02-14"),
    ],
)
def test_the_last_day_to_pay(received_on: str, changed: dict[str, Any], due: str) -> None:
    found = due_on(date.fromisoformat(received_on), rules(**changed), CALENDAR)

    assert found == date.fromisoformat(due)


def test_the_surcharge_starts_after_the_day_the_calendar_moved_to() -> None:
    def on(day: date) -> Quote:
        moment = datetime.combine(day, time(23, 59, 59), CHINA)
        return quote(FINE, date(2026, 2, 27), moment, (), rules(), CALENDAR)

    assert on(date(2026, 3, 15)).surcharge.yuan == "0.00"
    assert on(date(2026, 3, 16)).surcharge.yuan == "0.00"
    assert on(date(2026, 3, 17)).surcharge.yuan == "6.00"


RECONSIDERATION = frozen("reconsideration", "2024-03-20", "2024-04-20")


@pytest.mark.parametrize(
    ("at", "days", "frozen_now", "valid_until"),
    [
        ("2024-03-19 23:59:59", 3, False, "2024-04-21"),
        ("2024-03-20 00:00:00", 3, True, "2024-04-21"),
        ("2024-04-20 23:59:59", 3, True, "2024-04-21"),
        ("2024-04-21 00:00:00", 4, False, "2024-04-22"),
        ("2024-05-20 00:00:00", 33, False, "2024-05-21"),
        ("2024-05-21 00:00:00", 34, False, None),
    ],
)
def test_a_reconsideration_stops_the_growth_and_it_goes_on_after_it(
    at: str, days: int, frozen_now: bool, valid_until: str | None
) -> None:
    found = owed(at, RECONSIDERATION)

    assert (found.overdue_days, found.frozen, found.due_on) == (days, frozen_now, DUE)
    assert found.surcharge.fen == min(20000, 600 * days)
    assert found.valid_until == (start_of(date.fromisoformat(valid_until)) if valid_until else None)


@pytest.mark.parametrize(
    ("freezes", "at", "days"),
    [
        # Over before the due day: it changes nothing, and moves no due day (penalty law, art. 73).
        ([("reconsideration", "2024-03-05", "2024-03-10")], "2024-03-17", 1),
        ([("reconsideration", "2024-03-05", "2024-03-16")], "2024-03-17", 1),
        # Begun before the due day: only the late days in it are free.
        ([("reconsideration", "2024-03-10", "2024-03-17")], "2024-03-17", 0),
        ([("reconsideration", "2024-03-10", "2024-03-17")], "2024-03-18", 1),
        ([("reconsideration", "2024-03-10", "2024-03-30")], "2024-04-01", 2),
        # A single day, on the first late day and on a later one.
        ([("reconsideration", "2024-03-17", "2024-03-17")], "2024-03-20", 3),
        ([("reconsideration", "2024-03-19", "2024-03-19")], "2024-03-20", 3),
        ([("reconsideration", "2024-03-20", "2024-03-20")], "2024-03-20", 3),
        ([("reconsideration", "2024-03-21", "2024-03-21")], "2024-03-20", 4),
        # Still going on.
        ([("reconsideration", "2024-03-20", None)], "2034-03-20", 3),
        ([("reconsideration", "2024-03-01", None)], "2034-03-20", 0),
        # One after the other, with and without days between them.
        (
            [
                ("reconsideration", "2024-03-18", "2024-03-19"),
                ("litigation", "2024-03-22", "2024-03-23"),
            ],
            "2024-03-24",
            4,
        ),
        (
            [
                ("reconsideration", "2024-03-18", "2024-03-19"),
                ("litigation", "2024-03-20", "2024-03-23"),
            ],
            "2024-03-24",
            2,
        ),
        # Overlapping days count once: partly, wholly, twice the same, and an end that is open.
        (
            [
                ("reconsideration", "2024-03-18", "2024-03-21"),
                ("litigation", "2024-03-20", "2024-03-23"),
            ],
            "2024-03-24",
            2,
        ),
        (
            [
                ("reconsideration", "2024-03-18", "2024-03-23"),
                ("litigation", "2024-03-20", "2024-03-21"),
            ],
            "2024-03-24",
            2,
        ),
        (
            [
                ("reconsideration", "2024-03-18", "2024-03-19"),
                ("reconsideration", "2024-03-18", "2024-03-19"),
            ],
            "2024-03-24",
            6,
        ),
        (
            [
                ("reconsideration", "2024-03-18", None),
                ("litigation", "2024-03-20", "2024-03-21"),
            ],
            "2024-04-24",
            1,
        ),
        # A reason the city does not know does not freeze (R21).
        ([("deferral", "2024-03-18", "2024-03-23")], "2024-03-24", 8),
        ([("annulment_request", "2024-03-18", None)], "2024-03-24", 8),
    ],
)
def test_freezes(freezes: list[tuple[str, str, str | None]], at: str, days: int) -> None:
    spans = [frozen(*one) for one in freezes]

    assert owed(at, *spans).overdue_days == days
    assert owed(at, *reversed(spans)) == owed(at, *spans)
    assert owed(at, *spans).due_on == DUE


def test_a_city_may_freeze_for_a_deferral_too() -> None:
    reasons = frozenset(FreezeReason)
    deferral = frozen("deferral", "2024-03-10", "2024-04-10")

    found = owed("2024-04-10 12:00", deferral, surcharge_freeze_on=reasons)
    assert (found.overdue_days, found.frozen) == (0, True)
    assert found.valid_until == start_of(date(2024, 4, 11))
    assert owed("2024-04-11", deferral, surcharge_freeze_on=reasons).overdue_days == 1


def test_time_alone_ends_no_open_freeze() -> None:
    open_end = frozen("litigation", "2024-03-20")

    found = owed("2024-03-25 12:00", open_end)
    assert (found.overdue_days, found.frozen, found.valid_until) == (3, True, None)
    # Before it begins there are ticks left.
    assert owed("2024-03-18", open_end).valid_until == start_of(date(2024, 3, 19))
    assert owed("2024-03-19", open_end).valid_until is None
    assert owed("2024-03-19", open_end).frozen is False


def test_a_freeze_covers_a_day_before_any_decision() -> None:
    found = owed("2024-03-25", frozen("litigation", "2024-03-20"), received_on=None)

    assert found == Quote(FINE, NOTHING, 0, None, True, None)


def test_a_freeze_that_ends_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end before it begins"):
        frozen("litigation", "2024-03-20", "2024-03-19")
    assert frozen("litigation", "2024-03-20", "2024-03-20").until_on == date(2024, 3, 20)


def test_the_end_of_the_calendar() -> None:
    last = date.max - timedelta(days=15)
    found = owed("9999-12-31 23:59:59", received_on=last)

    assert (found.due_on, found.overdue_days, found.valid_until) == (date.max, 0, None)
    assert owed("9999-12-31 23:59:59", received_on=date.max).due_on == date.max
    day_before = owed("9999-12-30", received_on=last - timedelta(days=1))
    assert (day_before.due_on, day_before.grows_on) == (date(9999, 12, 30), date.max)


DAYS = st.dates(date(2024, 1, 1), date(2025, 12, 31))
PRINCIPALS = st.integers(0, 10**7).map(Money)
FREEZES = st.lists(
    st.builds(
        lambda reason, first, length: Freeze(
            reason, first, None if length is None else first + timedelta(days=length)
        ),
        st.sampled_from(FreezeReason),
        DAYS,
        st.none() | st.integers(0, 90),
    ),
    max_size=4,
)
CITIES = st.builds(
    lambda rounding, percent, cap, roll: rules(
        surcharge_rounding=rounding,
        surcharge_percent_per_day=percent,
        surcharge_cap_percent=cap,
        pay_roll_to_workday=roll,
    ),
    st.sampled_from(Rounding),
    st.integers(0, 7),
    st.sampled_from([0, 50, 100]),
    st.booleans(),
)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


def at_noon(
    day: date, principal: Money, received_on: date, freezes: Sequence[Freeze], city: Any
) -> Quote:
    moment = midnight(day) + timedelta(hours=12)
    return quote(principal, received_on, moment, freezes, city, CALENDAR)


@given(PRINCIPALS, DAYS, DAYS, st.integers(0, 400), FREEZES, CITIES)
def test_the_surcharge_only_grows_and_never_beyond_the_cap(
    principal: Money, received_on: date, day: date, later: int, freezes: list[Freeze], city: Any
) -> None:
    before = at_noon(day, principal, received_on, freezes, city)
    after = at_noon(day + timedelta(days=later), principal, received_on, freezes, city)

    assert NOTHING <= before.surcharge <= after.surcharge
    assert after.surcharge.fen * 100 <= principal.fen * city.surcharge_cap_percent
    assert after.overdue_days - before.overdue_days <= later
    assert after.total.fen == after.principal.fen + after.surcharge.fen
    assert after.due_on == before.due_on


@given(PRINCIPALS, DAYS, DAYS, FREEZES, FREEZES, CITIES)
def test_freezing_never_makes_it_more(
    principal: Money,
    received_on: date,
    day: date,
    freezes: list[Freeze],
    more: list[Freeze],
    city: Any,
) -> None:
    fewer = at_noon(day, principal, received_on, freezes, city)
    frozen_more = at_noon(day, principal, received_on, freezes + more, city)

    assert frozen_more.surcharge <= fewer.surcharge
    assert frozen_more.overdue_days <= fewer.overdue_days
    assert at_noon(day, principal, received_on, more + freezes, city) == frozen_more


@given(PRINCIPALS, DAYS, DAYS, FREEZES, CITIES)
def test_a_quote_holds_until_the_instant_it_names_and_not_longer(
    principal: Money, received_on: date, day: date, freezes: list[Freeze], city: Any
) -> None:
    found = at_noon(day, principal, received_on, freezes, city)
    far = at_noon(day + timedelta(days=2000), principal, received_on, freezes, city)
    if found.valid_until is None:
        assert far.total == found.total
        return
    assert found.valid_until > midnight(day)
    last, first = found.valid_until - timedelta(microseconds=1), found.valid_until

    assert quote(principal, received_on, last, freezes, city, CALENDAR).total == found.total
    assert quote(principal, received_on, first, freezes, city, CALENDAR).total > found.total


@given(DAYS, DAYS, FREEZES)
def test_late_days_are_counted_one_by_one(
    received_on: date, day: date, freezes: list[Freeze]
) -> None:
    assume(received_on < day)
    due = due_on(received_on, CALENDAR_DAYS, CALENDAR)
    late = [due + timedelta(days=n) for n in range(1, (day - due).days + 1)]
    counted = [freeze for freeze in freezes if freeze.reason in CALENDAR_DAYS.surcharge_freeze_on]
    free = [
        one
        for one in late
        if any(freeze.from_on <= one <= (freeze.until_on or date.max) for freeze in counted)
    ]

    found = at_noon(day, FINE, received_on, freezes, CALENDAR_DAYS)

    assert found.overdue_days == len(late) - len(free)
