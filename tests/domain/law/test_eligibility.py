"""Who may handle a violation online: for every reason a case without it and its twin with it."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from domain.freshness import UNKNOWN, Freshness, FreshnessState
from domain.law.cases import (
    Case,
    NoLicence,
    Proceeding,
    ProceedingKind,
    Relation,
    VehicleFacts,
)
from domain.law.eligibility import eligibility
from domain.letters import LicenceStatus, VehicleUse
from domain.money import Money
from domain.plates import Plate, PlateType
from domain.principals import VerificationLevel
from domain.records import Agency
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Hours, Rules
from domain.times import CHINA
from domain.violations import CaptureKind, ViolationStatus
from tests.domain.law.cases import NOW, OWN, TODAY, but, case, granted, licence, rules, violation

Code = RefusalCode
ALLOWED = case()
NATIONAL = rules()
TOMORROW = TODAY + timedelta(days=1)
YESTERDAY = TODAY - timedelta(days=1)


@dataclass(frozen=True)
class Twins:
    """Two cases that differ in one fact: the first is allowed, the second refused."""

    part: str
    fact: str
    bad: Any
    refusals: tuple[Refusal, ...]
    allowed: Case = ALLOWED
    rules: Rules = NATIONAL

    @property
    def refused(self) -> Case:
        return but(self.allowed, self.part, **{self.fact: self.bad})


def no(code: Code, detail: str | None = None, **values: str) -> tuple[Refusal, ...]:
    return (Refusal(code, detail, values),)


def under_way(kind: str, number: str | None = None, until: date | None = None) -> Any:
    return (Proceeding(ProceedingKind(kind), number, until),)


ZERO_POINTS = case(violation=violation(points=0))
OTHER_PLATE = Plate(PlateType.SMALL_VEHICLE, "渝B54321")
OTHERS = frozenset(Plate(PlateType.SMALL_VEHICLE, f"渝C0000{n}") for n in range(4))
CITY_CARS = rules(
    handle_own_plate_types=frozenset({PlateType.SMALL_VEHICLE}),
    handle_own_vehicle_uses=frozenset({VehicleUse.PRIVATE}),
)
CITY_AGENCIES = rules(handle_agencies=("5001", "5002"))
DAYTIME = rules(hours_handle=Hours(time(8), time(18)))
NO_POINTS_FOR_LARGE = rules(handle_large_class_points=False, handle_vehicle_type_class_fit=False)
GONE = [
    ("withdrawn", Code.ANNULLED),
    ("no_longer_listed", Code.NO_LONGER_LISTED),
    ("decided", Code.ALREADY_HANDLED),
    ("nothing_to_pay", Code.NOTHING_TO_PAY),
]

TWINS = [
    *(Twins("violation", "status", ViolationStatus(status), no(code)) for status, code in GONE),
    Twins(
        "violation",
        "status",
        ViolationStatus.PAID,
        (*no(Code.ALREADY_HANDLED), *no(Code.ALREADY_PAID)),
    ),
    Twins(
        "violation",
        "status",
        ViolationStatus.DECIDED,
        no(Code.ALREADY_HANDLED, "numbered", number="500101190000001"),
        case(violation=violation(decision_number="500101190000001")),
    ),
    Twins("violation", "handled_elsewhere", True, no(Code.BEING_HANDLED_ELSEWHERE)),
    Twins("violation", "handled_elsewhere", None, no(Code.UPSTREAM_UNAVAILABLE, "state")),
    Twins("violation", "capture", CaptureKind.ON_SCENE, no(Code.NOT_NON_SCENE)),
    Twins(
        "violation",
        "agency",
        Agency("500301000000", "高速公路执法"),
        no(Code.OTHER_AGENCY, "named", agency="高速公路执法"),
        rules=CITY_AGENCIES,
    ),
    Twins(
        "violation",
        "agency",
        Agency("150010000000", None),
        no(Code.OTHER_AGENCY),
        rules=CITY_AGENCIES,
    ),
    Twins(
        "violation",
        "agency",
        Agency(None, "某单位"),
        no(Code.OTHER_AGENCY, "unknown"),
        rules=CITY_AGENCIES,
    ),
    Twins("violation", "coercive_measure", True, no(Code.COERCIVE_MEASURE_OPEN)),
    Twins("violation", "coercive_measure", None, no(Code.UPSTREAM_UNAVAILABLE, "state")),
    Twins("violation", "proceedings", under_way("objection"), no(Code.UNDER_DISPUTE)),
    Twins(
        "violation",
        "proceedings",
        under_way("objection", "YY-7", TODAY),
        no(Code.UNDER_DISPUTE, "dated", number="YY-7", date="2026-11-22"),
    ),
    Twins(
        "violation",
        "proceedings",
        under_way("objection", "YY-7", YESTERDAY),
        no(Code.UNDER_DISPUTE, "numbered", number="YY-7"),
    ),
    Twins(
        "violation",
        "proceedings",
        under_way("annulment", "CX-1"),
        no(Code.ANNUL_PENDING, "numbered", number="CX-1"),
    ),
    Twins("violation", "proceedings", under_way("annulment", None, TODAY), no(Code.ANNUL_PENDING)),
    Twins("violation", "proceedings", under_way("deferral"), no(Code.DEFERRED)),
    Twins(
        "violation",
        "proceedings",
        under_way("deferral", "YQ-3", TODAY),
        no(Code.DEFERRED, "dated", date="2026-11-22"),
        case(violation=violation(proceedings=under_way("deferral", "YQ-3", YESTERDAY))),
    ),
    Twins("violation", "proceedings", None, no(Code.UPSTREAM_UNAVAILABLE, "state")),
    Twins(
        "violation",
        "occurred_at",
        datetime(2024, 11, 21, 23, 59, 59, tzinfo=CHINA),
        no(Code.TIME_LIMIT_PASSED, date="2026-11-21"),
        case(violation=violation(occurred_at=datetime(2024, 11, 22, tzinfo=CHINA))),
    ),
    Twins(
        "violation",
        "found_on",
        date(2022, 3, 2),
        no(Code.TIME_LIMIT_PASSED, date="2022-03-01"),
        case(
            violation=violation(
                occurred_at=datetime(2020, 3, 1, tzinfo=CHINA), found_on=date(2022, 3, 1)
            )
        ),
    ),
    Twins("person", "verification", VerificationLevel.NONE, no(Code.LICENCE_NOT_BOUND)),
    Twins("person", "identity_known", False, no(Code.LICENCE_NOT_BOUND)),
    Twins("person", "name_matches", False, no(Code.NAME_MISMATCH)),
    Twins("person", "name_matches", None, no(Code.NAME_MISMATCH, "unknown")),
    Twins("", "licence", NoLicence(), no(Code.LICENCE_NOT_BOUND, "no_licence")),
    Twins("", "licence", None, no(Code.UPSTREAM_UNAVAILABLE, "licence")),
    Twins("licence", "statuses", (), no(Code.LICENCE_STATUS, "missing")),
    *(
        Twins("licence", "statuses", (status,), no(Code.LICENCE_STATUS, status.name.lower()))
        for status in LicenceStatus
        if status is not LicenceStatus.NORMAL
    ),
    Twins(
        "licence",
        "points",
        12,
        no(Code.POINTS_FULL, points="12", limit="12"),
        but(ZERO_POINTS, "licence", points=11),
    ),
    Twins("licence", "points", None, no(Code.UPSTREAM_UNAVAILABLE, "licence_points")),
    Twins("licence", "points", None, no(Code.UPSTREAM_UNAVAILABLE, "licence_points"), ZERO_POINTS),
    Twins(
        "licence",
        "first_licensed_on",
        date(2026, 11, 2),
        no(Code.VIOLATION_BEFORE_LICENCE, date="2026-11-02"),
        case(licence=licence(first_licensed_on=date(2026, 11, 1))),
    ),
    Twins("licence", "first_licensed_on", None, no(Code.VIOLATION_BEFORE_LICENCE, "unknown")),
    Twins("", "vehicle", None, no(Code.VEHICLE_KIND, "no_plate")),
    Twins(
        "vehicle",
        "plate",
        Plate(PlateType.SMALL_NEW_ENERGY, "渝AD12345"),
        no(Code.VEHICLE_KIND, "own_plate_type"),
        rules=CITY_CARS,
    ),
    Twins("vehicle", "use", VehicleUse.TAXI, no(Code.VEHICLE_KIND, "own_use"), rules=CITY_CARS),
    Twins("vehicle", "use", None, no(Code.VEHICLE_KIND, "own_use_unknown"), rules=CITY_CARS),
    Twins(
        "vehicle",
        "plate",
        Plate(PlateType.LOW_SPEED_VEHICLE, "渝A12345"),
        no(Code.VEHICLE_KIND, "other_plate_type"),
        granted(),
    ),
    Twins("licence", "classes", frozenset({"D"}), no(Code.LICENCE_CLASS_MISMATCH)),
    Twins("licence", "classes", frozenset(), no(Code.LICENCE_CLASS_MISMATCH, "unknown_class")),
    Twins("vehicle", "type_code", "H11", no(Code.LICENCE_CLASS_MISMATCH)),
    Twins(
        "vehicle",
        "type_code",
        None,
        no(Code.LICENCE_CLASS_MISMATCH, "unknown_type"),
        but(case(licence=licence(classes=frozenset({"C5"}))), "vehicle", type_code="K33"),
    ),
    Twins("vehicle", "relation", Relation.NONE, no(Code.GRANT_REQUIRED)),
    Twins("vehicle", "relation", Relation.NONE, no(Code.GRANT_REQUIRED), granted()),
    Twins("", "grant", None, no(Code.GRANT_REQUIRED), granted()),
    Twins(
        "grant",
        "starts_on",
        TOMORROW,
        no(Code.GRANT_REQUIRED, "not_begun", date="2026-11-23"),
        granted(violation=violation(points=0)),
    ),
    Twins(
        "grant",
        "ends_on",
        YESTERDAY,
        no(Code.GRANT_EXPIRED, date="2026-11-21"),
        but(granted(), "grant", ends_on=TODAY),
    ),
    Twins("grant", "active", 4, no(Code.GRANT_QUOTA, "active", limit="3"), granted()),
    Twins("grant", "owners_ever", 6, no(Code.GRANT_QUOTA, "owners", limit="5"), granted()),
    Twins(
        "grant",
        "chances_this_year",
        4,
        no(Code.GRANT_QUOTA, "chances", limit="3"),
        but(granted(), "grant", chances_this_year=3),
        rules(grant_chances_per_year=3),
    ),
    Twins(
        "grant",
        "followers_of_vehicle",
        4,
        no(Code.GRANT_QUOTA, "followers", limit="3"),
        but(granted(), "grant", followers_of_vehicle=3),
    ),
    Twins(
        "grant",
        "starts_on",
        date(2026, 11, 2),
        no(Code.GRANT_TOO_LATE, date="2026-11-02"),
        but(granted(), "grant", starts_on=date(2026, 11, 1)),
    ),
    Twins(
        "violation",
        "points",
        1,
        no(Code.OTHERS_VEHICLE_POINTS),
        granted(violation=violation(points=0)),
        rules(handle_other_vehicle_points=False),
    ),
    Twins("violation", "fine", None, no(Code.AMOUNT_UNKNOWN)),
    Twins("violation", "points", None, no(Code.AMOUNT_UNKNOWN, "points")),
    Twins(
        "violation",
        "fine",
        Money(20001),
        no(Code.FINE_OVER_LIMIT, fine="200.01", limit="200.00"),
        case(violation=violation(fine=Money(20000))),
    ),
    Twins(
        "violation",
        "points",
        7,
        no(Code.SINGLE_POINTS_OVER_LIMIT, points="7", limit="6"),
        case(violation=violation(points=6)),
        rules(handle_max_points_single=6),
    ),
    *(
        Twins(
            "licence",
            "classes",
            frozenset({"C1", large}),
            no(Code.LARGE_CLASS_POINTS),
            rules=NO_POINTS_FOR_LARGE,
        )
        for large in ("A1", "A2", "A3", "B1", "B2")
    ),
    Twins(
        "licence",
        "classes",
        frozenset(),
        no(Code.LARGE_CLASS_POINTS, "unknown_class"),
        rules=NO_POINTS_FOR_LARGE,
    ),
    Twins(
        "violation",
        "points",
        1,
        no(Code.LARGE_CLASS_POINTS),
        but(ZERO_POINTS, "licence", classes=frozenset({"B2"})),
        NO_POINTS_FOR_LARGE,
    ),
    Twins(
        "licence",
        "points",
        9,
        no(Code.POINTS_WOULD_REACH_12, points="9", after="12", limit="11"),
        case(licence=licence(points=8)),
    ),
    Twins(
        "licence",
        "points",
        9,
        no(
            Code.POINTS_WOULD_REACH_12,
            "dated",
            points="9",
            after="12",
            limit="11",
            date="2027-05-03",
        ),
        case(licence=licence(points=8, cycle_ends_on=date(2027, 5, 3))),
    ),
    Twins("counts", "suspended", True, no(Code.POINT_TRADING_SUSPECTED)),
    Twins("counts", "suspended", None, no(Code.UPSTREAM_UNAVAILABLE, "counts")),
    Twins(
        "counts",
        "other_plates",
        OTHERS,
        no(Code.POINT_TRADING_SUSPECTED, "plates", limit="3"),
        case(counts=replace(case().counts, other_plates=OTHERS - {min(OTHERS, key=str)})),
    ),
    Twins("counts", "other_plates", None, no(Code.UPSTREAM_UNAVAILABLE, "counts")),
    Twins(
        "counts",
        "drivers_of_vehicle",
        4,
        no(Code.POINT_TRADING_SUSPECTED, "drivers", limit="3"),
        but(case(), "counts", drivers_of_vehicle=3),
    ),
    Twins("counts", "drivers_of_vehicle", None, no(Code.UPSTREAM_UNAVAILABLE, "counts")),
    Twins("", "freshness", UNKNOWN, no(Code.UPSTREAM_UNAVAILABLE)),
    Twins(
        "",
        "freshness",
        Freshness(FreshnessState.STALE, NOW - timedelta(minutes=12, seconds=59)),
        no(Code.UPSTREAM_UNAVAILABLE, "stale", age="12"),
    ),
    Twins(
        "",
        "now",
        datetime(2026, 11, 22, 7, 59, 59, tzinfo=CHINA),
        no(Code.NIGHT_WINDOW, opens="08:00", closes="18:00"),
        rules=DAYTIME,
    ),
]

ABOUT_PAYING = {
    Code.NOT_DECIDED,
    Code.PAYING_ELSEWHERE,
    Code.DECISION_NOT_YET_VISIBLE,
    Code.AMOUNT_CHANGED,
}
ABOUT_HANDLING = set(list(Code)[list(Code).index(Code.ANNULLED) :]) - ABOUT_PAYING


def name_of(twins: Twins) -> str:
    return "+".join(f"{one.code}.{one.detail or ''}" for one in twins.refusals)


@pytest.mark.parametrize("twins", TWINS, ids=name_of)
def test_one_fact_makes_the_difference(twins: Twins) -> None:
    assert eligibility(twins.allowed, twins.rules) == ()
    assert eligibility(twins.refused, twins.rules) == twins.refusals


def test_every_reason_against_handling_has_its_twins() -> None:
    assert {one.code for twins in TWINS for one in twins.refusals} == ABOUT_HANDLING


def test_every_reason_is_told_in_the_order_of_the_codes() -> None:
    worst = case(
        licence=licence(
            classes=frozenset({"B2"}),
            statuses=(LicenceStatus.OVER_POINTS, LicenceStatus.RENEWAL_OVERDUE),
            points=12,
        ),
        vehicle=VehicleFacts(OWN, VehicleUse.PRIVATE, "K11", Relation.NONE),
        violation=violation(
            capture=CaptureKind.ON_SCENE, fine=Money(50000), points=9, handled_elsewhere=True
        ),
    )
    city = rules(
        handle_large_class_points=False,
        handle_max_points_single=6,
        handle_other_vehicle_points=False,
        hours_handle=Hours(time(13), time(18)),
    )

    told = eligibility(worst, city)

    assert [(one.code.value, one.detail) for one in told] == [
        ("BEING_HANDLED_ELSEWHERE", None),
        ("NOT_NON_SCENE", None),
        ("LICENCE_STATUS", "over_points"),
        ("LICENCE_STATUS", "renewal_overdue"),
        ("POINTS_FULL", None),
        ("LICENCE_CLASS_MISMATCH", None),
        ("GRANT_REQUIRED", None),
        ("OTHERS_VEHICLE_POINTS", None),
        ("FINE_OVER_LIMIT", None),
        ("SINGLE_POINTS_OVER_LIMIT", None),
        ("LARGE_CLASS_POINTS", None),
        ("POINTS_WOULD_REACH_12", None),
        ("NIGHT_WINDOW", None),
    ]


def test_an_unverified_person_is_not_told_that_the_register_is_silent() -> None:
    unverified = but(case(licence=None), "person", verification=VerificationLevel.NONE)

    assert eligibility(unverified, rules()) == no(Code.LICENCE_NOT_BOUND)


def test_the_same_letter_twice_is_one_reason() -> None:
    twice = but(case(), "licence", statuses=(LicenceStatus.LOCKED, LicenceStatus.LOCKED))

    assert eligibility(twice, rules()) == no(Code.LICENCE_STATUS, "locked")


def test_what_a_city_allows_beside_normal_is_allowed_letter_by_letter() -> None:
    city = rules(
        handle_licence_status_ok=frozenset(
            {LicenceStatus.NORMAL, LicenceStatus.VIOLATION_UNHANDLED}
        )
    )
    both = (LicenceStatus.NORMAL, LicenceStatus.VIOLATION_UNHANDLED)

    assert eligibility(but(case(), "licence", statuses=both), city) == ()
    assert eligibility(but(case(), "licence", statuses=(*both, LicenceStatus.LOCKED)), city) == no(
        Code.LICENCE_STATUS, "locked"
    )


def test_a_city_cannot_allow_an_unknown_letter() -> None:
    everything = rules(handle_licence_status_ok=frozenset(LicenceStatus))
    unknown = but(case(), "licence", statuses=(LicenceStatus.NORMAL, LicenceStatus.UNKNOWN))

    assert eligibility(unknown, everything) == no(Code.LICENCE_STATUS, "unknown")


def test_a_warning_can_be_accepted_with_eleven_points() -> None:
    warning = case(licence=licence(points=11), violation=violation(fine=Money(0), points=0))

    assert eligibility(warning, rules()) == ()


def test_basic_verification_is_enough() -> None:
    basic = but(case(), "person", verification=VerificationLevel.BASIC)

    assert eligibility(basic, rules()) == ()


def test_the_fourth_vehicle_counts_before_it_is_handled() -> None:
    three = frozenset(list(OTHERS)[:3])
    fourth = but(granted(), "counts", other_plates=three)
    again = but(granted(), "counts", other_plates=frozenset([*list(three)[:2], OWN]))

    assert eligibility(fourth, rules()) == no(Code.POINT_TRADING_SUSPECTED, "plates", limit="3")
    assert eligibility(again, rules()) == ()
    assert eligibility(but(case(), "counts", other_plates=three), rules()) == ()


@pytest.mark.parametrize(
    "switch",
    [
        {"handle_violation_after_first_issue": False},
        {"handle_other_vehicle_after_filing": False},
        {"handle_vehicle_type_class_fit": False},
        {"handle_after_full_other_vehicles": True},
    ],
    ids=str,
)
def test_a_rule_that_is_off_needs_no_fact(switch: dict[str, bool]) -> None:
    unknown = {
        "handle_violation_after_first_issue": but(case(), "licence", first_licensed_on=None),
        "handle_other_vehicle_after_filing": but(granted(), "grant", starts_on=TODAY),
        "handle_vehicle_type_class_fit": but(case(), "licence", classes=frozenset()),
        "handle_after_full_other_vehicles": but(ZERO_POINTS, "licence", points=30),
    }[next(iter(switch))]

    assert eligibility(unknown, rules()) != ()
    assert eligibility(unknown, rules(**switch)) == ()


def test_without_points_the_day_of_the_permission_does_not_matter() -> None:
    late = granted(violation=violation(points=0))

    assert eligibility(but(late, "grant", starts_on=TODAY), rules()) == ()
