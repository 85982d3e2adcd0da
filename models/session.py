"""Sessions, checks of identity, and what is revoked."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.platforms import CertifyMethod, Channel
from domain.principals import VerificationLevel
from domain.sessions import SessionEnd
from models.base import Base, text_enum


class Session(Base):
    """One phone that is signed in. `generation` counts its refresh tokens: the last one is good."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_live", "citizen_id", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizens.id"))
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    device_name: Mapped[str | None] = mapped_column(String(80))
    # Of this session: a face that was checked on another phone says nothing about this one.
    verification: Mapped[VerificationLevel] = mapped_column(
        text_enum(VerificationLevel, "verification")
    )
    authenticated_at: Mapped[datetime]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    generation: Mapped[int]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[SessionEnd | None] = mapped_column(text_enum(SessionEnd, "ended_because"))


class CheckState(StrEnum):
    """How a check of identity stands."""

    OPEN = "open"
    PASSED = "passed"


class IdentityCheck(Base):
    """
    One check of who is holding the phone, done at a platform for one session.

    `sealed` holds name, identity number, the platform's id of the check and its page.
    """

    __tablename__ = "identity_checks"
    __table_args__ = (Index("ix_identity_checks_citizen_id_opened_at", "citizen_id", "opened_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    citizen_id: Mapped[UUID] = mapped_column(ForeignKey("citizens.id"))
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"))
    method: Mapped[CertifyMethod] = mapped_column(text_enum(CertifyMethod, "method"))
    sealed: Mapped[bytes | None]
    state: Mapped[CheckState] = mapped_column(text_enum(CheckState, "state"))
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    passed_at: Mapped[datetime | None]


class RevokedKind(StrEnum):
    """What a revocation is about."""

    SESSION = "session"
    PERSON = "person"


class Revocation(Base):
    """
    Tokens that are refused although nothing is wrong with them: of one session, or of a person.

    `id` is the session's or the person's (domain.principals). Every process reads what changed
    lately, by the database's clock; `until` is past once nothing is left to refuse.
    """

    __tablename__ = "revocations"
    __table_args__ = (Index("ix_revocations_changed_at", "changed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[RevokedKind] = mapped_column(text_enum(RevokedKind, "kind"))
    until: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
    reason: Mapped[str] = mapped_column(String(200))
