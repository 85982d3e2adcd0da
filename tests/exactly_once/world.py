"""A small world for the machine: one citizen with both mini-programs, and everything upstream."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from domain.law.transitions import PAYMENT
from domain.payments import PaymentStatus
from sandbox.city import City
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

MONEY_TABLES = """payments, payment_items, write_backs, channel_notices, human_tasks,
  ledger_entries, ledger_transactions,
  procrastinate_jobs, procrastinate_events, procrastinate_periodic_defers"""
# Every move of a status, as the database saw it.
WATCH = """
CREATE TABLE moves (number text, before text, after text);
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO moves VALUES (NEW.number, OLD.status, NEW.status); RETURN NEW; END $$;
CREATE TRIGGER watched AFTER UPDATE OF status ON payments FOR EACH ROW
  WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION note_move();
CREATE TABLE violations_before AS SELECT * FROM violations;
CREATE TABLE mirror_entries_before AS SELECT * FROM mirror_entries;
"""
DUE = """SELECT min(greatest(next_check_at, lease_until)) FROM (
  SELECT next_check_at, lease_until FROM payments
  UNION ALL SELECT next_check_at, lease_until FROM write_backs
) AS due WHERE next_check_at IS NOT NULL"""
BEGIN_AGAIN = f"""
SET LOCAL session_replication_role = replica;
TRUNCATE {MONEY_TABLES}, moves, violations, mirror_entries CASCADE;
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
    decisions: list[str]
    # How much had moved before this example.
    earlier: dict[str, int] = field(default_factory=dict)
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
        await self.register.change("today", date="2026-11-02")
        with psycopg.connect(plain(self.database_url)) as connection:
            connection.execute(BEGIN_AGAIN)
        self.earlier = {one: len(await self.platforms.money(one)) for one in CHANNELS}
        await self.start()

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

    async def try_to_notify(self, channel: str, number: str, **how: Json) -> bool:
        """Have the channel tell how it stands, if there is something to tell."""
        body = {"outTradeNo": number, **how}
        return await self._try(channel, "notices", body, {200, 400, 404})

    def go_to_what_is_due(self) -> bool:
        """Turn the clock to when something has to be seen to; False if nothing has."""
        [(due,)] = self.rows(DUE)
        if due is not None:
            self.clock.now = max(self.clock.now, due)
        return due is not None

    def payer(self, channel: str) -> Payer:
        """The citizen in a mini-program, with a token of this minute."""
        payer = self.payers[channel]
        payer.phone.access = self.api.token(payer.phone.person)
        return payer

    async def evidence(self) -> Evidence:
        """What happened in this example."""
        money = {one: (await self.platforms.money(one))[self.earlier[one] :] for one in CHANNELS}
        return Evidence.of(self.database_url, money, await self.register.writes())

    def rows(self, query: str) -> list[tuple[Json, ...]]:
        """What is in the database."""
        with psycopg.connect(plain(self.database_url)) as connection:
            return connection.execute(query).fetchall()

    def run(self, statement: str, values: Sequence[Json] = ()) -> None:
        """Change the database behind everybody's back."""
        with psycopg.connect(plain(self.database_url)) as connection:
            connection.execute(statement, values)

    async def _try(self, channel: str, action: str, body: Json, expected: set[int]) -> bool:
        url = f"{self.platforms.url}/{PAYING[channel]}/control/{action}"
        async with self.platforms.http.post(url, json=body) as response:
            assert response.status in expected, await response.text()
            return response.status == 200

    def check_moves(self) -> None:
        """No status has gone where it may not."""
        allowed = {(one, to) for one, following in PAYMENT.items() for to in following}
        moves = self.rows("SELECT DISTINCT before, after FROM moves")
        assert {(PaymentStatus(one), PaymentStatus(to)) for one, to in moves} <= allowed


@asynccontextmanager
async def open_world(
    city: City, folder: Path, credentials: Credentials, database_url: str
) -> AsyncIterator[World]:
    """Sign citizen 0 in, with both mini-programs; they owe for three decisions."""
    clock, person = TestClock(), city.citizen(0)
    async with (
        running_register(city) as register,
        running_platforms(city, credentials, clock) as platforms,
    ):
        world = World(database_url, folder, clock, register, platforms, {}, [])
        settings = settings_for(folder, register.url, platforms)
        async with running_api(settings, database_url, clock) as api:
            for channel in CHANNELS:
                payer = await payer_of(api, platforms, register, person, channel)
                world.payers[channel] = payer
            world.decisions += [one["id"] for one in await payer.decisions()]
        world.run(WATCH)
        try:
            yield world
        finally:
            await world.stop()
