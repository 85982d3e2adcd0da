"""Payments: attempts to pay, what they pay for, and what is still to be told to whom."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.payments import NoticeKind, PaymentStatus
from domain.platforms import Channel
from models.base import Base, text_enum
from models.due import Due, due_index

LONGEST_KEY = 255


class Payment(Due, Base):
    """
    One attempt to pay decided fines through one channel.

    Number, amount, subject, payer and expiry never change: what is sent to the channel again is the
    same to the last character. `sealed` holds the payer's openid. `payer_digest` is a keyed digest
    of the identity number of who began it. `handle` is the channel's on an open trade, `reference`
    its own number of one that was paid.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("payer_digest", "idempotency_key"),
        Index("ix_payments_payer_digest_created_at", "payer_digest", "created_at", "id"),
        CheckConstraint("amount_fen > 0", name="amount_fen"),
        # What was paid on a day, for its reconciliation.
        Index(
            "ix_payments_channel_paid_at",
            "channel",
            "paid_at",
            postgresql_where=text("paid_at IS NOT NULL"),
        ),
        due_index("payments"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    payer_digest: Mapped[bytes]
    idempotency_key: Mapped[str] = mapped_column(String(LONGEST_KEY))
    request_hash: Mapped[bytes]
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    status: Mapped[PaymentStatus] = mapped_column(text_enum(PaymentStatus, "status"))
    amount_fen: Mapped[int]
    subject: Mapped[str] = mapped_column(String(127))
    sealed: Mapped[bytes]
    handle: Mapped[str | None] = mapped_column(String(128))
    reference: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    cancel_requested_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ItemState(StrEnum):
    """What a payment does for one decision."""

    LIVE = "live"
    PAID = "paid"
    # Money came that settles nothing: it is in suspense.
    SURPLUS = "surplus"
    # Money came, and all of it went back.
    REFUNDED = "refunded"
    RELEASED = "released"


class PaymentItem(Base):
    """One decision that a payment is for, with the amounts frozen when it was begun."""

    __tablename__ = "payment_items"
    __table_args__ = (
        # The guard against paying twice: whatever races, one live or paid item for a decision.
        Index(
            "uq_payment_items_decision_number",
            "decision_number",
            unique=True,
            postgresql_where=text("state IN ('live', 'paid')"),
        ),
        CheckConstraint("principal_fen > 0 AND surcharge_fen >= 0", name="amounts"),
    )

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    decision_number: Mapped[str] = mapped_column(String(32))
    check_character: Mapped[str | None] = mapped_column(String(2))
    violation_id: Mapped[UUID]
    principal_fen: Mapped[int]
    surcharge_fen: Mapped[int]
    # Who decided, for the treasury's statements; frozen like the amounts.
    agency_code: Mapped[str | None] = mapped_column(String(20))
    agency_name: Mapped[str | None] = mapped_column(String(128))
    state: Mapped[ItemState] = mapped_column(text_enum(ItemState, "state"))


class WriteBackState(StrEnum):
    """Whether the register knows of a payment."""

    PENDING = "pending"
    DONE = "done"
    # It said no, and people have to see why.
    REFUSED = "refused"
    # The money went back before it was told: there is nothing to tell.
    WITHDRAWN = "withdrawn"


class WriteBack(Due, Base):
    """A settled decision that the register is told of, once, under a serial of ours."""

    __tablename__ = "write_backs"
    __table_args__ = (due_index("write_backs"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    serial: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[WriteBackState] = mapped_column(text_enum(WriteBackState, "state"))
    done_at: Mapped[datetime | None]


class NoticeOutcome(StrEnum):
    """What became of a notice."""

    APPLIED = "applied"
    # It told nothing new.
    NOTHING_NEW = "nothing_new"
    # Its amount or currency is not the payment's: the channel is asked.
    DOUBTED = "doubted"
    # It was about a refund: the channel is asked how that stands.
    ASKED = "asked"
    UNKNOWN_NUMBER = "unknown_number"


class ChannelNotice(Base):
    """The inbox of notices that channels sent: each counts once, with what it changed."""

    __tablename__ = "channel_notices"

    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), primary_key=True)
    notice_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[NoticeKind] = mapped_column(text_enum(NoticeKind, "kind"))
    event: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[bytes]
    outcome: Mapped[NoticeOutcome] = mapped_column(text_enum(NoticeOutcome, "outcome"))
    received_at: Mapped[datetime]
