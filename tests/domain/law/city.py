"""The rules of a city that decides nothing by itself; a test changes what it is about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from typing import Any

from domain.letters import LicenceStatus
from domain.money import Money
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
from domain.violations import CaptureKind

NATIONAL = Rules(
    handle_capture_kinds=frozenset({CaptureKind.CAMERA}),
    handle_max_fine=Money(20000),
    handle_points_after=PointsLimit(12, inclusive=False),
    handle_max_points_single=None,
    handle_large_class_points=True,
    handle_same_vehicle_batch_over_12=BatchBeyondLimit.WINDOW,
    handle_after_full_other_vehicles=False,
    handle_licence_status_ok=frozenset({LicenceStatus.NORMAL}),
    handle_vehicle_type_class_fit=True,
    handle_violation_after_first_issue=True,
    handle_other_vehicle_after_filing=True,
    handle_own_plate_types=None,
    handle_own_vehicle_uses=None,
    handle_other_plate_types=None,
    handle_other_vehicle_points=True,
    handle_agencies=None,
    grant_max_active=3,
    grant_max_owners_ever=5,
    grant_chances_per_year=None,
    grant_max_followers_per_vehicle=3,
    grant_expiry_days=None,
    fraud_other_plates_per_year=3,
    fraud_drivers_per_vehicle=3,
    pay_days=15,
    pay_count_receipt_day=False,
    surcharge_percent_per_day=3,
    surcharge_cap_percent=100,
    surcharge_rounding=Rounding.FEN_DOWN,
    surcharge_freeze_on=frozenset({FreezeReason.RECONSIDERATION, FreezeReason.LITIGATION}),
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
    text_version="1",
)


def rules(**changed: Any) -> Rules:
    return replace(NATIONAL, **changed)


def always(rules: Rules) -> Callable[[date], Rules]:
    return lambda day: rules
