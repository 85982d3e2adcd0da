"""
Payments while everything is killed: the sandbox's truth logs are the judge (target R1).

    .venv/bin/python -m benchmarks.chaos [--payments 400] [--kills 20] [--seed 1]

Phones begin payments and tap Pay, and send again with the same key what they did not understand.
Meanwhile API, worker and PostgreSQL are killed with SIGKILL one after the other, and notices are
lost, copied, forged and told with another amount. Then all is left in peace. Ends with 1 unless
every payment that moved money is in the books once, and the register knows of each once.
"""

import argparse
import asyncio
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
from sqlalchemy import text

from benchmarks.paying_city import Debtor, Stack, debtors, running
from benchmarks.settlement import CREATE, say
from domain.failures import TryLater
from domain.ids import new_id
from models.database import Database
from runtime.databases import embedded
from runtime.migrations import migrate
from runtime.postgres import EmbeddedPostgres
from runtime.settings import Profile, Settings
from tests.runtime.postgres_trials import trial_folder

PORT = 8960
AT_ONCE = 8
PEACE_SECONDS = 180.0
TROUBLE = (aiohttp.ClientError, TimeoutError, OSError, KeyError, TypeError, ValueError)
VICTIMS = ("api", "worker", "postgres", "api", "both")
BOOKED = text("""SELECT p.number, p.status, p.paid_at IS NOT NULL AS came,
    (SELECT count(*) FROM ledger_transactions t WHERE t.source_ref LIKE p.number || '-%') AS booked,
    (SELECT count(*) FROM payment_items i WHERE i.payment_id = p.id AND i.state = 'paid') AS paid
  FROM payments p""")
SUM = text("SELECT coalesce(sum(amount_fen), 0) FROM ledger_entries")


@dataclass(slots=True)
class City:
    """A stack in trouble, and the people who pay all the same."""

    stack: Stack
    postgres: EmbeddedPostgres
    http: aiohttp.ClientSession
    chance: Random
    paid: list[str] = field(default_factory=list)
    given_up: int = 0
    kills: int = 0

    async def pay(self, debtor: Debtor, decision: str) -> None:
        """Begin until there is something to pay, and pay it."""
        wanted = {"decisionIds": [decision], "channel": "ALIPAY", "idempotencyKey": str(new_id())}
        for _ in range(200):
            with suppress(*TROUBLE):
                payment = await self._begin(debtor, wanted)
                if payment is not None and payment["status"] == "AWAITING":
                    await self._tap(payment["number"])
                    return
            await asyncio.sleep(self.chance.uniform(0.1, 0.6))
        self.given_up += 1

    async def _begin(self, debtor: Debtor, wanted: dict[str, Any]) -> dict[str, Any] | None:
        body = {"query": CREATE, "variables": {"input": wanted}}
        headers = {"authorization": f"Bearer {debtor.token}"}
        url = f"{self.stack.plan.api_url}/graphql"
        async with self.http.post(url, json=body, headers=headers) as response:
            result = (await response.json())["data"]["createPayment"]
        payment: dict[str, Any] | None = result.get("payment")
        return payment

    async def _tap(self, number: str) -> None:
        if self.chance.random() < 0.2:
            lost = {"name": "notice-lost", "method": "notice", "times": 1}
            await self._control("scenarios", lost)
        await self._control("pay", {"outTradeNo": number})
        self.paid.append(number)
        worse = self.chance.random()
        if worse < 0.1:
            await self._control("notices", {"outTradeNo": number, "times": 5, "parallel": True})
        elif worse < 0.15:
            await self._control("notices", {"outTradeNo": number, "signature": "wrong"})
        elif worse < 0.2:
            await self._control("notices", {"outTradeNo": number, "amountFen": 1})

    async def _control(self, path: str, body: dict[str, Any]) -> None:
        url = f"{self.stack.plan.sandbox_url}/alipay/control/{path}"
        async with self.http.post(url, json=body) as response:
            await response.read()

    async def kill(self, times: int) -> None:
        """Kill something again and again, and start it anew at once."""
        for _ in range(times):
            await asyncio.sleep(self.chance.uniform(0.5, 2.0))
            victim = self.chance.choice(VICTIMS)
            self.kills += 1
            if victim == "postgres":
                await asyncio.to_thread(self._kill_postgres)
                continue
            for name in ("api", "worker") if victim == "both" else (victim,):
                await asyncio.to_thread(self.stack.kill, name)

    def _kill_postgres(self) -> None:
        pid = self.postgres.pid()
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
        self.postgres.start()


async def run(folder: Path, postgres: EmbeddedPostgres, options: argparse.Namespace) -> bool:
    """Print what happened; whether nothing was lost and nothing happened twice."""
    timeout = aiohttp.ClientTimeout(total=15)
    async with (
        running(folder, postgres.url, PORT) as stack,
        aiohttp.ClientSession(timeout=timeout) as http,
    ):
        city = City(stack, postgres, http, Random(options.seed))  # noqa: S311 - a seeded trial
        people = await debtors(stack, http)
        orders = iter([(one, d) for one in people for d in one.decisions][: options.payments])

        async def phone() -> None:
            for debtor, decision in orders:
                await city.pay(debtor, decision)

        began = time.perf_counter()
        killing = asyncio.create_task(city.kill(options.kills))
        await asyncio.gather(*(phone() for _ in range(AT_ONCE)))
        await killing
        say(
            f"{len(city.paid)} paid and {city.given_up} given up in"
            f" {time.perf_counter() - began:.0f} s, with {city.kills} kills"
        )
        return await _judged(city)


async def _judged(city: City) -> bool:
    """Wait in peace until all is told, then compare the truth with the books."""
    sandbox = city.stack.plan.sandbox_url
    async with city.http.get(f"{sandbox}/alipay/control/money") as response:
        moved = {one["outTradeNo"] for one in (await response.json())["moved"]}
    began = time.perf_counter()
    db = Database(city.postgres.url, pool_size=1)
    try:
        while True:
            try:
                async with db.read() as connection:
                    rows = (await connection.execute(BOOKED)).mappings().all()
                    difference = (await connection.execute(SUM)).scalar_one()
            except TryLater:
                rows, difference = [], None
            writes = await _writes(city)
            wrong = _wrong(rows, moved, writes)
            is_late = time.perf_counter() - began > PEACE_SECONDS
            if (not wrong and difference == 0) or is_late:
                break
            await asyncio.sleep(1)
    finally:
        await db.close()
    say(
        f"{len(moved)} moved money; after {time.perf_counter() - began:.0f} s in peace"
        f" {sum(row['came'] for row in rows)} are booked, {len(writes)} reports had an effect,"
        f" the books differ by {difference}"
    )
    for line in wrong[:10]:
        say(line)
    return not wrong and difference == 0 and city.given_up == 0


def _wrong(rows: Any, moved: set[str], writes: list[str]) -> list[str]:
    """Everything that is not as it has to be."""
    known = {row["number"]: row for row in rows}
    complaints = [f"{number}: money moved, no payment" for number in moved - known.keys()]
    for number, row in known.items():
        if row["came"] is not (number in moved) or row["booked"] != (1 if row["came"] else 0):
            complaints.append(f"{number}: {dict(row)}, money moved: {number in moved}")
    told = sorted(serial.rpartition("-")[0] for serial in writes)
    settled = sorted(row["number"] for row in rows if row["paid"])
    if told != settled:
        complaints.append(f"{len(settled)} settled, {len(told)} told to the register")
    return complaints


async def _writes(city: City) -> list[str]:
    async with city.http.get(f"{city.stack.plan.sandbox_url}/control/writes") as response:
        writes = (await response.json())["writes"]
    return [str(one["serial"]) for one in writes if one["interface"] == "04C57"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Payments while everything is killed.")
    parser.add_argument("--payments", type=int, default=400)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with trial_folder() as folder:
        postgres = embedded(Settings(profile=Profile.DEV, data_dir=folder)).start()
        try:
            migrate(postgres.url)
            return 0 if asyncio.run(run(folder, postgres, options)) else 1
        finally:
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
