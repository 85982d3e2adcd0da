"""Settlements a second of one process, beside what pgbench does of the same shape."""

import asyncio
import os
import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from benchmarks.settlement_rows import FINE, NOW, fill, number_of, settle_down
from domain.ids import new_id
from domain.money import Money
from domain.payments import Trade, TradeState
from domain.platforms import Channel
from models.database import Database
from models.payment import Payment
from runtime.postgres.binaries import find_binaries
from runtime.queue import QueueWake, queue_app
from services.crash_points import go_on
from services.discrepancies import Discrepancies
from services.ledger import Ledger
from services.payments.settlement import Settlement
from services.refunds.making import RefundMaking
from services.refunds.surplus import Surplus

COUNT, WARM_UP = 1000, 100
SCRIPT = Path(__file__).with_name("settlement.sql")
TPS = re.compile(r"tps = ([\d.]+) \(without initial connection time\)")
ROW = Payment.__table__.c


@dataclass(frozen=True, slots=True)
class Rate:
    """One figure of ours beside pgbench's, on so many connections."""

    connections: int
    ours: float
    cpu_ms: float
    pgbench: float

    def __str__(self) -> str:
        return (
            f"{self.connections} connection(s): {self.ours:.0f} settlements/s"
            f" ({self.cpu_ms:.2f} ms CPU each, one core); pgbench {self.pgbench:.0f}/s;"
            f" ratio {self.ours / self.pgbench:.2f}"
        )


async def rates(database_url: str, connections: tuple[int, ...]) -> list[Rate]:
    """Measure one number of connections after the other, ours and pgbench's side by side."""
    db = Database(database_url, pool_size=max(connections))
    ours = Ours(db, database_url)
    try:
        place = 0
        found = []
        for some in connections:
            need = WARM_UP + 2 * COUNT
            async with db.begin() as connection:
                await fill(connection, place, need)
            async with db.read() as connection:
                await settle_down(connection)
            await ours.settle(place, WARM_UP, some)
            speed, cpu_ms = await ours.settle(place + WARM_UP, COUNT, some)
            first = place + WARM_UP + COUNT
            floor = await _pgbench(db, database_url, first, some)
            found.append(Rate(some, speed, cpu_ms, floor))
            place += need
        return found
    finally:
        await db.close()


class Ours:
    """The product's own settlement, in one process."""

    def __init__(self, db: Database, database_url: str) -> None:
        self._db = db
        wake = QueueWake(queue_app(database_url))
        ledger = Ledger(new_id)
        making = RefundMaking(ledger, Discrepancies(ledger, lambda: NOW), lambda: NOW, wake)
        self._settlement = Settlement(ledger, Surplus(making), lambda: NOW, wake, go_on)

    async def settle(self, first: int, count: int, connections: int) -> tuple[float, float]:
        """Settlements a second, and milliseconds of CPU for each."""

        async def some(offset: int) -> None:
            for place in range(first + offset, first + count, connections):
                await self._settle(place)

        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(some(offset) for offset in range(connections)))
        seconds = time.perf_counter() - began
        return count / seconds, (time.process_time() - cpu) / count * 1000

    async def _settle(self, place: int) -> None:
        number = number_of(place)
        locked = select(*ROW).where(ROW.number == number, ROW.channel == Channel.ALIPAY)
        trade = Trade(number, TradeState.PAID, Money(FINE), f"r{place}", NOW)
        async with self._db.begin() as connection:
            found = await connection.execute(locked.with_for_update())
            await self._settlement.apply(connection, found.mappings().one(), trade)


async def _pgbench(db: Database, database_url: str, first: int, connections: int) -> float:
    async with db.begin() as connection:
        await connection.execute(text("DROP SEQUENCE IF EXISTS settled"))
        await connection.execute(text(f"CREATE SEQUENCE settled START {first} MINVALUE 0"))
    url = make_url(database_url)
    host, port = url.query["host"], url.query["port"]
    each = COUNT // connections
    command = [
        str(find_binaries(os.environ) / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--file={SCRIPT}"),
        *(f"--client={connections}", "--jobs=1", f"--transactions={each}"),
        *(f"--host={host}", f"--port={port}", f"--username={url.username}"),
        url.database or "",
    ]
    done = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    found = TPS.search(done.stdout)
    if found is None:
        raise RuntimeError(done.stdout + done.stderr)
    return float(found[1])
