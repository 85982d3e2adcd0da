"""A violation between its row and its value."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import RowMapping

from domain.money import Money
from domain.plates import PLATE_TYPES, Plate
from domain.records import Agency, CaptureMethod, PaidMark
from domain.violations import CaptureKind, Violation

SAME_NAMES = (
    "id",
    "capture",
    "record_number",
    "violation_number",
    "code",
    "occurred_at",
    "place_code",
    "place",
    "capture_method",
    "measured",
    "limit",
    "points",
    "record_handled",
    "record_paid",
    "record_deleted",
    "record_updated_at",
    "missing_since",
    "decision_number",
    "check_character",
    "decided_at",
    "paid_on",
    "decision_paid",
    "decision_annulled",
    "decision_updated_at",
    "settled_at",
    "driver_digest",
)

CAPTURES = {one.value: one for one in CaptureKind}
CAPTURE_METHODS = {one.value: one for one in CaptureMethod}
PAID_MARKS = {one.value: one for one in PaidMark}


class ViolationRow(NamedTuple):
    """
    A violation as a prebuilt statement reads it; enumerated columns are the texts in the table,
    and `key` is the text of its id, which is shown far more often than it is compared.

    The first row of a page is none: it holds the page's `totals`, which no other has, in the order
    of `services.violation_pages.Totals`.
    """

    key: str
    plate_key: str | None
    capture: str
    record_number: str | None
    violation_number: str | None
    code: str
    occurred_at: datetime
    place_code: str | None
    place: str | None
    agency_code: str | None
    agency_name: str | None
    capture_method: str | None
    measured: str | None
    limit: str | None
    fine_fen: int | None
    points: int | None
    status: str
    record_handled: bool
    record_paid: str | None
    record_deleted: bool
    record_updated_at: datetime | None
    missing_since: datetime | None
    decision_number: str | None
    check_character: str | None
    decided_at: datetime | None
    deciding_agency_code: str | None
    deciding_agency_name: str | None
    surcharge_fen: int | None
    paid_on: date | None
    decision_paid: str | None
    decision_annulled: bool
    decision_updated_at: datetime | None
    settled_at: datetime | None
    driver_digest: bytes | None
    totals: list[int] | None

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"ViolationRow({self.id})"

    @property
    def id(self) -> UUID:
        """The violation's id."""
        return UUID(self.key)


class ViolationCard(NamedTuple):
    """
    As much of a `ViolationRow` as most lists show, at half its cost; the first one holds totals.

    It passes for a row with whoever needs no more. What it lacks it does not have: reading that is
    an error, and never an answer.
    """

    key: str
    plate_key: str | None
    code: str
    occurred_at: datetime
    place: str | None
    fine_fen: int | None
    points: int | None
    status: str
    record_handled: bool
    record_paid: str | None
    decision_number: str | None
    check_character: str | None
    decided_at: datetime | None
    surcharge_fen: int | None
    decision_paid: str | None
    decision_annulled: bool
    settled_at: datetime | None
    totals: list[int] | None

    def __repr__(self) -> str:
        """A card says whose it is: not in a log."""
        return f"ViolationCard({self.key})"


# Nearly every plate is looked at several times in a request.
@lru_cache(maxsize=4096)
def plate_of_key(key: str) -> Plate:
    """The plate behind a key such as "02:渝A12345"."""
    plate_type, _, number = key.partition(":")
    return Plate(PLATE_TYPES[plate_type], number)


def violation_of(row: RowMapping) -> Violation:
    """A row as a value."""
    return Violation(
        plate=plate_of_key(row["plate_key"]) if row["plate_key"] else None,
        agency=Agency(row["agency_code"], row["agency_name"]),
        deciding_agency=Agency(row["deciding_agency_code"], row["deciding_agency_name"]),
        fine=_money(row["fine_fen"]),
        surcharge=_money(row["surcharge_fen"]),
        **{name: row[name] for name in SAME_NAMES},
    )


def violation_of_row(row: ViolationRow) -> Violation:
    """A row of a prebuilt statement as a value."""
    method, record, decision = row.capture_method, row.record_paid, row.decision_paid
    return Violation(
        id=row.id,
        plate=plate_of_key(row.plate_key) if row.plate_key else None,
        capture=CAPTURES[row.capture],
        code=row.code,
        occurred_at=row.occurred_at,
        place=row.place,
        agency=Agency(row.agency_code, row.agency_name),
        record_number=row.record_number,
        violation_number=row.violation_number,
        place_code=row.place_code,
        capture_method=None if method is None else CAPTURE_METHODS[method],
        measured=row.measured,
        limit=row.limit,
        fine=_money(row.fine_fen),
        points=row.points,
        record_handled=row.record_handled,
        record_paid=None if record is None else PAID_MARKS[record],
        record_deleted=row.record_deleted,
        record_updated_at=row.record_updated_at,
        missing_since=row.missing_since,
        decision_number=row.decision_number,
        check_character=row.check_character,
        decided_at=row.decided_at,
        deciding_agency=Agency(row.deciding_agency_code, row.deciding_agency_name),
        surcharge=_money(row.surcharge_fen),
        paid_on=row.paid_on,
        decision_paid=None if decision is None else PAID_MARKS[decision],
        decision_annulled=row.decision_annulled,
        decision_updated_at=row.decision_updated_at,
        settled_at=row.settled_at,
        driver_digest=row.driver_digest,
    )


def row_of(violation: Violation) -> dict[str, Any]:
    """A value as a row, with the status that follows from it."""
    return {
        "plate_key": violation.plate.key if violation.plate else None,
        "agency_code": violation.agency.code,
        "agency_name": violation.agency.name,
        "deciding_agency_code": violation.deciding_agency.code,
        "deciding_agency_name": violation.deciding_agency.name,
        "fine_fen": violation.fine.fen if violation.fine else None,
        "surcharge_fen": violation.surcharge.fen if violation.surcharge else None,
        "status": violation.status,
        **{name: getattr(violation, name) for name in SAME_NAMES},
    }


def shown_row(violation: Violation) -> ViolationRow:
    """A value as if a prebuilt statement had read it."""
    values = row_of(violation)
    return ViolationRow(key=str(values.pop("id")), totals=None, **values)


def _money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)
