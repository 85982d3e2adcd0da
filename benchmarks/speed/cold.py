"""What Clearway adds to the register's own time when the mirror knows nothing of a citizen yet."""

import statistics
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import orjson

from benchmarks.speed.bench import Bench
from benchmarks.speed.children import child
from benchmarks.speed.cluster import Cluster
from benchmarks.speed.contenders import clearway
from benchmarks.speed.facts import migrated
from benchmarks.speed.machine import describe
from benchmarks.speed.people import citizen_id
from benchmarks.speed.places import RESULTS
from benchmarks.speed.register import LATENCY_SECONDS, SPENT, register_city
from benchmarks.speed.report import table
from benchmarks.speed.results import OPTIONS
from benchmarks.speed.servers import Server, free_port, running
from benchmarks.speed.tokens import TokenMaker
from benchmarks.speed.trouble import Trouble
from cli.stack import POLICE_PATH
from domain.ids import new_id
from domain.times import utc_now
from models.vault import Vault
from runtime.keys import data_key
from runtime.settings import Settings
from sandbox.city import Person
from sandbox.police import DEFAULT_SERIAL

DATABASE = "clearway_cold"
WARM_UP, COUNTED = 5, 40
LIMIT_MS = 5.0
READY_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Cold:
    """One first request of a citizen, in milliseconds: the whole, and the register's calls."""

    vehicles: int
    whole_ms: float
    calls_ms: tuple[float, ...]

    @property
    def added_ms(self) -> float:
        """What is left without the slowest call."""
        return self.whole_ms - max(self.calls_ms)


def cold(bench: Bench) -> bool:
    """Print what the first requests of many citizens took; whether little was added."""
    migrated(bench.cluster, DATABASE)
    people = [person for person in register_city().citizens() if _is_wanted(person)]
    people = people[: WARM_UP + COUNTED]
    _bind(bench.cluster, bench.settings, people)
    with _register(bench.cores.others) as url:
        told = {"POLICE_URL": url + POLICE_PATH, "POLICE_SERIAL": DEFAULT_SERIAL}
        limits = {"POLICE_CALLS_PER_SECOND": "10000", "POLICE_DAILY_QUOTA": "10000000"}
        wanted = clearway(bench.cluster.url(DATABASE), bench.settings, bench.tree, **told, **limits)
        maker = TokenMaker.of(bench.settings)
        tokens = [maker.token(str(one.index), one.name, one.identity_number) for one in people]
        with running([wanted], bench.cores.server, tokens[0]) as (server,):
            _spent(url)
            rows = [_ask(server, url, *one) for one in zip(people[1:], tokens[1:], strict=True)]
    rows = rows[WARM_UP - 1 :]
    if not bench.smoke:
        _keep(bench, rows)
    return _report(rows)


def _is_wanted(person: Person) -> bool:
    owned = all(vehicle.owner_id == person.identity_number for vehicle in person.vehicles)
    return person.licence is not None and bool(person.vehicles) and owned


def _bind(cluster: Cluster, settings: Settings, people: Sequence[Person]) -> None:
    """The vehicles in the citizens' lists; of nothing else is anything known."""
    vault, now = Vault(data_key(settings)), utc_now()
    vehicle_rows, binding_rows = [], []
    for person in people:
        owner = vault.digest(person.identity_number)
        holder = citizen_id(settings, str(person.index))
        for vehicle in person.vehicles:
            key, plate_key = new_id(), f"{vehicle.plate_type}:{vehicle.plate_number}"
            sealed = vault.seal({}, belongs_to=plate_key)
            vehicle_rows.append((key, plate_key, owner, "", sealed))
            binding_rows.append((new_id(), holder, plate_key, key, owner, now))
    with cluster.connect(DATABASE) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO vehicles (id, plate_key, owner_digest, status_letters, sealed)"
            " VALUES (%s, %s, %s, %s, %s)",
            vehicle_rows,
        )
        cursor.executemany(
            "INSERT INTO vehicle_bindings"
            " (id, citizen_id, plate_key, vehicle_id, owner_digest, bound_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            binding_rows,
        )


@contextmanager
def _register(core: int) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.speed.register", str(port)]
    with child("register", command, core):
        url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + READY_SECONDS
        while True:
            try:
                _spent(url)
                break
            except OSError as error:
                if time.monotonic() > deadline:
                    raise Trouble("the sandbox's register does not start") from error
            time.sleep(0.1)
        yield url


def _spent(url: str) -> list[float]:
    with urllib.request.urlopen(url + SPENT, timeout=5) as response:  # noqa: S310 - loopback
        told: list[float] = orjson.loads(response.read())
    return told


def _ask(server: Server, url: str, person: Person, token: str) -> Cold:
    began = time.perf_counter()
    server.ask(token)
    whole = (time.perf_counter() - began) * 1000
    return Cold(len(person.vehicles), whole, tuple(_spent(url)))


def _report(rows: Sequence[Cold]) -> bool:
    names = ("whole request", "slowest call of the register", "added to it")
    parts = (
        [row.whole_ms for row in rows],
        [max(row.calls_ms) for row in rows],
        [row.added_ms for row in rows],
    )
    cells = [
        [name, f"{statistics.median(part):.1f}", f"{max(part):.1f}"]
        for name, part in zip(names, parts, strict=True)
    ]
    calls = statistics.median(len(row.calls_ms) for row in rows)
    added = statistics.median(parts[2])
    verdict = "met" if added <= LIMIT_MS else "**not met**"
    print("\n".join(table(("ms", "median", "worst"), cells)))  # noqa: T201
    print(  # noqa: T201
        f"\n{len(rows)} first requests, {calls:g} calls each, {LATENCY_SECONDS * 1000:g} ms a call."
        f" Added {added:.1f} ms, at most {LIMIT_MS:g}: {verdict}."
    )
    return added <= LIMIT_MS


def _keep(bench: Bench, rows: Sequence[Cold]) -> None:
    machine = describe(bench.cluster.version(), bench.tree)
    content = orjson.dumps({"machine": machine, "rows": list(rows)}, option=OPTIONS)
    (RESULTS / "cold.json").write_bytes(content)
