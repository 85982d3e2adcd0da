"""A violation as we know it: one row for one act, however many records tell of it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
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
        return not self.decision_annulled and (
            self.record_handled or self.decision_number is not None
        )

    @property
    def paid(self) -> PaidMark:
        """
        Paid if either record says so: one of the two may lag for weeks (quirk 8). Or paid here.

        A payment for an annulled decision pays nothing any more.
        """
        if self.settled_at is not None and not self.decision_annulled:
            return PaidMark.PAID
        marks = (self.record_paid, None if self.decision_annulled else self.decision_paid)
        for mark in (PaidMark.PAID, PaidMark.NOTHING_TO_PAY):
            if mark in marks:
                return mark
        return PaidMark.UNPAID

    @property
    def decision_status(self) -> DecisionStatus | None:
        """What became of the decision; None while there is none."""
        if self.decision_annulled:
            return DecisionStatus.ANNULLED
        return DecisionStatus(self.paid.value) if self.is_decided else None

    @property
    def status(self) -> ViolationStatus:
        """
        What follows from the marks of both records.

        Gone is not paid; what was paid stays paid even when it is no longer listed (quirk 7). After
        an annulment a camera record counts as unhandled again once the register says so.
        """
        if self.record_deleted or (self.decision_annulled and self._only_the_decision_counts):
            return ViolationStatus.WITHDRAWN
        if self.paid is PaidMark.PAID:
            return ViolationStatus.PAID
        if self.missing_since is not None:
            return ViolationStatus.NO_LONGER_LISTED
        if self.paid is PaidMark.NOTHING_TO_PAY:
            return ViolationStatus.NOTHING_TO_PAY
        return ViolationStatus.DECIDED if self.is_decided else ViolationStatus.UNHANDLED

    @property
    def _only_the_decision_counts(self) -> bool:
        return self.capture is CaptureKind.ON_SCENE or self.record_handled
