"""The rules that are in force on one day, typed. One field per key of the catalogue (R1-R45)."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from domain.letters import LicenceStatus, VehicleUse
from domain.money import Money
from domain.plates import PlateType
from domain.violations import CaptureKind


@dataclass(frozen=True, slots=True)
class PointsLimit:
    """What the points may come to after handling: `< 12`, `<= 12` or `<= 11` (R3)."""

    bound: int
    inclusive: bool

    def allows(self, points: int) -> bool:
        """Whether so many points are still within the limit."""
        return points <= self.bound if self.inclusive else points < self.bound


class Rounding(StrEnum):
    """How a surcharge becomes an amount that can be paid (R20)."""

    FEN_DOWN = "fen_down"
    YUAN_DOWN = "yuan_down"
    YUAN_HALF_UP = "yuan_half_up"


class FreezeReason(StrEnum):
    """What keeps the surcharge from growing (R21; penalty law art. 66 and 73)."""

    RECONSIDERATION = "reconsideration"
    LITIGATION = "litigation"
    ANNULMENT_REQUEST = "annulment_request"
    DEFERRAL = "deferral"


class CarryOver(StrEnum):
    """What of a scoring cycle's points goes on into the next one (R27)."""

    OVERDUE_UNPAID_ITEMS = "overdue_unpaid_items"  # order 163, art. 15
    ALL_IF_ANY_UNPAID = "all_if_any_unpaid"  # regulation of 2017, art. 24


class LeapDay(StrEnum):
    """When the scoring cycle of somebody first licensed on 29 February begins (R25)."""

    FEBRUARY_28 = "february_28"
    MARCH_1 = "march_1"


class BatchBeyondLimit(StrEnum):
    """Several violations of one vehicle that together go beyond the limit (R6)."""

    WINDOW = "window"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of the day in China in which something is done; equal ends mean all day (R40)."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class ReductionLimits:
    """Points that study may take off in a scoring cycle, in all and at once by way (R29)."""

    per_cycle: int
    online_study: int
    class_study: int
    volunteering: int


@dataclass(frozen=True, slots=True)
class CodeLimits:
    """Codes sent by text message (R41)."""

    minutes: int
    wrong_tries: int
    sent_per_day: int
    wrong_lookups_per_day: int


@dataclass(frozen=True, slots=True)
class FirstOffence:
    """A first minor violation becomes a warning (R43): how often, after how long without any."""

    enabled: bool
    once_in_months: int
    clean_months: int
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a city has decided, as of one day. Days are calendar days unless said otherwise."""

    handle_capture_kinds: frozenset[CaptureKind]  # R1
    handle_max_fine: Money  # R2, inclusive
    handle_points_after: PointsLimit  # R3
    handle_max_points_single: int | None  # R4
    handle_large_class_points: bool  # R5: False refuses points to holders of A and B classes
    handle_same_vehicle_batch_over_12: BatchBeyondLimit  # R6
    handle_after_full_other_vehicles: bool  # R7: False refuses from 12 points on
    handle_licence_status_ok: frozenset[LicenceStatus]  # R8: every letter must be in the set
    handle_vehicle_type_class_fit: bool  # R9
    handle_violation_after_first_issue: bool  # R10
    handle_other_vehicle_after_filing: bool  # R11
    handle_own_plate_types: frozenset[PlateType] | None  # beside R1: None is any
    handle_own_vehicle_uses: frozenset[VehicleUse] | None
    handle_other_plate_types: frozenset[PlateType] | None
    handle_other_vehicle_points: bool  # whether points may be accepted on others' vehicles
    handle_agencies: tuple[str, ...] | None  # prefixes of agency codes that take part; None is any
    grant_max_active: int  # R12
    grant_max_owners_ever: int | None  # R13
    grant_chances_per_year: int | None  # R13
    grant_max_followers_per_vehicle: int  # R14
    grant_expiry_days: int | None  # R15
    fraud_other_plates_per_year: int  # R16: more are suspicious
    fraud_drivers_per_vehicle: int  # R17: more are suspicious
    pay_days: int  # R18
    pay_count_receipt_day: bool  # R18
    surcharge_percent_per_day: int  # R19
    surcharge_cap_percent: int  # R19
    surcharge_rounding: Rounding  # R20
    surcharge_freeze_on: frozenset[FreezeReason]  # R21
    surcharge_timezone: str  # R22
    pay_roll_to_workday: bool  # R23
    points_lex_mitior: bool  # R24
    points_cycle_months: int  # R25
    points_leap_day: LeapDay  # R25
    points_assign_by: str  # R26: decision_date
    points_carry_over: CarryOver  # R27
    points_limit: int  # 12 (order 163, art. 3)
    points_alert_at: int  # R28
    points_reduction: ReductionLimits  # R29
    warning_no_points_no_pay: bool  # R30
    dispute_review_workdays: int  # R31
    eliminate_workdays: int  # R32
    accept_days: int  # R33
    accept_defer_months: int  # R33
    bulk_threshold: int  # R34
    bulk_notice_days: int  # R34
    bulk_public_workdays: int  # R34
    reconsider_days: int  # R35
    reconsider_days_untold: int  # R35: when the rights were not told
    reconsider_absolute_years: int  # R35
    litigate_days_after_reconsideration: int  # R36
    litigate_months: int  # R36
    litigate_absolute_years: int  # R36
    reconsider_first_kinds: frozenset[CaptureKind]  # R37
    annul_four_eyes: bool  # R38
    refund_sla_days: int  # R39
    hours_handle: Hours  # R40
    sms_code: CodeLimits  # R41
    roadside_qr_hours: int  # R42
    first_offence: FirstOffence  # R43
    limit_years: int  # R44
    text_version: str  # R45
