"""What came of reconciling a day, for people."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.discrepancies import DiscrepancyKind, DiscrepancyState, ReconciliationState
from domain.platforms import Channel
from models.reconciliation_queries import COUNTED, MATCHED
from services.reconciliation.register import RegisterPart
from services.reconciliation.terms import BillDay

Counts = Mapping[DiscrepancyKind, Counter[DiscrepancyState]]


@dataclass(frozen=True, slots=True)
class Matched:
    """Lines of the bill that agree with what is ours."""

    payments: int = 0
    refunds: int = 0


@dataclass(frozen=True, slots=True)
class DayReport:
    """
    How a day of a channel stands.

    :ivar reason: why it is not done; None if it is
    :ivar is_trial: nothing was written, and nobody was asked
    :ivar sums: of the bill: payments, refunds, and in fen paid_fen, refunded_fen, fees_fen
    """

    channel: Channel
    day: date
    state: ReconciliationState
    reason: str | None = None
    is_trial: bool = False
    sums: Mapping[str, int] = field(default_factory=dict)
    matched: Matched = field(default_factory=Matched)
    counts: Counts = field(default_factory=dict)
    register: RegisterPart = field(default_factory=RegisterPart)

    @property
    def needs_people(self) -> bool:
        """Whether something is open, or a bill was refused."""
        is_open = any(states[DiscrepancyState.OPEN] for states in self.counts.values())
        return is_open or self.state is ReconciliationState.REFUSED


async def counts_of(connection: AsyncConnection, day: BillDay) -> Counts:
    """How many discrepancies of each kind a day has."""
    counts: dict[DiscrepancyKind, Counter[DiscrepancyState]] = {}
    for row in await connection.execute(COUNTED, day.parameters):
        states = counts.setdefault(DiscrepancyKind(row.kind), Counter())
        states[DiscrepancyState(row.state)] += row.found
    return counts


async def matched_of(connection: AsyncConnection, day: BillDay) -> Matched:
    """How many lines agree."""
    row = (await connection.execute(MATCHED, day.parameters)).one()
    return Matched(row.payments, row.refunds)


def report_of(row: RowMapping, matched: Matched, counts: Counts, reason: str | None) -> DayReport:
    """The report of a day, by its row."""
    names = ("payments", "refunds", "paid_fen", "refunded_fen", "fees_fen")
    return DayReport(
        channel=row["channel"],
        day=row["day"],
        state=row["state"],
        reason=reason,
        sums={name: row[name] for name in names},
        matched=matched,
        counts=counts,
        register=RegisterPart(row["decisions"], row["confirmed"], row["not_asked"]),
    )
