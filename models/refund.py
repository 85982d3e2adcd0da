"""Refunds: what goes back of a payment, and how far it has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.refunds import RefundReason, RefundStatus
from models.base import Base, text_enum
from models.due import Due, due_index
from models.payment import LONGEST_KEY


class Refund(Due, Base):
    """
    Money that goes back through the channel it came by.

    Number, amount and reason never change: what is sent again is the same to the last character.
    `requester` is an officer, or "clearway" for what goes back by itself; `sends` counts the
    requests that may have reached the channel, the last of them at `sent_at`; `accepted_at` is when
    the channel took it on, `reference` its own number, `refunded_at` its clock.
    """

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("requester", "idempotency_key"),
        Index("ix_refunds_payment_id", "payment_id", "created_at"),
        # Nobody knows how one ends: until then there is no other.
        Index(
            "uq_refunds_payment_id",
            "payment_id",
            unique=True,
            postgresql_where=text("status IN ('created', 'processing', 'unknown')"),
        ),
        Index(
            "ix_refunds_refunded_at",
            "refunded_at",
            postgresql_where=text("refunded_at IS NOT NULL"),
        ),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
        due_index("refunds"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    requester: Mapped[str] = mapped_column(String(255))
    idempotency_key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    request_hash: Mapped[bytes]
    reason: Mapped[RefundReason] = mapped_column(text_enum(RefundReason, "reason"))
    case_number: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[RefundStatus] = mapped_column(text_enum(RefundStatus, "status"))
    amount_fen: Mapped[int]
    problem: Mapped[str | None] = mapped_column(String(64))
    sends: Mapped[int] = mapped_column(server_default=text("0"))
    sent_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    reference: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    refunded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class RefundLine(Base):
    """What goes back of one line of the payment. `from_suspense`: it had settled nothing."""

    __tablename__ = "refund_lines"
    __table_args__ = (
        CheckConstraint(
            "principal_fen >= 0 AND surcharge_fen >= 0 AND principal_fen + surcharge_fen > 0",
            name="amounts",
        ),
    )

    refund_id: Mapped[UUID] = mapped_column(ForeignKey("refunds.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    principal_fen: Mapped[int]
    surcharge_fen: Mapped[int]
    from_suspense: Mapped[bool]
