"""The role of production can do everything the service does; what it cannot: test_triggers."""

from datetime import timedelta

import pytest
from sqlalchemy import RowMapping, insert, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.ids import new_id
from domain.money import Money
from domain.payments import PaymentStatus, Trade, TradeState
from domain.platforms import Channel
from domain.tasks import TaskKind
from models.database import Database
from models.payment import ItemState, Payment, PaymentItem
from models.statement_queries import ALONE, ISSUE
from runtime.queue import QueueWake, queue_app
from services.crash_points import go_on
from services.discrepancies import Discrepancies
from services.ledger import Ledger
from services.payments.settlement import Settled, Settlement
from services.refunds.making import RefundMaking
from services.refunds.surplus import Surplus
from services.tasks import ask_people
from tests.ledger.books import NOW
from tests.ledger.test_triggers import ROLES

NUMBER, DECISION = "20261122AAAAAAAAAAAAAA", "500103123456789"
FETCH = "SELECT * FROM procrastinate_fetch_job_v2(NULL, :worker)"


async def test_the_role_of_production_settles_and_does_jobs(
    db: Database, ledger: Ledger, database_url: str
) -> None:
    """In a transaction that is rolled back: a role belongs to the whole server."""
    wake = QueueWake(queue_app(database_url))
    making = RefundMaking(ledger, Discrepancies(ledger, lambda: NOW), lambda: NOW, wake)
    settlement = Settlement(ledger, Surplus(making), lambda: NOW, wake, go_on)
    async with db.engine.connect() as connection:
        await connection.exec_driver_sql(ROLES.read_text("utf-8"))
        await connection.execute(text("SET LOCAL ROLE clearway_app"))

        settled = await settlement.apply(connection, await _awaiting(connection), _paid())
        await connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))

        assert settled is Settled.SETTLED
        assert await _scalar(connection, "SELECT status FROM payments") == "paid"
        assert await _scalar(connection, "SELECT count(*) FROM ledger_entries") == 4
        assert await _scalar(connection, "SELECT serial FROM write_backs") == f"{NUMBER}-1"

        worker = await _scalar(connection, "SELECT procrastinate_register_worker_v1()")
        job = (await connection.execute(text(FETCH), {"worker": worker})).mappings().one()
        assert job["args"]["errand"] == "write_back"
        done = f"SELECT procrastinate_finish_job_v1({job['id']}, 'succeeded', true)"
        await connection.execute(text(done))
        assert await _scalar(connection, "SELECT count(*) FROM procrastinate_jobs") == 0
        await ask_people(connection, TaskKind.BOOKS_DIFFER, NUMBER, NOW)
        await connection.execute(ALONE)
        await connection.execute(ISSUE, {"channel": Channel.ALIPAY, "day": NOW.date()})
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with connection.begin_nested():
                await connection.execute(text("DELETE FROM ledger_entries"))
        await connection.rollback()


async def _awaiting(connection: AsyncConnection) -> RowMapping:
    """A payment of one decision that its channel waits for, as the settlement reads it."""
    payment = {
        "id": new_id(),
        "number": NUMBER,
        "payer_digest": b"payer",
        "idempotency_key": "first-key",
        "request_hash": b"hash",
        "channel": Channel.ALIPAY,
        "status": PaymentStatus.AWAITING,
        "amount_fen": 20000,
        "subject": "交通违法罚款",
        "sealed": b"sealed",
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=15),
    }
    item = {
        "payment_id": payment["id"],
        "position": 1,
        "decision_number": DECISION,
        "violation_id": new_id(),
        "principal_fen": 20000,
        "surcharge_fen": 0,
        "state": ItemState.LIVE,
    }
    made = insert(Payment).values(payment).returning(*Payment.__table__.c)
    row = (await connection.execute(made)).mappings().one()
    await connection.execute(insert(PaymentItem).values(item))
    return row


def _paid() -> Trade:
    return Trade(NUMBER, TradeState.PAID, Money(20000), "2026112222001", NOW)


async def _scalar(connection: AsyncConnection, statement: str) -> object:
    return (await connection.execute(text(statement))).scalar_one()
