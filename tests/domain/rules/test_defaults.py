"""The defaults are those of law and common practice, on both sides of every change."""

from dataclasses import fields, replace
from datetime import date, time

import pytest

from domain.letters import LicenceStatus
from domain.money import Money
from domain.plates import PlateType
from domain.rules.book import City, Rulebook
from domain.rules.catalogue import CATALOGUE
from domain.rules.consistency import AGREEMENTS
from domain.rules.values import (
    BatchBeyondLimit,
    CarryOver,
    CodeLimits,
    FirstOffence,
    FreezeReason,
    Hours,
    LeapDay,
    PointsLimit,
    ReductionLimits,
    Rounding,
    Rules,
)
from domain.texts import Text
from domain.violations import CaptureKind

BOOK = Rulebook.of(City("nowhere", Text("无", "Nowhere"), "重庆"), {})

TODAY = Rules(
    handle_capture_kinds=frozenset({CaptureKind.CAMERA}),
    handle_max_fine=Money(20000),
    handle_points_after=PointsLimit(12, inclusive=False),
    handle_max_points_single=None,
    handle_large_class_points=False,
    handle_same_vehicle_batch_over_12=BatchBeyondLimit.WINDOW,
    handle_after_full_other_vehicles=False,
    handle_licence_status_ok=frozenset(map(LicenceStatus, "AHNPT")),
    handle_vehicle_type_class_fit=True,
    handle_violation_after_first_issue=True,
    handle_other_vehicle_after_filing=True,
    handle_own_plate_types=None,
    handle_own_vehicle_uses=None,
    handle_other_plate_types=frozenset({PlateType.SMALL_VEHICLE, PlateType.SMALL_NEW_ENERGY}),
    handle_other_vehicle_points=True,
    handle_agencies=None,
    grant_max_active=3,
    grant_max_owners_ever=5,
    grant_chances_per_year=3,
    grant_max_followers_per_vehicle=3,
    grant_expiry_days=365,
    fraud_other_plates_per_year=3,
    fraud_drivers_per_vehicle=3,
    pay_days=15,
    pay_count_receipt_day=False,
    surcharge_percent_per_day=3,
    surcharge_cap_percent=100,
    surcharge_rounding=Rounding.FEN_DOWN,
    surcharge_freeze_on=frozenset(FreezeReason),
    surcharge_timezone="Asia/Shanghai",
    pay_roll_to_workday=True,
    points_lex_mitior=True,
    points_cycle_months=12,
    points_leap_day=LeapDay.FEBRUARY_28,
    points_assign_by="decision_date",
    points_carry_over=CarryOver.OVERDUE_UNPAID_ITEMS,
    points_limit=12,
    points_alert_at=9,
    points_reduction=ReductionLimits(per_cycle=6, online_study=1, class_study=2, volunteering=1),
    warning_no_points_no_pay=True,
    dispute_review_workdays=5,
    eliminate_workdays=3,
    accept_days=30,
    accept_defer_months=3,
    bulk_threshold=5,
    bulk_notice_days=30,
    bulk_public_workdays=7,
    reconsider_days=60,
    reconsider_days_untold=365,
    reconsider_absolute_years=5,
    litigate_days_after_reconsideration=15,
    litigate_months=6,
    litigate_absolute_years=5,
    reconsider_first_kinds=frozenset({CaptureKind.ON_SCENE}),
    annul_four_eyes=True,
    refund_sla_days=15,
    hours_handle=Hours(time(0), time(0)),
    sms_code=CodeLimits(minutes=5, wrong_tries=5, sent_per_day=10, wrong_lookups_per_day=5),
    roadside_qr_hours=4,
    first_offence=FirstOffence(enabled=False, once_in_months=12, clean_months=6, codes=frozenset()),
    limit_years=2,
    text_version="2024-01-01",
)
BEFORE_2024 = replace(
    TODAY,
    reconsider_days_untold=60,
    reconsider_first_kinds=frozenset(),
    text_version="2022-04-01",
)
BEFORE_APRIL_2022 = replace(
    BEFORE_2024,
    points_carry_over=CarryOver.ALL_IF_ANY_UNPAID,
    points_reduction=ReductionLimits(0, 0, 0, 0),
    text_version="2021-07-15",
)
BEFORE_JULY_2021 = replace(BEFORE_APRIL_2022, text_version="2015-05-01")
BEFORE_MAY_2015 = replace(BEFORE_JULY_2021, litigate_months=3, text_version="2004-05-01")


@pytest.mark.parametrize(
    ("day", "rules"),
    [
        (date.min, BEFORE_MAY_2015),
        (date(2015, 4, 30), BEFORE_MAY_2015),
        (date(2015, 5, 1), BEFORE_JULY_2021),
        (date(2021, 7, 14), BEFORE_JULY_2021),
        (date(2021, 7, 15), BEFORE_APRIL_2022),
        (date(2022, 3, 31), BEFORE_APRIL_2022),
        (date(2022, 4, 1), BEFORE_2024),
        (date(2023, 12, 31), BEFORE_2024),
        (date(2024, 1, 1), TODAY),
        (date(2026, 11, 22), TODAY),
        (date.max, TODAY),
    ],
)
def test_defaults_on_both_sides_of_every_change(day: date, rules: Rules) -> None:
    assert BOOK.on(day) == rules


def test_no_other_day_changes_anything() -> None:
    assert BOOK.changes() == (
        date(2015, 5, 1),
        date(2021, 7, 15),
        date(2022, 4, 1),
        date(2024, 1, 1),
    )


def test_the_types_are_those_that_rules_promises() -> None:
    kinds = {type(getattr(TODAY, one.name)) for one in fields(Rules)}
    for day, _ in BOOK.eras:
        for one in fields(Rules):
            found, promised = getattr(BOOK.on(day), one.name), getattr(TODAY, one.name)
            assert type(found) is type(promised), one.name
    assert dict not in kinds
    assert list not in kinds


def test_every_field_of_rules_has_its_key_and_no_key_is_left_over() -> None:
    assert sorted(rule.field for rule in CATALOGUE.values()) == sorted(
        one.name for one in fields(Rules)
    )
    assert BOOK.keys() == tuple(CATALOGUE)


# Numbers and keys as in the rule catalogue of the design; where one line became several keys, all.
NUMBERED = {
    1: ["handle.capture_kinds"],
    2: ["handle.max_fine_fen"],
    3: ["handle.points_after"],
    4: ["handle.max_points_single"],
    5: ["handle.large_class_points"],
    6: ["handle.same_vehicle_batch_over_12"],
    7: ["handle.after_full_other_vehicles"],
    8: ["handle.licence_status_ok"],
    9: ["handle.vehicle_type_class_fit"],
    10: ["handle.violation_after_first_issue"],
    11: ["handle.other_vehicle_after_filing"],
    12: ["grant.max_active"],
    13: ["grant.max_owners_ever", "grant.chances_per_year"],
    14: ["grant.max_followers_per_vehicle"],
    15: ["grant.expiry_days"],
    16: ["fraud.other_plates_per_year"],
    17: ["fraud.drivers_per_vehicle"],
    18: ["pay.days", "pay.count_receipt_day"],
    19: ["surcharge.percent_per_day", "surcharge.cap_percent"],
    20: ["surcharge.rounding"],
    21: ["surcharge.freeze_on"],
    22: ["surcharge.timezone"],
    23: ["pay.roll_to_workday"],
    24: ["points.lex_mitior"],
    25: ["points.cycle_months", "points.leap_day"],
    26: ["points.assign_by"],
    27: ["points.carry_over"],
    28: ["points.alert_at"],
    29: ["points.reduction"],
    30: ["warning.no_points_no_pay"],
    31: ["dispute.review_workdays"],
    32: ["eliminate.workdays"],
    33: ["accept.days", "accept.defer_months"],
    34: ["bulk.threshold", "bulk.notice_days", "bulk.public_workdays"],
    35: ["reconsider.days", "reconsider.days_untold", "reconsider.absolute_years"],
    36: [
        "litigate.days_after_reconsideration",
        "litigate.months",
        "litigate.absolute_years",
    ],
    37: ["reconsider.first_kinds"],
    38: ["annul.four_eyes"],
    39: ["refund.sla_days"],
    40: ["hours.handle"],
    41: ["sms.code"],
    42: ["roadside_qr.hours"],
    43: ["first_offence"],
    44: ["limit.years"],
    45: ["text.version"],
}
BESIDE_THEM = [
    "handle.own_plate_types",
    "handle.own_vehicle_uses",
    "handle.other_plate_types",
    "handle.other_vehicle_points",
    "handle.agencies",
    "points.limit",
]


def test_every_number_has_its_keys() -> None:
    found: dict[int | None, list[str]] = {}
    for rule in CATALOGUE.values():
        found.setdefault(rule.number, []).append(rule.key)

    assert found.pop(None) == BESIDE_THEM
    assert found == NUMBERED


@pytest.mark.parametrize("key", CATALOGUE)
def test_everything_about_a_rule_can_be_told_in_both_languages(key: str) -> None:
    for one in BOOK.history(key):
        for text in (one.meaning, one.words, one.source):
            assert text.zh.strip()
            assert text.en.strip()
            assert text.en.isascii()
        assert one.meaning.zh.endswith("。")
        assert one.meaning.en.endswith(".")
        assert one.is_default


def test_the_defaults_fit_each_other_on_every_day() -> None:
    assert [
        (day, one.keys) for day, rules in BOOK.eras for one in AGREEMENTS if not one.holds(rules)
    ] == []
