"""What the tests of the ledger read back: every row, in the order in which it was booked."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from domain.ledger import Posting, settlement
from domain.money import Money
from domain.platforms import Channel
from models.database import Database

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ROWS = text(
    "SELECT t.id, t.kind, t.source_ref, t.line_count, t.occurred_at, e.account, e.amount_fen"
    " FROM ledger_transactions t LEFT JOIN ledger_entries e ON e.transaction_id = t.id"
    " ORDER BY t.created_at, t.id, e.line_number"
)


def paid(source_ref: str = "a1", fen: int = 20000, surcharge: int = 0) -> Posting:
    return settlement(
        Channel.ALIPAY,
        source_ref,
        principal=Money(fen),
        surcharge=Money(surcharge),
        occurred_at=NOW,
    )


async def rows(db: Database) -> list[Any]:
    async with db.read() as connection:
        return [tuple(row) for row in await connection.execute(ROWS)]
