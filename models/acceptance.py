"""Violations that citizens accept, and what they say against them first."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, text_enum
from models.due import Due, due_index


class Acceptance(Base):
    """
    One confirmation by a citizen: of exactly what `preview_hash` stands for.

    `citizen_digest` is a keyed digest of the identity number. `sealed`: name, identity number and
    file number, which the register is told.
    """

    __tablename__ = "acceptances"
    __table_args__ = (UniqueConstraint("citizen_digest", "idempotency_key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_digest: Mapped[bytes]
    idempotency_key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[bytes]
    preview_hash: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes]
    confirmed_at: Mapped[datetime]


class AcceptanceState(StrEnum):
    """How far the acceptance of one violation has come."""

    # The register has not confirmed it yet; it is asked before it is told again.
    PENDING = "pending"
    DECIDED = "decided"
    # The register said no: nothing was decided.
    REFUSED = "refused"


class AcceptedViolation(Due, Base):
    """
    One violation that is being accepted, and the decision that came of it.

    `sealed_text` is the decision as it was rendered, by the template of `template_version`.
    `attempts` counts the times the register was told.
    """

    __tablename__ = "accepted_violations"
    __table_args__ = (
        # Whatever races, a violation is accepted once.
        Index(
            "uq_accepted_violations_violation_id",
            "violation_id",
            unique=True,
            postgresql_where=text("state IN ('pending', 'decided')"),
        ),
        Index("ix_accepted_violations_decision_number", "decision_number"),
        due_index("accepted_violations"),
    )

    acceptance_id: Mapped[UUID] = mapped_column(ForeignKey("acceptances.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    violation_id: Mapped[UUID]
    record_number: Mapped[str] = mapped_column(String(32))
    plate_key: Mapped[str] = mapped_column(String(20))
    fine_fen: Mapped[int]
    points: Mapped[int]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[AcceptanceState] = mapped_column(text_enum(AcceptanceState, "state"))
    problem: Mapped[str | None] = mapped_column(String(40))
    decision_number: Mapped[str | None] = mapped_column(String(32))
    check_character: Mapped[str | None] = mapped_column(String(2))
    decided_at: Mapped[datetime | None]
    template_version: Mapped[str | None] = mapped_column(String(20))
    sealed_text: Mapped[bytes | None]


class StatementKind(StrEnum):
    """What a citizen says before anything is decided."""

    # 陈述申辩 (penalty law, art. 45): it has to be heard.
    PLEADING = "pleading"
    # 异议 (order 157, art. 5): the record itself is wrong.
    OBJECTION = "objection"


class StatementState(StrEnum):
    """Whether a statement still stands in the way of a decision."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class Statement(Base):
    """A statement or an objection about one violation. `sealed`: its text."""

    __tablename__ = "statements"
    __table_args__ = (
        UniqueConstraint("citizen_digest", "idempotency_key"),
        # One at a time about one violation.
        Index(
            "uq_statements_violation_id",
            "violation_id",
            unique=True,
            postgresql_where=text("state = 'submitted'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    citizen_digest: Mapped[bytes]
    idempotency_key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[bytes]
    violation_id: Mapped[UUID]
    kind: Mapped[StatementKind] = mapped_column(text_enum(StatementKind, "kind"))
    ground: Mapped[str] = mapped_column(String(40))
    sealed: Mapped[bytes]
    state: Mapped[StatementState] = mapped_column(text_enum(StatementState, "state"))
    submitted_at: Mapped[datetime]
    answer_due_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
