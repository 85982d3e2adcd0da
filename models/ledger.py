"""
The ledger's two tables. They only grow.

Triggers (in the migration) refuse every change of a row, and a transaction whose lines at its
commit are not as many as it says or do not sum to zero.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.ledger import LONGEST_REFERENCE, RECEIPTS, REFUNDS, Account, PostingKind
from models.base import Base, table_of, text_enum


def _once_among(name: str, kinds: Sequence[PostingKind]) -> Index:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    condition = text(f"kind IN ({listed})")
    return Index(
        f"uq_ledger_transactions_{name}", "source_ref", unique=True, postgresql_where=condition
    )


class LedgerTransaction(Base):
    """
    One money event. It is written together with its lines and never again.

    `line_count` seals it: a pair of lines that were added later would sum to zero as well.
    """

    __tablename__ = "ledger_transactions"
    __table_args__ = (
        UniqueConstraint("kind", "source_ref"),
        # One receipt of money cannot both settle a fine and lie in suspense.
        _once_among("receipt", RECEIPTS),
        _once_among("refund", REFUNDS),
        CheckConstraint("line_count >= 2", name="line_count"),
        # A day of the books, and what was booked since: rows lie in this order already.
        Index("ix_ledger_transactions_occurred_at", "occurred_at"),
        Index("ix_ledger_transactions_created_at", "created_at", postgresql_using="brin"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[PostingKind] = mapped_column(text_enum(PostingKind, "kind"))
    source_ref: Mapped[str] = mapped_column(String(LONGEST_REFERENCE))
    line_count: Mapped[int]
    occurred_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))


class LedgerEntry(Base):
    """One line of a transaction: a debit is positive, a credit negative."""

    __tablename__ = "ledger_entries"
    __table_args__ = (
        CheckConstraint("amount_fen <> 0", name="amount_fen"),
        # Its balance is looked at all the time, and few lines are about it.
        Index(
            "ix_ledger_entries_suspense",
            "transaction_id",
            postgresql_include=["amount_fen"],
            postgresql_where=text("account = 'suspense'"),
        ),
    )

    transaction_id: Mapped[UUID] = mapped_column(
        ForeignKey("ledger_transactions.id"), primary_key=True
    )
    line_number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account: Mapped[Account] = mapped_column(text_enum(Account, "account"))
    amount_fen: Mapped[int]


def _write() -> Select[UUID]:
    """
    A transaction with its lines in one statement; no row comes back if its reference is taken.

    Parameters: new_id, of_kind, of_source, at, accounts, amounts.
    """
    accounts = bindparam("accounts", type_=ARRAY(Text))
    made = (
        insert(table_of(LedgerTransaction))
        .values(
            id=bindparam("new_id"),
            kind=bindparam("of_kind"),
            source_ref=bindparam("of_source"),
            line_count=func.cardinality(accounts),
            occurred_at=bindparam("at"),
        )
        .on_conflict_do_nothing()
        .returning(LedgerTransaction.id)
        .cte("made")
    )
    lines = (
        func.unnest(accounts, bindparam("amounts", type_=ARRAY(BigInteger)))
        .table_valued("account", "amount_fen", with_ordinality="line_number")
        .render_derived(name="lines")
    )
    booked = insert(table_of(LedgerEntry)).from_select(
        ["transaction_id", "line_number", "account", "amount_fen"],
        select(made.c.id, lines.c.line_number, lines.c.account, lines.c.amount_fen).join_from(
            made, lines, true()
        ),
    )
    return select(made.c.id).add_cte(booked.cte("booked"))


WRITE = _write()
