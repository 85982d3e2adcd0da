"""
Named statements for the daily settlement statements: what the ledger says of a day of a channel.

A posting's day is the legal day on which it happened, whenever it was booked. Its channel is that
of its clearing account, or else of the payment that its refund is of.
"""

from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    select,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert

from domain.discrepancies import ReconciliationState
from domain.ledger import CLEARING, Account, PostingKind
from models.base import table_of
from models.ledger import LedgerEntry, LedgerTransaction
from models.payment import Payment, PaymentItem
from models.reconciliation import ReconciliationDay, SettlementStatement, StatedTotal
from models.refund import Refund

TRANSACTION, ENTRY = LedgerTransaction.__table__.c, LedgerEntry.__table__.c
PAYMENT, ITEM, REFUND = Payment.__table__.c, PaymentItem.__table__.c, Refund.__table__.c
STATED, STATEMENT = StatedTotal.__table__.c, SettlementStatement.__table__.c
DAY = ReconciliationDay.__table__.c

OF_TREASURY = (PostingKind.SETTLEMENT, PostingKind.REFUND, PostingKind.REFUND_REVERSED)
AMOUNTS = (
    *("payments", "principal_fen", "surcharge_fen"),
    *("refunds", "refunded_principal_fen", "refunded_surcharge_fen"),
)
CHANNEL = bindparam("of_channel", type_=PAYMENT.channel.type)
SINCE = bindparam("since", type_=DateTime(timezone=True))
UNTIL = bindparam("until", type_=DateTime(timezone=True))

# One snapshot for all that a statement says, taken when nobody else issues one.
ONE_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
PATIENCE = text("SET LOCAL statement_timeout = 120000")
# A large day fits into memory.
ROOM = text("SET LOCAL work_mem = '64MB'")
ALONE = text("LOCK TABLE settlement_statements IN SHARE ROW EXCLUSIVE MODE")


def _sum(account: Account) -> ColumnElement[int]:
    amount = func.sum(ENTRY.amount_fen).filter(ENTRY.account == account)
    return func.coalesce(amount, 0).label(account.value)


def _channel_of_clearing() -> ColumnElement[Any]:
    accounts = [
        (func.bool_or(ENTRY.account == account), literal(channel, PAYMENT.channel.type))
        for channel, account in CLEARING.items()
    ]
    return case(*accounts, else_=null()).label("clearing_channel")


def _moved(*conditions: ColumnElement[bool]) -> CTE:
    """Postings of a time, each with what it does to every account. Parameters: since, until."""
    number = func.split_part(TRANSACTION.source_ref, "-", 1).label("number")
    position = func.split_part(TRANSACTION.source_ref, "-", 2).label("position")
    return (
        select(
            TRANSACTION.kind,
            number,
            position,
            _channel_of_clearing(),
            *(_sum(account) for account in Account),
        )
        .join_from(LedgerTransaction, LedgerEntry, ENTRY.transaction_id == TRANSACTION.id)
        .where(TRANSACTION.occurred_at >= SINCE, TRANSACTION.occurred_at < UNTIL, *conditions)
        .group_by(TRANSACTION.id)
        .cte("moved")
    )


def _agencies() -> Select[Any]:
    moved = _moved(TRANSACTION.kind.in_(OF_TREASURY))
    fines, surcharges = (
        -moved.c[Account.TREASURY_PAYABLE_FINES],
        -moved.c[Account.TREASURY_PAYABLE_SURCHARGES],
    )
    agency = func.coalesce(ITEM.agency_code, "").label("agency_code"), ITEM.agency_name
    nothing = [literal(0, BigInteger).label(name) for name in AMOUNTS]
    item = (ITEM.payment_id == PAYMENT.id) & (cast(ITEM.position, Text) == moved.c.position)
    settled = (
        select(
            *agency,
            literal(1, BigInteger).label("payments"),
            fines.label("principal_fen"),
            surcharges.label("surcharge_fen"),
            *nothing[3:],
        )
        .select_from(moved)
        .outerjoin(
            Payment,
            (PAYMENT.channel == CHANNEL)
            & (PAYMENT.paid_at >= SINCE)
            & (PAYMENT.paid_at < UNTIL)
            & (PAYMENT.number == moved.c.number),
        )
        .outerjoin(PaymentItem, item)
        .where(
            moved.c.kind == PostingKind.SETTLEMENT,
            moved.c.clearing_channel == CHANNEL,
        )
    )
    count = case((moved.c.kind == PostingKind.REFUND, 1), else_=-1)
    refunded = (
        select(
            *agency,
            *nothing[:3],
            cast(count, BigInteger).label("refunds"),
            (-fines).label("refunded_principal_fen"),
            (-surcharges).label("refunded_surcharge_fen"),
        )
        .select_from(moved)
        .join(Refund, REFUND.number == moved.c.number)
        .join(Payment, (PAYMENT.id == REFUND.payment_id) & (PAYMENT.channel == CHANNEL))
        .outerjoin(PaymentItem, item)
        .where(moved.c.kind != PostingKind.SETTLEMENT, (fines != 0) | (surcharges != 0))
    )
    both = union_all(settled, refunded).subquery("both")
    return select(
        both.c.agency_code,
        func.max(both.c.agency_name).label("agency_name"),
        *(cast(func.sum(both.c[name]), BigInteger).label(name) for name in AMOUNTS),
    ).group_by(both.c.agency_code)


def _books() -> Select[Any]:
    moved = _moved()
    channel = func.coalesce(moved.c.clearing_channel, PAYMENT.channel)
    sums = (cast(func.sum(moved.c[one]), BigInteger).label(one.value) for one in Account)
    return (
        select(moved.c.kind, func.count().label("count"), *sums)
        .select_from(moved)
        .outerjoin(Refund, moved.c.clearing_channel.is_(None) & (REFUND.number == moved.c.number))
        .outerjoin(Payment, PAYMENT.id == REFUND.payment_id)
        # What nobody can explain is in the books of every channel, so that none of them ties.
        .where((channel == CHANNEL) | channel.is_(None))
        .group_by(moved.c.kind)
    )


# Parameters: of_channel, since, until. What the treasury gets, by agency; '' for an unknown one.
AGENCIES = _agencies()
# Parameters: of_channel, since, until. Every account's movement, by kind of posting.
BOOKS = _books()


def legal_day_of(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    """The day in China; sessions are in UTC."""
    return cast(func.timezone("UTC", instant + text("interval '8 hours'")), Date)


# Parameters: booked_since, before. Earlier days of which the treasury's part was booked since.
CHANGED = (
    select(legal_day_of(TRANSACTION.occurred_at).label("of_day"))
    .where(
        TRANSACTION.created_at >= bindparam("booked_since", type_=DateTime(timezone=True)),
        TRANSACTION.occurred_at < bindparam("before", type_=DateTime(timezone=True)),
        TRANSACTION.kind.in_(OF_TREASURY),
    )
    .distinct()
)
# Parameters: of_channel, of_day. What all statements together have said of a day, by agency.
SAID = (
    select(
        STATED.agency_code,
        func.max(STATED.agency_name).label("agency_name"),
        *(cast(func.sum(STATED[name]), BigInteger).label(name) for name in AMOUNTS),
    )
    .where(STATED.channel == CHANNEL, STATED.of_day == bindparam("of_day", type_=Date))
    .group_by(STATED.agency_code)
)
STATE = insert(table_of(StatedTotal))
# The instant is the database's, as those of the postings are.
ISSUE = insert(table_of(SettlementStatement)).values(issued_at=func.now())
# Parameter: of_channel.
LAST = (
    select(*STATEMENT).where(STATEMENT.channel == CHANNEL).order_by(STATEMENT.day.desc()).limit(1)
)
# Parameters: of_channel, of_day.
ISSUED = select(*STATEMENT).where(
    STATEMENT.channel == CHANNEL, STATEMENT.day == bindparam("of_day", type_=Date)
)
LINES = (
    select(*STATED)
    .where(STATED.channel == CHANNEL, STATED.day == bindparam("of_day", type_=Date))
    .order_by(STATED.of_day, STATED.agency_code)
)
# Parameter: of_channel. When it began: the first money, and the first day that is reconciled.
FIRST = select(
    select(func.min(PAYMENT.paid_at)).where(PAYMENT.channel == CHANNEL).scalar_subquery(),
    select(func.min(DAY.day)).where(DAY.channel == CHANNEL).scalar_subquery(),
)
# Parameters: of_channel, from_day.
RECONCILED = select(DAY.day).where(
    DAY.channel == CHANNEL,
    DAY.day >= bindparam("from_day", type_=Date),
    DAY.state == ReconciliationState.DONE,
)
