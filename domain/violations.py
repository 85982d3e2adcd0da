"""A violation as we know it: one row for one act, however many records tell of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from domain.money import Money
from domain.plates import Plate
from domain.records import Agency, CaptureMethod, PaidMark


class CaptureKind(StrEnum):
    """How the violation came to be recorded."""

    CAMERA = "camera"
    ON_SCENE = "on_scene"


class ViolationStatus(StrEnum):
    """What became of the violation, as the register says."""

    UNHANDLED = "unhandled"
    DECIDED = "decided"
    PAID = "paid"
    NOTHING_TO_PAY = "nothing_to_pay"
    WITHDRAWN = "withdrawn"
    NO_LONGER_LISTED = "no_longer_listed"


class DecisionStatus(StrEnum):
    """What became of a penalty decision."""

    UNPAID = "unpaid"
    PAID = "paid"
    NOTHING_TO_PAY = "nothing_to_pay"
    ANNULLED = "annulled"


NOBODY = Agency(None, None)

OF_PAID_MARK = {
    PaidMark.UNPAID: DecisionStatus.UNPAID,
    PaidMark.PAID: DecisionStatus.PAID,
    PaidMark.NOTHING_TO_PAY: DecisionStatus.NOTHING_TO_PAY,
}

OWED = frozenset({ViolationStatus.UNHANDLED, ViolationStatus.DECIDED})


@dataclass(frozen=True, slots=True)
class Violation:
    """
    The last known state of one violation.

    A camera record and the penalty decision about it are one violation; the marks of both are kept
    apart (`record_…`, `decision_…`), because they tell the same story at different times. `fine`
    and `points` are None where the agency sets the amount. Instants are aware UTC.
    `settled_at` is ours: when the fine was paid here, which the register hears of later.
    `driver_digest` is a keyed digest of the identity number on the decision, never the number.
    """

    id: UUID
    plate: Plate | None
    capture: CaptureKind
    code: str
    occurred_at: datetime
    place: str | None
    agency: Agency
    record_number: str | None = None
    violation_number: str | None = None
    place_code: str | None = None
    capture_method: CaptureMethod | None = None
    measured: str | None = None
    limit: str | None = None
    fine: Money | None = None
    points: int | None = None
    record_handled: bool = False
    record_paid: PaidMark | None = None
    record_deleted: bool = False
    record_updated_at: datetime | None = None
    missing_since: datetime | None = None
    decision_number: str | None = None
    check_character: str | None = None
    decided_at: datetime | None = None
    deciding_agency: Agency = NOBODY
    surcharge: Money | None = None
    paid_on: date | None = None
    decision_paid: PaidMark | None = None
    decision_annulled: bool = False
    decision_updated_at: datetime | None = None
    settled_at: datetime | None = None
    driver_digest: bytes | None = field(default=None, repr=False)

    @property
    def decision_is_known(self) -> bool:
        """Whether the decision's own record (04C01) has been read, not only its number."""
        return self.decision_paid is not None

    @property
    def is_decided(self) -> bool:
        """Whether a penalty decision stands."""
        return is_decided(self)

    @property
    def paid(self) -> PaidMark:
        """See `paid_mark`."""
        return paid_mark(self)

    @property
    def decision_status(self) -> DecisionStatus | None:
        """What became of the decision; None while there is none."""
        return decision_status(self)

    @property
    def status(self) -> ViolationStatus:
        """See `violation_status`."""
        return violation_status(self)


class Marks(Protocol):
    """The marks of both records, of a violation or of a row that is not one yet."""

    @property
    def capture(self) -> str: ...
    @property
    def record_handled(self) -> bool: ...
    @property
    def record_paid(self) -> str | None: ...
    @property
    def record_deleted(self) -> bool: ...
    @property
    def missing_since(self) -> datetime | None: ...
    @property
    def decision_number(self) -> str | None: ...
    @property
    def decision_paid(self) -> str | None: ...
    @property
    def decision_annulled(self) -> bool: ...
    @property
    def settled_at(self) -> datetime | None: ...


def is_decided(marks: Marks) -> bool:
    """Whether a penalty decision stands."""
    return not marks.decision_annulled and (
        marks.record_handled or marks.decision_number is not None
    )


def has_decision(marks: Marks) -> bool:
    """Whether there is a penalty decision, standing or annulled."""
    return marks.decision_annulled or marks.record_handled or marks.decision_number is not None


def paid_mark(marks: Marks) -> PaidMark:
    """
    Paid if either record says so: one of the two may lag for weeks (quirk 8). Or paid here.

    A payment for an annulled decision pays nothing any more.
    """
    if marks.settled_at is not None and not marks.decision_annulled:
        return PaidMark.PAID
    record = marks.record_paid
    decision = None if marks.decision_annulled else marks.decision_paid
    if PaidMark.PAID in (record, decision):
        return PaidMark.PAID
    if PaidMark.NOTHING_TO_PAY in (record, decision):
        return PaidMark.NOTHING_TO_PAY
    return PaidMark.UNPAID


def decision_status(marks: Marks) -> DecisionStatus | None:
    """What became of the decision; None while there is none."""
    if marks.decision_annulled:
        return DecisionStatus.ANNULLED
    return OF_PAID_MARK[paid_mark(marks)] if is_decided(marks) else None


def violation_status(marks: Marks) -> ViolationStatus:
    """
    What follows from the marks of both records.

    Gone is not paid; what was paid stays paid even when it is no longer listed (quirk 7). After an
    annulment a camera record counts as unhandled again once the register says so.
    """
    if marks.record_deleted or (marks.decision_annulled and _only_the_decision_counts(marks)):
        return ViolationStatus.WITHDRAWN
    paid = paid_mark(marks)
    if paid is PaidMark.PAID:
        return ViolationStatus.PAID
    if marks.missing_since is not None:
        return ViolationStatus.NO_LONGER_LISTED
    if paid is PaidMark.NOTHING_TO_PAY:
        return ViolationStatus.NOTHING_TO_PAY
    return ViolationStatus.DECIDED if is_decided(marks) else ViolationStatus.UNHANDLED


def _only_the_decision_counts(marks: Marks) -> bool:
    return marks.capture == CaptureKind.ON_SCENE or marks.record_handled
