"""What the registers hold, in English; the pinyin of the wire lives in `sandbox.police.fields`."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OffenceCode:
    """One row of the violation code table. A fine of None means that the city has set none."""

    code: str
    text: str
    fine_yuan: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Licence:
    """A driving licence. Its number is the identity number of its holder."""

    file_number: str
    classes: str
    first_issued: date
    valid_from: date
    valid_until: date
    status: str
    points: int
    points_clear_on: date
    review_on: date
    overdue_on: date | None
    authority: str


@dataclass(frozen=True, slots=True)
class CameraRecord:
    """One capture by a camera. Marks are the register's: handled 0/1, paid 0/1/9, change 1/2/3."""

    serial: str
    plate_type: str
    plate_number: str
    occurred_at: datetime
    capture_unit: str
    capture_unit_name: str
    place_code: str
    place: str
    district: str
    offence: str
    fine_yuan: int | None
    points: int
    measured: int | None
    limit: int | None
    capture_method: str
    handled: str
    handled_at: datetime | None
    handling_unit: str | None
    handling_unit_name: str | None
    paid: str
    decision_number: str | None
    violation_number: str | None
    notified: str
    notified_on: date | None
    change: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """One penalty decision, of a camera record (source 2) or made on the scene (source 1)."""

    number: str
    check_digit: str
    kind: str
    licence_number: str
    file_number: str
    driver: str
    plate_type: str
    plate_number: str
    occurred_at: datetime
    place_code: str
    place: str
    offence: str
    points: int
    fine_yuan: int | None
    penalty_kind: str
    decided_at: datetime
    unit: str
    unit_name: str
    paid: str
    paid_by: str
    paid_on: date | None
    violation_number: str
    source: str
    change: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A registered vehicle with everything its plate was captured for."""

    plate_type: str
    plate_number: str
    vin: str
    engine_number: str
    make: str
    colour: str
    type_code: str
    use: str
    owner_name: str
    owner_id: str
    first_registered: date
    inspection_until: date
    scrap_on: date | None
    insurance_until: date
    authority: str
    status: str
    updated_at: datetime
    records: tuple[CameraRecord, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A citizen, what he drives (some through a company), and the decisions made against him."""

    index: int
    identity_number: str
    name: str
    phone: str
    licence: Licence | None
    vehicles: tuple[Vehicle, ...]
    decisions: tuple[Decision, ...]
