"""
How fast fines are settled, and whether anything is lost on the way.

    .venv/bin/python -m benchmarks.settlement [--payments 1000] [--at-once 24]

First settlements a second of one process on one core, beside what pgbench does of the same shape on
the same server. Then payments a second from end to end: begun through GraphQL, paid at the
sandbox's Alipay, told by notice, settled, told to the register; API, worker, sandbox, PostgreSQL
and the load itself share this machine. Ends with 1 if the sandbox's truth log and the books differ.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from sqlalchemy import text

from benchmarks.paying_city import Debtor, Stack, ask, debtors, running
from benchmarks.settlement_ratio import rates
from domain.ids import new_id
from models.database import Database
from runtime.databases import embedded
from runtime.migrations import migrate
from runtime.settings import Profile, Settings
from tests.runtime.postgres_trials import trial_folder

PORT = 8970
SETTLE_SECONDS = 60.0
CREATE = """mutation($input: CreatePaymentInput!) { createPayment(input: $input) { __typename
  ... on CreatePaymentSuccess { payment { number status } }
  ... on Refused { refusals { code } } } }"""
FACTS = text("""SELECT
  (SELECT count(*) FROM payments WHERE status = 'paid') AS paid,
  (SELECT count(*) FROM payments WHERE status <> 'paid') AS unpaid,
  (SELECT count(*) FROM write_backs WHERE state = 'done') AS told,
  (SELECT count(*) FROM write_backs WHERE state <> 'done') AS untold,
  (SELECT count(*) FROM ledger_transactions) AS booked,
  (SELECT coalesce(sum(amount_fen), 0) FROM ledger_entries) AS difference,
  (SELECT coalesce(sum(amount_fen), 0) FROM ledger_entries
   WHERE account = 'alipay_clearing') AS clearing""")


Facts = dict[str, Any]
Condition = Callable[[Facts], bool]


@dataclass(slots=True)
class Load:
    """Phones that begin payments and tap Pay, as fast as they are answered."""

    stack: Stack
    http: aiohttp.ClientSession
    begun: int = 0
    failed: int = 0

    async def pay(self, orders: Sequence[tuple[Debtor, str]], at_once: int) -> None:
        """Pay all of these, so many at a time."""
        waiting = iter(orders)

        async def phone() -> None:
            for debtor, decision in waiting:
                await self._pay(debtor, decision)

        await asyncio.gather(*(phone() for _ in range(at_once)))

    async def _pay(self, debtor: Debtor, decision: str) -> None:
        wanted = {"decisionIds": [decision], "channel": "ALIPAY", "idempotencyKey": str(new_id())}
        answer = await ask(self.stack, self.http, debtor.token, CREATE, input=wanted)
        result = (answer.get("data") or {}).get("createPayment") or {}
        payment = result.get("payment")
        if payment is None or payment["status"] != "AWAITING":
            self.failed += 1
            say(f"not begun: {answer}")
            return
        self.begun += 1
        url = f"{self.stack.plan.sandbox_url}/alipay/control/pay"
        async with self.http.post(url, json={"outTradeNo": payment["number"]}) as response:
            await response.read()


async def end_to_end(folder: Path, database_url: str, payments: int, at_once: int) -> bool:
    """Print the speed; whether every fen is where it belongs."""
    async with running(folder, database_url, PORT) as stack, aiohttp.ClientSession() as http:
        say("setting up debtors ...")
        people = await debtors(stack, http)
        orders = [(one, decision) for one in people for decision in one.decisions][:payments]
        load = Load(stack, http)
        before = stack.cpu_seconds()
        began = time.perf_counter()
        await load.pay(orders, at_once)
        _, settled_at = await _until(database_url, lambda facts: facts["paid"] >= load.begun)
        told, told_at = await _until(database_url, lambda facts: facts["told"] >= load.begun)
        async with http.get(f"{stack.plan.sandbox_url}/alipay/control/money") as response:
            moved = (await response.json())["moved"]
        async with http.get(f"{stack.plan.sandbox_url}/control/writes") as response:
            writes = [w for w in (await response.json())["writes"] if w["interface"] == "04C57"]
        say(
            f"{load.begun} payments, {at_once} at a time:"
            f" {load.begun / (settled_at - began):.1f} payments/s until settled,"
            f" {load.begun / (told_at - began):.1f}/s until the register knows"
        )
        after = stack.cpu_seconds()
        used = {name: round((after[name] - before[name]) / load.begun * 1000, 1) for name in after}
        say(f"CPU milliseconds a payment: {used}, and PostgreSQL")
        fen = sum(one["fen"] for one in moved)
        say(f"truth: {len(moved)} payments of {fen} fen moved, {len(writes)} reported; {told}")
        errors = stack.errors()
        say(f"not begun {load.failed}; error lines {len(errors)}")
        for line in errors[:5]:
            say(line)
        return (
            len(moved) == load.begun == told["paid"] == told["booked"] == len(writes)
            and (told["difference"], told["clearing"], load.failed) == (0, fen, 0)
            and not errors
        )


async def _until(database_url: str, holds: Condition) -> tuple[Facts, float]:
    """The facts once they are so, or after a minute; and when that was."""
    db = Database(database_url, pool_size=1)
    give_up = time.perf_counter() + SETTLE_SECONDS
    try:
        while True:
            async with db.read() as connection:
                facts = dict((await connection.execute(FACTS)).mappings().one())
            if holds(facts) or time.perf_counter() > give_up:
                return facts, time.perf_counter()
            await asyncio.sleep(0.05)
    finally:
        await db.close()


async def ratio(database_url: str) -> None:
    """Print how far settlements are from what PostgreSQL itself could do."""
    for rate in await rates(database_url, (1, 8)):
        say(str(rate))


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def main() -> int:
    parser = argparse.ArgumentParser(description="Settlements and payments a second.")
    parser.add_argument("--payments", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=24)
    parser.add_argument("--only", choices=("ratio", "end-to-end"))
    options = parser.parse_args()
    is_right = True
    for part in ("ratio", "end-to-end"):
        if options.only not in (None, part):
            continue
        with trial_folder() as folder:
            postgres = embedded(Settings(profile=Profile.DEV, data_dir=folder)).start()
            try:
                migrate(postgres.url)
                if part == "ratio":
                    asyncio.run(ratio(postgres.url))
                else:
                    wanted = (options.payments, options.at_once)
                    is_right = asyncio.run(end_to_end(folder, postgres.url, *wanted))
            finally:
                postgres.stop()
    return 0 if is_right else 1


if __name__ == "__main__":
    sys.exit(main())
