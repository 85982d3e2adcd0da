"""A violation between its row and its value."""

from typing import Any

from sqlalchemy import RowMapping

from domain.money import Money
from domain.plates import Plate, PlateType
from domain.records import Agency
from domain.violations import Violation

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


def plate_of_key(key: str) -> Plate:
    """The plate behind a key such as "02:渝A12345"."""
    plate_type, _, number = key.partition(":")
    return Plate(PlateType(plate_type), number)


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


def _money(fen: int | None) -> Money | None:
    return None if fen is None else Money(fen)
