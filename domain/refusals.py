"""Refusals: a rule said no, and the citizen can act on it. One closed list of codes."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class RefusalCode(StrEnum):
    """
    What a rule said no to. What people read is in `domain/data/refusals.toml`.

    Several reasons are told in this order.
    """

    PLATE_INVALID = "PLATE_INVALID"
    PROOF_INVALID = "PROOF_INVALID"
    VEHICLE_NOT_CONFIRMED = "VEHICLE_NOT_CONFIRMED"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    TOO_MANY_VEHICLES = "TOO_MANY_VEHICLES"
    NOT_FOUND = "NOT_FOUND"
    AUTH_CODE_INVALID = "AUTH_CODE_INVALID"
    ACCOUNT_BLOCKED = "ACCOUNT_BLOCKED"
    CHANNEL_UNAVAILABLE = "CHANNEL_UNAVAILABLE"
    SESSION_ENDED = "SESSION_ENDED"
    NAME_INVALID = "NAME_INVALID"
    IDENTITY_NUMBER_INVALID = "IDENTITY_NUMBER_INVALID"
    IDENTITY_DIFFERS = "IDENTITY_DIFFERS"
    VERIFICATION_NOT_PASSED = "VERIFICATION_NOT_PASSED"
    VERIFICATION_EXPIRED = "VERIFICATION_EXPIRED"
    STATEMENT_TEXT_INVALID = "STATEMENT_TEXT_INVALID"
    PAYMENT_REFUSED = "PAYMENT_REFUSED"
    # Giving money back.
    REFUND_UNDER_WAY = "REFUND_UNDER_WAY"
    REFUNDABLE_CHANGED = "REFUNDABLE_CHANGED"
    NOTHING_TO_REFUND = "NOTHING_TO_REFUND"
    BEYOND_REFUNDABLE = "BEYOND_REFUNDABLE"
    SURPLUS_IN_PARTS = "SURPLUS_IN_PARTS"
    TOO_MANY_REFUNDS = "TOO_MANY_REFUNDS"
    # What officers do with tasks.
    TASK_TAKEN = "TASK_TAKEN"
    TASK_NOT_TAKEN = "TASK_NOT_TAKEN"
    TASK_CLOSED = "TASK_CLOSED"
    TASK_NOTE_INVALID = "TASK_NOTE_INVALID"
    # What has become of the violation.
    ANNULLED = "ANNULLED"
    NO_LONGER_LISTED = "NO_LONGER_LISTED"
    ALREADY_HANDLED = "ALREADY_HANDLED"
    ALREADY_PAID = "ALREADY_PAID"
    NOTHING_TO_PAY = "NOTHING_TO_PAY"
    NOT_DECIDED = "NOT_DECIDED"
    BEING_HANDLED_ELSEWHERE = "BEING_HANDLED_ELSEWHERE"
    PAYING_ELSEWHERE = "PAYING_ELSEWHERE"
    DECISION_NOT_YET_VISIBLE = "DECISION_NOT_YET_VISIBLE"
    # What kind of record it is.
    NOT_NON_SCENE = "NOT_NON_SCENE"
    OTHER_AGENCY = "OTHER_AGENCY"
    COERCIVE_MEASURE_OPEN = "COERCIVE_MEASURE_OPEN"
    UNDER_DISPUTE = "UNDER_DISPUTE"
    ANNUL_PENDING = "ANNUL_PENDING"
    DEFERRED = "DEFERRED"
    TIME_LIMIT_PASSED = "TIME_LIMIT_PASSED"
    # The person and the driving licence.
    LICENCE_NOT_BOUND = "LICENCE_NOT_BOUND"
    NAME_MISMATCH = "NAME_MISMATCH"
    LICENCE_STATUS = "LICENCE_STATUS"
    POINTS_FULL = "POINTS_FULL"
    VIOLATION_BEFORE_LICENCE = "VIOLATION_BEFORE_LICENCE"
    # The vehicle and its owner's consent.
    VEHICLE_KIND = "VEHICLE_KIND"
    LICENCE_CLASS_MISMATCH = "LICENCE_CLASS_MISMATCH"
    GRANT_REQUIRED = "GRANT_REQUIRED"
    GRANT_EXPIRED = "GRANT_EXPIRED"
    GRANT_QUOTA = "GRANT_QUOTA"
    GRANT_TOO_LATE = "GRANT_TOO_LATE"
    OTHERS_VEHICLE_POINTS = "OTHERS_VEHICLE_POINTS"
    # What it costs.
    AMOUNT_UNKNOWN = "AMOUNT_UNKNOWN"
    AMOUNT_CHANGED = "AMOUNT_CHANGED"
    FINE_OVER_LIMIT = "FINE_OVER_LIMIT"
    SINGLE_POINTS_OVER_LIMIT = "SINGLE_POINTS_OVER_LIMIT"
    LARGE_CLASS_POINTS = "LARGE_CLASS_POINTS"
    POINTS_WOULD_REACH_12 = "POINTS_WOULD_REACH_12"
    # Suspicion, and the service itself.
    POINT_TRADING_SUSPECTED = "POINT_TRADING_SUSPECTED"
    UPSTREAM_UNAVAILABLE = "UPSTREAM_UNAVAILABLE"
    NIGHT_WINDOW = "NIGHT_WINDOW"


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    One reason. `detail` picks a more precise text, `values` fill it in.

    `violation_id` says which of several violations it is about.
    """

    code: RefusalCode
    detail: str | None = None
    values: dict[str, str] = field(default_factory=dict)
    violation_id: UUID | None = None


class Refused(Exception):
    """A rule said no. The citizen can act on it, so the schema shows it as a result."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals
