"""Named statements on what did not agree: discrepancies, days, and the suspense account."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.ledger import Account
from domain.platforms import Channel
from models.ledger import LedgerEntry
from models.reconciliation import Discrepancy, ReconciliationDay

ROW, DAY, ENTRY = Discrepancy.__table__.c, ReconciliationDay.__table__.c, LedgerEntry.__table__.c

# Parameters: first_day, last_day.
DAYS = (
    select(*DAY)
    .where(DAY.day.between(bindparam("first_day"), bindparam("last_day")))
    .order_by(DAY.day, DAY.channel)
)
DAYS_OF_CHANNEL = DAYS.where(DAY.channel == bindparam("of_channel"))
# Parameters: first_day, last_day.
COUNTS = (
    select(ROW.channel, ROW.day, ROW.kind, ROW.state, func.count().label("count"))
    .where(ROW.day.between(bindparam("first_day"), bindparam("last_day")))
    .group_by(ROW.channel, ROW.day, ROW.kind, ROW.state)
    .order_by(ROW.kind, ROW.state)
)
# What the books have in suspense, and what open discrepancies say: both at the same instant.
SUSPENSE: Select[tuple[int, int]] = select(
    select(func.coalesce(-func.sum(ENTRY.amount_fen), 0))
    .where(ENTRY.account == Account.SUSPENSE)
    .scalar_subquery()
    .label("balance"),
    select(func.coalesce(func.sum(ROW.suspense_fen), 0))
    .where(ROW.state.in_((DiscrepancyState.OPEN, DiscrepancyState.WAITING)))
    .scalar_subquery()
    .label("explained"),
)


def conditions(
    first_day: date | None,
    last_day: date | None,
    channel: Channel | None,
    kinds: Sequence[DiscrepancyKind],
    states: Sequence[DiscrepancyState],
) -> list[ColumnElement[bool]]:
    """What the rows of a list must be; None and nothing are no condition."""
    found: list[ColumnElement[bool]] = []
    if first_day is not None:
        found.append(ROW.day >= first_day)
    if last_day is not None:
        found.append(ROW.day <= last_day)
    if channel is not None:
        found.append(ROW.channel == channel)
    if kinds:
        found.append(ROW.kind.in_(kinds))
    if states:
        found.append(ROW.state.in_(states))
    return found
