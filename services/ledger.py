"""The ledger: books a money event once, inside the transaction that makes it happen."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ledger import Account, Line, Posting
from models.ledger import WRITE, LedgerEntry, LedgerTransaction


class PostedOtherwise(Exception):
    """The reference is in the books already, with other lines: somebody's number is wrong."""


@dataclass(frozen=True, slots=True)
class AccountTotals:
    """What was booked to an account, in fen; both sides are positive."""

    account: Account
    debits: int
    credits: int

    @property
    def balance(self) -> int:
        """Debits less credits."""
        return self.debits - self.credits


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account of the books at one instant."""

    accounts: tuple[AccountTotals, ...]

    @property
    def difference(self) -> int:
        """All debits less all credits: zero, or the books are broken."""
        return sum(totals.balance for totals in self.accounts)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Writes and sums the books on the caller's connection."""

    new_id: Callable[[], UUID]

    async def post(self, connection: AsyncConnection, posting: Posting) -> UUID:
        """
        Book a posting; the id of its transaction comes back.

        Posting the same again answers with the first id and writes nothing, whatever the instant:
        a notice and a query may tell it differently. A parallel posting of the same reference is
        waited for.

        :raises PostedOtherwise: when the reference was booked with other lines, or as another kind
            that excludes this one
        """
        values = {
            "new_id": self.new_id(),
            "of_kind": posting.kind,
            "of_source": posting.source_ref,
            "at": posting.occurred_at,
            "accounts": [line.account.value for line in posting.lines],
            "amounts": [line.amount for line in posting.lines],
        }
        written = await connection.scalar(WRITE, values)
        return written or await _posted(connection, posting)

    async def balances(self, connection: AsyncConnection) -> dict[Account, int]:
        """Debits less credits of every account, in fen."""
        trial = await self.trial_balance(connection)
        return {totals.account: totals.balance for totals in trial.accounts}

    async def trial_balance(self, connection: AsyncConnection) -> TrialBalance:
        """The totals of every account, in one statement: they belong together."""
        amount = LedgerEntry.amount_fen
        sums = select(
            LedgerEntry.account,
            func.coalesce(func.sum(amount).filter(amount > 0), 0),
            func.coalesce(-func.sum(amount).filter(amount < 0), 0),
        ).group_by(LedgerEntry.account)
        found = {row[0]: (int(row[1]), int(row[2])) for row in await connection.execute(sums)}
        return TrialBalance(
            tuple(AccountTotals(account, *found.get(account, (0, 0))) for account in Account)
        )


async def _posted(connection: AsyncConnection, posting: Posting) -> UUID:
    """
    The transaction that has taken the reference.

    :raises PostedOtherwise: when it says something else
    """
    booked = (
        select(LedgerEntry.transaction_id, LedgerEntry.account, LedgerEntry.amount_fen)
        .join(LedgerTransaction, LedgerTransaction.id == LedgerEntry.transaction_id)
        .where(
            LedgerTransaction.kind == posting.kind,
            LedgerTransaction.source_ref == posting.source_ref,
        )
        .order_by(LedgerEntry.line_number)
    )
    rows = (await connection.execute(booked)).all()
    if tuple(Line(account, amount) for _, account, amount in rows) != posting.lines:
        raise PostedOtherwise(f"{posting.kind} {posting.source_ref}")
    transaction_id: UUID = rows[0][0]
    return transaction_id
