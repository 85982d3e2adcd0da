"""What officers see of the reconciliation: its days, what did not agree, what is in suspense."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import RowMapping

from domain.discrepancies import DiscrepancyKind, DiscrepancyState, ReconciliationState
from domain.failures import BadRequest
from domain.platforms import Channel
from domain.principals import Principal
from models.base import table_of
from models.database import Database
from models.discrepancy_queries import COUNTS, DAYS, DAYS_OF_CHANNEL, SUSPENSE, conditions
from models.reconciliation import Discrepancy
from models.time_pages import TimePage
from services.access import FINANCE, require_officer
from services.time_pages import Listed, read_page

MOST_DAYS = 31


@dataclass(frozen=True, slots=True)
class DiscrepancyFilter:
    """Which discrepancies are wanted. Days are those of the bills, both included."""

    first_day: date | None = None
    last_day: date | None = None
    channel: Channel | None = None
    kinds: tuple[DiscrepancyKind, ...] = ()
    states: tuple[DiscrepancyState, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldDiscrepancy:
    """A discrepancy as it stands; see `models.reconciliation.Discrepancy`."""

    id: UUID
    number: str
    channel: Channel
    day: date
    kind: DiscrepancyKind
    subject: str
    place: int
    ours_fen: int | None
    theirs_fen: int | None
    suspense_fen: int
    state: DiscrepancyState
    found_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class DiscrepancyCount:
    """How many discrepancies of a kind a day has in a state."""

    kind: DiscrepancyKind
    state: DiscrepancyState
    count: int


@dataclass(frozen=True, slots=True)
class HeldDay:
    """A day of a channel; see `models.reconciliation.ReconciliationDay`."""

    channel: Channel
    day: date
    state: ReconciliationState
    doubt: str | None
    payments: int
    refunds: int
    paid_fen: int
    refunded_fen: int
    fees_fen: int
    decisions: int
    confirmed: int
    not_asked: int
    done_at: datetime | None
    counts: tuple[DiscrepancyCount, ...]


@dataclass(frozen=True, slots=True)
class Suspense:
    """What is in the suspense account, and what open discrepancies say is in it, in fen."""

    balance: int
    explained: int

    @property
    def difference(self) -> int:
        """Zero, or somebody has to look for the rest."""
        return self.balance - self.explained


@dataclass(frozen=True, slots=True)
class ReconciliationViews:
    """
    The finance desk's view (`services.access.FINANCE`).

    :raises Unauthenticated, Forbidden: unless the principal is such an officer
    """

    db: Database

    async def discrepancies(
        self, principal: Principal, wanted: DiscrepancyFilter, page: TimePage
    ) -> Listed[HeldDiscrepancy]:
        """A page of discrepancies in the order in which they were found."""
        require_officer(principal, FINANCE)
        matching = conditions(
            wanted.first_day, wanted.last_day, wanted.channel, wanted.kinds, wanted.states
        )
        table = table_of(Discrepancy)
        return await read_page(self.db, table, "found_at", matching, page, _discrepancy)

    async def days(
        self, principal: Principal, channel: Channel | None, first_day: date, last_day: date
    ) -> Sequence[HeldDay]:
        """
        Reconciled days, and those that are still to be.

        :raises BadRequest: if the days are in the wrong order, or more than 31
        """
        require_officer(principal, FINANCE)
        if not 0 <= (last_day - first_day).days < MOST_DAYS:
            raise BadRequest("day_range", limit=str(MOST_DAYS))
        values: dict[str, object] = {"first_day": first_day, "last_day": last_day}
        wanted = DAYS
        if channel is not None:
            wanted, values["of_channel"] = DAYS_OF_CHANNEL, channel
        async with self.db.read() as connection:
            rows = (await connection.execute(wanted, values)).mappings().all()
            counted = (await connection.execute(COUNTS, values)).mappings().all()
        return [_day(row, counted) for row in rows]

    async def suspense(self, principal: Principal) -> Suspense:
        """The suspense account and what explains it, at one instant."""
        require_officer(principal, FINANCE)
        return await suspense_of(self.db)


async def suspense_of(db: Database) -> Suspense:
    """The same for whoever keeps the books."""
    async with db.read() as connection:
        row = (await connection.execute(SUSPENSE)).one()
    return Suspense(int(row.balance), int(row.explained))


def _day(row: RowMapping, counted: Sequence[RowMapping]) -> HeldDay:
    names = [name for name in HeldDay.__slots__ if name != "counts"]
    counts = tuple(
        DiscrepancyCount(one["kind"], one["state"], one["count"])
        for one in counted
        if (one["channel"], one["day"]) == (row["channel"], row["day"])
    )
    return HeldDay(**{name: row[name] for name in names}, counts=counts)


def _discrepancy(row: RowMapping) -> HeldDiscrepancy:
    return HeldDiscrepancy(**{name: row[name] for name in HeldDiscrepancy.__slots__})
