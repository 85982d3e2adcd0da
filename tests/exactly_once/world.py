"""A small world for the machine: one citizen with both mini-programs, and everything upstream."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from domain.law.transitions import PAYMENT, REFUND
from domain.money import Money
from domain.payments import Order, PaymentRefused, PaymentStatus
from domain.platforms import Channel
from domain.refunds import RefundStatus
from sandbox.city import City
from services.payments.opening import payer_of as sealed_for
from tests.exactly_once.evidence import CHANNELS, Evidence, plain
from tests.graphql.paying import Payer, payer_of
from tests.stack import (
    PAYING,
    START,
    Api,
    Credentials,
    Json,
    Platforms,
    Register,
    TestClock,
    running_api,
    running_platforms,
    running_register,
    settings_for,
)

METHODS = {
    "ALIPAY": {
        "begin": "alipay.trade.create",
        "query": "alipay.trade.query",
        "close": "alipay.trade.close",
    },
    "WECHAT": {"begin": "jsapi", "query": "query", "close": "close"},
}
# Camera records that are decided besides those that the city's law has decided already.
DECIDED = 2
# Emptied row by row: a handful of rows are gone sooner than the files of their tables.
EMPTIED = (
    *("payments", "payment_items", "write_backs", "channel_notices", "refunds", "refund_lines"),
    *("human_tasks", "task_events", "discrepancies", "ledger_entries", "ledger_transactions"),
    *("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers"),
    *("moves", "violations", "mirror_entries"),
)
ENOUGH_SWEEPS = 60
# Every move of a status, as the database saw it.
WATCH = """
CREATE TABLE moves (number text, before text, after text);
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO moves VALUES (NEW.number, OLD.status, NEW.status); RETURN NEW; END $$;
CREATE TRIGGER watched AFTER UPDATE OF status ON payments FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION note_move();
CREATE TRIGGER watched AFTER UPDATE OF status ON refunds FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION note_move();
CREATE TABLE violations_before AS SELECT * FROM violations;
CREATE TABLE mirror_entries_before AS SELECT * FROM mirror_entries;
"""
DUE = """SELECT min(greatest(next_check_at, lease_until)) FROM (
  SELECT next_check_at, lease_until FROM payments
  UNION ALL SELECT next_check_at, lease_until FROM write_backs
  UNION ALL SELECT next_check_at, lease_until FROM refunds WHERE status <> 'abnormal'
) AS due WHERE next_check_at IS NOT NULL"""
# How numbers begin: of payments with the day, of refunds with a letter.
LIVES: dict[type[StrEnum], tuple[str, Mapping[Any, frozenset[Any]]]] = {
    PaymentStatus: ("2", PAYMENT),
    RefundStatus: ("R", REFUND),
}
MOVES = "SELECT DISTINCT before, after FROM moves WHERE starts_with(number, %s)"
ORDER = "SELECT amount_fen, subject, sealed, expires_at FROM payments WHERE number = %s"
# What an example came to: how payments ended, what was booked, and who was asked for help.
REACHED = """
SELECT status FROM payments UNION ALL SELECT after FROM moves WHERE after = 'unknown'
UNION ALL SELECT kind FROM ledger_transactions
UNION ALL SELECT 'notice ' || outcome FROM channel_notices
UNION ALL SELECT 'task ' || kind FROM human_tasks
UNION ALL SELECT 'refund ' || status FROM refunds
UNION ALL SELECT 'refund ' || after FROM moves WHERE starts_with(number, 'R')
"""
# What the mirror knows of a decision that is none any more.
ANNULLED = "SELECT 1 FROM violations WHERE decision_number = %s AND decision_annulled"
BEGIN_AGAIN = f"""
SET LOCAL session_replication_role = replica;
{"".join(f"DELETE FROM {table};" for table in EMPTIED)}
INSERT INTO violations SELECT * FROM violations_before;
INSERT INTO mirror_entries SELECT * FROM mirror_entries_before;
"""


@dataclass(slots=True)
class World:
    """Everything there is, to be used by one example after the other."""

    database_url: str
    folder: Path
    clock: TestClock
    register: Register
    platforms: Platforms
    payers: dict[str, Payer]
    connection: psycopg.Connection
    # Ids in the schema, with the register's numbers.
    decisions: dict[str, str] = field(default_factory=dict)
    # How much had moved before this example.
    earlier: dict[str, int] = field(default_factory=dict)
    # Numbers whose order came to the channel when their payment had ended.
    ordered_late: set[str] = field(default_factory=set)
    reached: Counter[str] = field(default_factory=Counter)
    _process: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def api(self) -> Api:
        """The process that runs now."""
        return self.payers["ALIPAY"].api

    async def begin_again(self) -> None:
        """Forget what was paid; another process; everything works."""
        await self.stop()
        self.clock.now = START
        await self.heal()
        await self.register.change("reset")
        await self.decide()
        self.run(BEGIN_AGAIN)
        self.ordered_late.clear()
        self.earlier = {one: len(await self.platforms.money(one)) for one in CHANNELS}
        await self.start()

    async def decide(self) -> None:
        """The register has decided two more camera records, the same ones each time."""
        person = self.payers["ALIPAY"].phone.person
        open_ones = [one for car in person.vehicles for one in car.records if one.handled == "0"]
        for record in open_ones[:DECIDED]:
            await self.register.change("handle", xh=record.serial, jszh=person.identity_number)
        await self.register.change("today", date="2026-11-02")

    async def start(self) -> None:
        """Start a process of the API, which is the worker, too."""
        settings = settings_for(
            self.folder, self.register.url, self.platforms, police_daily_quota=10_000_000
        )
        api = await self._process.enter_async_context(
            running_api(settings, self.database_url, self.clock)
        )
        self.platforms.receivers[:] = [api.http]
        for payer in self.payers.values():
            payer.phone.api = api

    async def stop(self) -> None:
        """End it; nothing but the database remembers."""
        await self._process.aclose()

    async def heal(self) -> None:
        """Every upstream works."""
        await self.register.calm()
        for channel in CHANNELS:
            await self.platforms.calm_paying(channel)

    async def try_to_pay(self, channel: str, number: str) -> bool:
        """Tap Pay, whether the channel lets us or not."""
        return await self._try(channel, "pay", {"outTradeNo": number}, {200, 404, 409})

    async def try_to_decline(self, channel: str, number: str) -> bool:
        """Tap Decline, whether the channel lets us or not."""
        return await self._try(channel, "decline", {"outTradeNo": number}, {200, 404, 409})

    async def notify(self, channel: str, number: str, **how: Json) -> list[Json]:
        """Have the channel tell how it stands; no answers if there is nothing to tell."""
        body = {"outTradeNo": number, **how}
        url = f"{self.platforms.url}/{PAYING[channel]}/control/notices"
        async with self.platforms.http.post(url, json=body) as response:
            return list((await response.json())["notices"]) if response.status == 200 else []

    async def order_late(self, channel: str, number: str) -> None:
        """The network delivers an order that we have given up long ago."""
        opening = self.api.running.paying.checks.opening
        [(fen, subject, sealed, expires_at)] = self.rows(ORDER, [number])
        secrets = opening.vault.open(sealed, belongs_to=sealed_for(number))
        order = Order(number, Money(fen), subject, secrets["open_id"] or "", expires_at)
        with suppress(PaymentRefused):
            await opening.channels[Channel(channel.lower())].begin(order)
            self.ordered_late.add(number)

    async def annul(self, decision: str) -> None:
        """The register buries a decision, and the mirror looks when it is old enough."""
        number = self.decisions[decision]
        tombstone = {"jllx": "3", "gxsj": "2026-11-02 12:30:00"}
        await self.register.change("change-decision", jdsbh=number, fields=tombstone)
        self.clock.advance(minutes=11)
        await self.payer("ALIPAY").decisions()
        assert self.rows(ANNULLED, [number]) == [(1,)]

    def go_to_what_is_due(self) -> bool:
        """Turn the clock to when something has to be seen to; False if nothing has."""
        [(due,)] = self.rows(DUE)
        if due is not None:
            self.clock.now = max(self.clock.now, due)
        return due is not None

    async def sweep(self) -> int:
        """A worker looks for what is due, once; how much there was."""
        return await self.api.running.chores.sweep()

    async def sweep_until_quiet(self) -> None:
        """A worker sweeps whenever something is due, until nothing is."""
        for _ in range(ENOUGH_SWEEPS):
            is_due = self.go_to_what_is_due()
            if not await self.sweep() and not is_due:
                return
        raise AssertionError("the worker never comes to an end")

    def payer(self, channel: str) -> Payer:
        """The citizen in a mini-program, with a token of this minute."""
        payer = self.payers[channel]
        payer.phone.access = self.api.token(payer.phone.person)
        return payer

    async def evidence(self) -> Evidence:
        """What happened in this example."""
        money = {one: (await self.platforms.money(one))[self.earlier[one] :] for one in CHANNELS}
        writes = await self.register.writes()
        return Evidence.read(self.connection, money, writes, frozenset(self.ordered_late))

    def note_reached(self) -> None:
        """Count what this example came to."""
        self.reached.update(str(what) for (what,) in self.rows(REACHED))

    def rows(self, query: str, values: Sequence[Json] = ()) -> list[tuple[Json, ...]]:
        """What is in the database."""
        return self.connection.execute(query, values or None).fetchall()

    def run(self, statement: str) -> None:
        """Change the database behind everybody's back."""
        with self.connection.transaction():
            self.connection.execute(statement)

    async def _try(self, channel: str, action: str, body: Json, expected: set[int]) -> bool:
        url = f"{self.platforms.url}/{PAYING[channel]}/control/{action}"
        async with self.platforms.http.post(url, json=body) as response:
            assert response.status in expected, await response.text()
            return response.status == 200

    def check_moves(self) -> None:
        """No status has gone where it may not."""
        for kind, (first, table) in LIVES.items():
            allowed = {(one, to) for one, following in table.items() for to in following}
            moves = self.rows(MOVES, [first])
            assert {(kind(one), kind(to)) for one, to in moves} <= allowed


@asynccontextmanager
async def open_world(
    city: City, folder: Path, credentials: Credentials, database_url: str
) -> AsyncIterator[World]:
    """Sign citizen 0 in, with both mini-programs; they owe for five decisions."""
    clock, person = TestClock(), city.citizen(0)
    async with AsyncExitStack() as stack:
        connection = psycopg.connect(plain(database_url), autocommit=True)
        stack.enter_context(connection)
        register = await stack.enter_async_context(running_register(city))
        platforms = await stack.enter_async_context(running_platforms(city, credentials, clock))
        world = World(database_url, folder, clock, register, platforms, {}, connection)
        settings = settings_for(folder, register.url, platforms)
        async with running_api(settings, database_url, clock) as api:
            for channel, decided in zip(CHANNELS, (DECIDED, 0), strict=True):
                payer = await payer_of(api, platforms, register, person, channel, handled=decided)
                world.payers[channel] = payer
            owed = await payer.decisions()
        world.decisions |= {one["id"]: one["number"][:15] for one in owed}
        world.run(WATCH)
        try:
            yield world
        finally:
            await world.stop()
