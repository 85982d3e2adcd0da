"""A stack of real processes, and citizens with decided fines who are ready to pay them."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from cli.cities import make_city
from cli.ports import base_url
from cli.stack import Plan
from cli.tokens import citizen_token
from domain.ids import new_id
from domain.platforms import Channel, PlatformAccount
from domain.times import utc_now
from models.database import Database
from models.vault import Vault
from runtime.keys import data_key
from runtime.settings import Profile, Settings
from sandbox.alipay import SANDBOX_APP_ID, AlipayCredentials, alipay_app
from sandbox.alipay.logins import open_id
from sandbox.city import Person
from sandbox.police import PoliceSandboxSettings, police_app
from sandbox.wechatpay import WechatPayCredentials
from services.access_tokens import Identity
from services.accounts import Accounts
from services.identities import Identities

CITIZENS, SEED = 600, 7
LIST = """{ viewer { violations(first: 50, filter: { status: [DECIDED] }) { nodes {
  decision { id } } } } }"""
AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Debtor:
    """Somebody with a token and decided fines."""

    token: str = field(repr=False)
    decisions: tuple[str, ...]


@dataclass(slots=True)
class Stack:
    """Sandbox, API processes and a worker, each a process of its own."""

    plan: Plan
    database_url: str
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)
    _started: dict[str, tuple[tuple[str, ...], dict[str, str]]] = field(default_factory=dict)

    def start(self, name: str, module: str, *arguments: str, **changed: str) -> None:
        """Start a module as a process of its own."""
        environment = self.plan.environment({**os.environ, **changed})
        del environment["CLEARWAY_GRAPHIQL_TABS"]
        self._started[name] = ((module, *arguments), changed)
        log = self.plan.settings.data_dir / f"{name}.log"
        with open(log, "ab") as out:
            command = [sys.executable, "-m", module, *arguments]
            process = subprocess.Popen(  # noqa: S603 - ourselves
                command, env=environment, stdout=out, stderr=out
            )
        self.processes[name] = process

    def kill(self, name: str) -> None:
        """End a process as a power cut would, and start it again."""
        process = self.processes[name]
        process.kill()
        process.wait()
        (module, *arguments), changed = self._started[name]
        self.start(name, module, *arguments, **changed)

    def stop(self) -> None:
        """End all of them, the last one first."""
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in reversed(self.processes.values()):
            process.wait(timeout=30)

    def cpu_seconds(self) -> dict[str, float]:
        """Processor time of each process so far (Linux), and of ourselves."""
        used = {name: _cpu_seconds(process.pid) for name, process in self.processes.items()}
        return used | {"load": _cpu_seconds(os.getpid())}

    def errors(self) -> list[str]:
        """Lines of error in any log."""
        logs = self.plan.settings.data_dir.glob("*.log")
        lines = (line for log in logs for line in log.read_text().splitlines())
        return [line for line in lines if " ERROR " in line or "Traceback" in line]


@asynccontextmanager
async def running(folder: Path, database_url: str, port: int) -> AsyncIterator[Stack]:
    """The processes, for as long as the block lasts."""
    settings = Settings(profile=Profile.DEV, data_dir=folder, port=port)
    stack = Stack(Plan(settings, port + 1, CITIZENS, SEED), database_url)
    given = {
        "CLEARWAY_POLICE_CALLS_PER_SECOND": "10000",
        "CLEARWAY_POLICE_DAILY_QUOTA": "10000000",
        "CLEARWAY_LOG_LEVEL": "WARNING",
        "CLEARWAY_GRAPHIQL": "off",
    }
    stack.start("sandbox", "benchmarks.paying_city", str(port + 1), str(stack.plan.platform_keys))
    try:
        await _answers(f"{base_url('127.0.0.1', port + 1)}/control/scenarios")
        stack.start("api", "cli", "serve", **given)
        await _answers(f"{base_url('127.0.0.1', port)}/readyz")
        stack.start("worker", "cli", "worker", **given)
        yield stack
    finally:
        stack.stop()


async def debtors(stack: Stack, http: aiohttp.ClientSession) -> list[Debtor]:
    """Everybody with a licence, all of their open camera records decided against them."""
    city = make_city(SEED, CITIZENS)
    people = [city.citizen(index) for index in range(CITIZENS)]
    drivers = [person for person in people if person.licence is not None]
    await _sign_in(stack, drivers)
    limit = asyncio.Semaphore(AT_ONCE)

    async def one(person: Person) -> Debtor:
        async with limit:
            return await _debtor(stack, http, person)

    found = await asyncio.gather(*(one(person) for person in drivers))
    return [debtor for debtor in found if debtor.decisions]


async def _debtor(stack: Stack, http: aiohttp.ClientSession, person: Person) -> Debtor:
    for vehicle in person.vehicles:
        for record in vehicle.records:
            if record.handled == "0":
                body = {"action": "handle", "xh": record.serial, "jszh": person.identity_number}
                async with http.post(f"{stack.plan.sandbox_url}/control/records", json=body):
                    pass
    token = citizen_token(stack.plan.settings, person, timedelta(hours=1))
    answer = await ask(stack, http, token, LIST)
    nodes = answer["data"]["viewer"]["violations"]["nodes"]
    return Debtor(token, tuple(node["decision"]["id"] for node in nodes))


async def ask(
    stack: Stack, http: aiohttp.ClientSession, token: str, query: str, **variables: Any
) -> Any:
    """One GraphQL request; the answer."""
    async with http.post(
        f"{stack.plan.api_url}/graphql",
        json={"query": query, "variables": variables},
        headers={"authorization": f"Bearer {token}"},
    ) as response:
        return await response.json()


async def _sign_in(stack: Stack, drivers: list[Person]) -> None:
    """The accounts that signing in and verifying would have made."""
    db = Database(stack.database_url)
    vault = Vault(data_key(stack.plan.settings))
    accounts = Accounts(vault, new_id)
    try:
        for person in drivers:
            account = PlatformAccount(
                Channel.ALIPAY, SANDBOX_APP_ID, open_id(SANDBOX_APP_ID, person.index)
            )
            async with db.begin() as connection:
                known = await accounts.of_platform(connection, account, utc_now())
                identity = Identity(person.name, person.identity_number)
                await Identities(accounts).prove(connection, known.id, identity, utc_now())
    finally:
        await db.close()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _answers(url: str) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(60):
        while True:
            try:
                async with http.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


def serve_sandbox(port: int, keys: Path) -> None:
    """The upstreams of the city in this process, without limits on speed."""
    city = make_city(SEED, CITIZENS)
    unlimited = PoliceSandboxSettings(requests_per_second=100_000, daily_quota=10_000_000)
    app = police_app(city, unlimited)
    app.add_subapp("/alipay", alipay_app(city, AlipayCredentials.load_or_create(keys)))
    WechatPayCredentials.load_or_create(keys)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    serve_sandbox(int(sys.argv[1]), Path(sys.argv[2]))
