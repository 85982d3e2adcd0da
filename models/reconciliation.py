"""Reconciliation: days, bills as they came, their lines, and what did not agree."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.bills import BillLineKind
from domain.discrepancies import DiscrepancyKind, DiscrepancyState, ReconciliationState
from domain.platforms import Channel
from models.base import Base, text_enum
from models.due import Due, due_index

LONGEST_DOUBT = 200


class ReconciliationDay(Due, Base):
    """
    One day of a channel that has to be reconciled: the row is there before anything is done.

    `sha256` is of the bill that counts, None where the channel says that nothing moved. `doubt`
    says why a file was refused. Sums are in fen, of the bill's lines.
    """

    __tablename__ = "reconciliation_days"
    __table_args__ = (due_index("reconciliation_days"),)

    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    state: Mapped[ReconciliationState] = mapped_column(text_enum(ReconciliationState, "state"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    doubt: Mapped[str | None] = mapped_column(String(LONGEST_DOUBT))
    payments: Mapped[int] = mapped_column(server_default=text("0"))
    refunds: Mapped[int] = mapped_column(server_default=text("0"))
    paid_fen: Mapped[int] = mapped_column(server_default=text("0"))
    refunded_fen: Mapped[int] = mapped_column(server_default=text("0"))
    # Kept by the channel, less what it gave back with refunds.
    fees_fen: Mapped[int] = mapped_column(server_default=text("0"))
    # Settled decisions of the day; how many the register confirmed, and was not asked about.
    decisions: Mapped[int] = mapped_column(server_default=text("0"))
    confirmed: Mapped[int] = mapped_column(server_default=text("0"))
    not_asked: Mapped[int] = mapped_column(server_default=text("0"))
    done_at: Mapped[datetime | None]


class RawBillPart(Base):
    """
    A piece of a bill as it came, sealed: payers' accounts are in it.

    A file that was refused is kept as well: `sha256` is of the whole file.
    """

    __tablename__ = "raw_bill_parts"

    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed: Mapped[bytes]


class BillLine(Base):
    """A line of a bill that counts. `reference` is the channel's number; nothing personal."""

    __tablename__ = "bill_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["channel", "day"], ["reconciliation_days.channel", "reconciliation_days.day"]
        ),
        Index("ix_bill_lines_number", "number"),
    )

    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[BillLineKind] = mapped_column(text_enum(BillLineKind, "kind"))
    number: Mapped[str] = mapped_column(String(64))
    reference: Mapped[str] = mapped_column(String(64))
    refund_number: Mapped[str | None] = mapped_column(String(64))
    amount_fen: Mapped[int]
    fee_fen: Mapped[int]
    at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    merchant: Mapped[str | None] = mapped_column(String(64))


class Discrepancy(Base):
    """
    Something that does not agree. Found again it is the same row.

    `number` is what people and the books call it; `subject` the number of a payment, a refund or a
    line of a payment; `place` the line of the bill, 0 where there is none. `suspense_fen` is what
    it has in the suspense account now: more than nothing for money that came and is not explained,
    less for money that should have come.
    """

    __tablename__ = "discrepancies"
    __table_args__ = (
        UniqueConstraint("channel", "day", "kind", "subject", "place"),
        Index(
            "ix_discrepancies_state",
            "state",
            postgresql_where=text("state IN ('open', 'waiting')"),
        ),
        CheckConstraint(
            "state IN ('open', 'waiting') OR suspense_fen = 0", name="nothing_left_in_suspense"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"))
    day: Mapped[date]
    kind: Mapped[DiscrepancyKind] = mapped_column(text_enum(DiscrepancyKind, "kind"))
    subject: Mapped[str] = mapped_column(String(64))
    place: Mapped[int] = mapped_column(server_default=text("0"))
    ours_fen: Mapped[int | None]
    theirs_fen: Mapped[int | None]
    suspense_fen: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[DiscrepancyState] = mapped_column(text_enum(DiscrepancyState, "state"))
    found_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StatedTotal(Base):
    """
    What a daily settlement statement says of one agency and one day of the books.

    `day` is the statement's; `of_day` is another where the books of an earlier day have changed
    since it was stated. All statements together are the books.
    """

    __tablename__ = "stated_totals"

    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    of_day: Mapped[date] = mapped_column(primary_key=True)
    agency_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    # As it was called on that day.
    agency_name: Mapped[str | None] = mapped_column(String(128))
    payments: Mapped[int]
    principal_fen: Mapped[int]
    surcharge_fen: Mapped[int]
    refunds: Mapped[int]
    refunded_principal_fen: Mapped[int]
    refunded_surcharge_fen: Mapped[int]


class SettlementStatement(Base):
    """That the statement of a day was issued: what is booked later is a correction in another."""

    __tablename__ = "settlement_statements"

    channel: Mapped[Channel] = mapped_column(text_enum(Channel, "channel"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    issued_at: Mapped[datetime]
