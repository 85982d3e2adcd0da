"""The records mirror: which answers of the police register we hold, and who is fetching which."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.records import CaptureMethod, PaidMark
from domain.violations import CaptureKind, ViolationStatus
from models.base import Base, text_enum


class Subject(StrEnum):
    """What an answer of the register is about."""

    VEHICLE = "vehicle"
    VIOLATIONS = "violations"
    LICENCE = "licence"
    DECISIONS = "decisions"


class MirrorEntry(Base):
    """One question to the register: when it was answered last, and whether somebody asks it now."""

    __tablename__ = "mirror_entries"

    subject: Mapped[Subject] = mapped_column(text_enum(Subject, "subject"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    found: Mapped[bool | None]
    fetched_at: Mapped[datetime | None]
    source: Mapped[str | None] = mapped_column(String(40))
    payload_hash: Mapped[bytes | None]
    empty_since: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(40))
    lease_id: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]


class Vehicle(Base):
    """The last known state of one registered vehicle. `sealed`: vin, engine number, owner."""

    __tablename__ = "vehicles"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plate_key: Mapped[str] = mapped_column(String(20), unique=True)
    owner_digest: Mapped[bytes | None]
    vin_digest: Mapped[bytes | None]
    make: Mapped[str | None] = mapped_column(String(80))
    colour: Mapped[str | None] = mapped_column(String(20))
    type_code: Mapped[str | None] = mapped_column(String(4))
    use_code: Mapped[str | None] = mapped_column(String(4))
    first_registered_on: Mapped[date | None]
    inspection_valid_until: Mapped[date | None]
    insurance_valid_until: Mapped[date | None]
    scrap_on: Mapped[date | None]
    issuing_authority: Mapped[str | None] = mapped_column(String(20))
    status_letters: Mapped[str] = mapped_column(String(20))
    sealed: Mapped[bytes]


class Licence(Base):
    """The last known state of one driving licence. `sealed`: identity and file number, name."""

    __tablename__ = "licences"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    identity_digest: Mapped[bytes] = mapped_column(unique=True)
    masked_number: Mapped[str] = mapped_column(String(24))
    masked_file_number: Mapped[str | None] = mapped_column(String(24))
    classes: Mapped[str] = mapped_column(String(40))
    status_letters: Mapped[str] = mapped_column(String(20))
    first_licensed_on: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    points: Mapped[int | None]
    next_reset_on: Mapped[date | None]
    review_due_on: Mapped[date | None]
    overdue_since: Mapped[date | None]
    issuing_authority: Mapped[str | None] = mapped_column(String(20))
    sealed: Mapped[bytes]


class Violation(Base):
    """The last known state of one violation; `status` is what `domain.violations` makes of it."""

    __tablename__ = "violations"
    __table_args__ = (
        Index("ix_violations_plate_key_occurred_at", "plate_key", "occurred_at", "id"),
        Index("ix_violations_driver_digest_occurred_at", "driver_digest", "occurred_at", "id"),
        Index(
            "uq_violations_plate_key_record_number",
            "plate_key",
            "record_number",
            unique=True,
            postgresql_where=text("record_number IS NOT NULL"),
        ),
        Index("ix_violations_decision_number", "decision_number"),
        Index("ix_violations_violation_number", "violation_number"),
        # Paid here and annulled since: the money has to go back.
        Index(
            "ix_violations_annulled",
            "decision_number",
            postgresql_where=text("decision_annulled AND settled_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    plate_key: Mapped[str | None] = mapped_column(String(20))
    capture: Mapped[CaptureKind] = mapped_column(text_enum(CaptureKind, "capture"))
    record_number: Mapped[str | None] = mapped_column(String(32))
    violation_number: Mapped[str | None] = mapped_column(String(32))
    code: Mapped[str] = mapped_column(String(8))
    occurred_at: Mapped[datetime]
    place_code: Mapped[str | None] = mapped_column(String(20))
    place: Mapped[str | None] = mapped_column(String(256))
    agency_code: Mapped[str | None] = mapped_column(String(20))
    agency_name: Mapped[str | None] = mapped_column(String(128))
    capture_method: Mapped[CaptureMethod | None] = mapped_column(
        text_enum(CaptureMethod, "capture_method")
    )
    measured: Mapped[str | None] = mapped_column(String(20))
    limit: Mapped[str | None] = mapped_column(String(20))
    fine_fen: Mapped[int | None]
    points: Mapped[int | None]
    status: Mapped[ViolationStatus] = mapped_column(text_enum(ViolationStatus, "status"))
    record_handled: Mapped[bool]
    record_paid: Mapped[PaidMark | None] = mapped_column(text_enum(PaidMark, "record_paid"))
    record_deleted: Mapped[bool]
    record_updated_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    decision_number: Mapped[str | None] = mapped_column(String(32))
    check_character: Mapped[str | None] = mapped_column(String(2))
    decided_at: Mapped[datetime | None]
    deciding_agency_code: Mapped[str | None] = mapped_column(String(20))
    deciding_agency_name: Mapped[str | None] = mapped_column(String(128))
    surcharge_fen: Mapped[int | None]
    paid_on: Mapped[date | None]
    decision_paid: Mapped[PaidMark | None] = mapped_column(text_enum(PaidMark, "decision_paid"))
    decision_annulled: Mapped[bool]
    decision_updated_at: Mapped[datetime | None]
    # Ours, not the register's: when the fine was paid here. The register hears of it later.
    settled_at: Mapped[datetime | None]
    driver_digest: Mapped[bytes | None]


class UpstreamQuota(Base):
    """Calls made to one interface on one legal day, counted for all processes together."""

    __tablename__ = "upstream_quotas"

    interface: Mapped[str] = mapped_column(String(20), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[int]
    exhausted_until: Mapped[datetime | None]
