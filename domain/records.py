"""What the police register says, in our words: one dataclass per kind of record."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from domain.money import Money
from domain.plates import Plate

Record = TypeVar("Record")


class RecordChange(StrEnum):
    """Whether the register added, changed or deleted the record (wire: jllx 1, 2, 3)."""

    NEW = "new"
    CHANGED = "changed"
    DELETED = "deleted"


class PaidMark(StrEnum):
    """The register's payment mark (wire: jkbj 0, 1, 9)."""

    UNPAID = "unpaid"
    PAID = "paid"
    NOTHING_TO_PAY = "nothing_to_pay"


class CaptureMethod(StrEnum):
    """How a camera record was made (wire: cjfs)."""

    RED_LIGHT = "red_light"
    CHECKPOINT = "checkpoint"
    SPEED = "speed"
    CCTV = "cctv"
    MOBILE = "mobile"
    HANDSET = "handset"
    INTERVAL_SPEED = "interval_speed"
    SATELLITE = "satellite"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Agency:
    """A police unit: its 12-digit code and its name; either may be missing on the wire."""

    code: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class VehicleRecord:
    """
    One registered vehicle (interface 01C21). Letters and codes stay as they come.

    `type_code` as GA/T 16.4 has it (wire: cllx), for example K33.
    """

    plate: Plate
    vin: str | None = field(repr=False)
    engine_number: str | None = field(repr=False)
    make: str | None
    colour: str | None
    type_code: str | None
    use_code: str | None
    owner_name: str | None = field(repr=False)
    owner_identity_number: str | None = field(repr=False)
    first_registered_on: date | None
    inspection_valid_until: date | None
    insurance_valid_until: date | None
    scrap_on: date | None
    issuing_authority: str | None
    status_letters: str
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class DriverRecord:
    """One driving licence (interface 02C06). Points are those of the running scoring cycle."""

    identity_number: str = field(repr=False)
    name: str | None = field(repr=False)
    file_number: str | None = field(repr=False)
    classes: str
    status_letters: str
    first_licensed_on: date | None
    valid_from: date | None
    valid_until: date | None
    points: int | None
    next_reset_on: date | None
    review_due_on: date | None
    overdue_since: date | None
    issuing_authority: str | None


@dataclass(frozen=True, slots=True)
class CameraRecord:
    """
    One camera record of a plate (interface 04C03). `occurred_at` is an aware UTC instant.

    `record_number` (wire: xh) is missing on some rows; the plate, the instant, the code and the
    place then say which record it is.
    """

    record_number: str | None
    plate: Plate
    code: str
    occurred_at: datetime
    place_code: str | None
    place: str | None
    capture_agency: Agency
    capture_method: CaptureMethod
    fine: Money | None
    points: int | None
    measured: str | None
    limit: str | None
    handled: bool
    handled_at: datetime | None
    handling_agency: Agency
    paid: PaidMark
    decision_number: str | None
    violation_number: str | None
    change: RecordChange
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One item of a penalty decision (interface 04C01); a decision may have several items."""

    decision_number: str
    check_character: str | None
    violation_number: str | None
    driver_identity_number: str | None = field(repr=False)
    driver_file_number: str | None = field(repr=False)
    driver_name: str | None = field(repr=False)
    plate: Plate | None
    code: str
    occurred_at: datetime
    place: str | None
    fine: Money | None
    surcharge: Money | None
    points: int | None
    is_simple_procedure: bool | None
    is_warning: bool
    is_on_scene: bool | None
    decided_at: datetime | None
    agency: Agency
    paid: PaidMark
    paid_on: date | None
    change: RecordChange
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class EvidenceImage:
    """One evidence picture (interface 04C04): JPEG bytes as the register holds them."""

    jpeg: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer(Generic[Record]):
    """
    The rows of one successful answer.

    `complete` is false when a row could not be read or the register counted more rows than it sent:
    what is missing from such an answer says nothing.
    """

    rows: tuple[Record, ...]
    complete: bool
