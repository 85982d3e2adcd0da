"""What the database itself refuses, whoever asks."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from models.database import Database
from services.ledger import Ledger
from tests.ledger.books import paid, rows

ROLES = Path(__file__).parents[2] / "docs" / "database-roles.sql"
TRANSACTION = text(
    "INSERT INTO ledger_transactions (id, kind, source_ref, line_count, occurred_at)"
    " VALUES (:id, :kind, :source_ref, :line_count, now())"
)
ENTRY = text("INSERT INTO ledger_entries VALUES (:id, :number, :account, :fen)")
CHANGES = [
    "UPDATE ledger_transactions SET source_ref = 'b'",
    "UPDATE ledger_entries SET amount_fen = -amount_fen",
    "UPDATE ledger_entries SET amount_fen = 1 WHERE false",
    "DELETE FROM ledger_transactions",
    "DELETE FROM ledger_entries",
    "TRUNCATE ledger_entries",
    "TRUNCATE ledger_transactions CASCADE",
    "TRUNCATE ledger_transactions, ledger_entries",
    "INSERT INTO ledger_entries SELECT * FROM ledger_entries"
    " ON CONFLICT (transaction_id, line_number) DO UPDATE SET amount_fen = 7",
    "MERGE INTO ledger_entries e USING ledger_transactions t ON t.id = e.transaction_id"
    " WHEN MATCHED THEN DELETE",
]


async def write(
    connection: AsyncConnection,
    amounts: Sequence[int],
    *,
    line_count: int | None = None,
    kind: str = "fee",
    account: str = "suspense",
) -> UUID:
    one = uuid4()
    count = len(amounts) if line_count is None else line_count
    values = {"id": one, "kind": kind, "source_ref": one.hex, "line_count": count}
    await connection.execute(TRANSACTION, values)
    for number, fen in enumerate(amounts, start=1):
        line = {"id": one, "number": number, "account": account, "fen": fen}
        await connection.execute(ENTRY, line)
    return one


@pytest.mark.parametrize(
    ("amounts", "line_count", "complaint"),
    [
        ([5, -4], None, "2 lines of 2, sum 1"),
        ([5, 5], None, "2 lines of 2, sum 10"),
        ([5], 2, "1 lines of 2, sum 5"),
        ([], 2, "0 lines of 2, sum <NULL>"),
        ([5, -5], 3, "2 lines of 3, sum 0"),
        ([5, -2, -3], 2, "3 lines of 2, sum 0"),
        ([2**63 - 1, 2**63 - 1], None, f"sum {2**64 - 2}"),
    ],
)
async def test_unbalanced_at_commit(
    db: Database, amounts: list[int], line_count: int | None, complaint: str
) -> None:
    with pytest.raises(IntegrityError, match=complaint):
        async with db.begin() as connection:
            await write(connection, amounts, line_count=line_count)

    assert await rows(db) == []


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amounts": [0, 0]}, "ck_ledger_entries_amount_fen"),
        ({"amounts": [5, 0, -5]}, "ck_ledger_entries_amount_fen"),
        ({"amounts": [5]}, "ck_ledger_transactions_line_count"),
        ({"amounts": []}, "ck_ledger_transactions_line_count"),
        ({"amounts": [5, -5], "kind": "gift"}, "ck_ledger_transactions_kind"),
        ({"amounts": [5, -5], "account": "pocket"}, "ck_ledger_entries_account"),
    ],
)
async def test_impossible_rows(db: Database, values: dict[str, list[int]], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        async with db.begin() as connection:
            await write(connection, **values)  # type: ignore[arg-type]

    assert await rows(db) == []


async def test_balance_is_asked_for_only_at_commit(db: Database) -> None:
    async with db.begin() as connection:
        await write(connection, [7, -3, -4])

    assert [row[-1] for row in await rows(db)] == [7, -3, -4]


async def test_one_bad_transaction_takes_the_good_one_along(db: Database, ledger: Ledger) -> None:
    async with db.engine.connect() as connection:
        await ledger.post(connection, paid())
        await write(connection, [5, -4])
        with pytest.raises(IntegrityError, match="sum 1"):
            await connection.commit()

    assert await rows(db) == []


@pytest.mark.parametrize("amounts", [[5, -5], [5]])
async def test_nothing_is_added_to_what_was_booked(
    db: Database, ledger: Ledger, amounts: list[int]
) -> None:
    async with db.begin() as connection:
        one = await ledger.post(connection, paid())
    before = await rows(db)

    async with db.engine.connect() as connection:
        for number, fen in enumerate(amounts, start=10):
            line = {"id": one, "number": number, "account": "suspense", "fen": fen}
            await connection.execute(ENTRY, line)
        with pytest.raises(IntegrityError, match=f"{4 + len(amounts)} lines of 4"):
            await connection.commit()

    assert await rows(db) == before


async def test_lines_without_a_transaction(db: Database) -> None:
    line = {"id": uuid4(), "number": 1, "account": "suspense", "fen": 5}

    with pytest.raises(IntegrityError, match="fk_ledger_entries_transaction_id"):
        async with db.begin() as connection:
            await connection.execute(ENTRY, line)


@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_booked_stays(db: Database, ledger: Ledger, change: str) -> None:
    async with db.begin() as connection:
        await ledger.post(connection, paid())
    before = await rows(db)

    with pytest.raises(IntegrityError, match="the ledger only grows"):
        async with db.begin() as connection:
            await connection.execute(text(change))

    assert await rows(db) == before


async def test_the_same_transaction_cannot_take_back_either(db: Database, ledger: Ledger) -> None:
    async with db.engine.connect() as connection:
        await ledger.post(connection, paid())
        with pytest.raises(IntegrityError, match="the ledger only grows"):
            await connection.execute(text("DELETE FROM ledger_entries"))
        await connection.commit()

    assert await rows(db) == []


async def test_the_role_of_production_adds_and_reads_only(db: Database, ledger: Ledger) -> None:
    """In a transaction that is rolled back: a role belongs to the whole server."""
    forbidden = [
        *CHANGES,
        "ALTER TABLE ledger_entries DISABLE TRIGGER ALL",
        "DROP TRIGGER ledger_entries_balance ON ledger_entries",
        "DROP TABLE ledger_entries",
        "CREATE OR REPLACE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NULL; END $$",
        "SET session_replication_role = replica",
        "CREATE TEMPORARY TABLE ledger_entries (id uuid)",
        "UPDATE alembic_version SET version_num = '0'",
    ]
    async with db.engine.connect() as connection:
        await connection.exec_driver_sql(ROLES.read_text("utf-8"))
        await connection.execute(text("SET LOCAL ROLE clearway_app"))
        await ledger.post(connection, paid())
        assert (await ledger.trial_balance(connection)).difference == 0
        await connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        for statement in forbidden:
            with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
                async with connection.begin_nested():
                    await connection.execute(text(statement))
        await connection.execute(text("SET CONSTRAINTS ALL DEFERRED"))
        await write(connection, [5, -4])
        with pytest.raises(IntegrityError, match="sum 1"):
            await connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        await connection.rollback()

    assert await rows(db) == []
