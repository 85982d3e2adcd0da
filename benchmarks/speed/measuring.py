"""Rounds of load on all servers in turn, and what each request cost."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from typing import Self

from benchmarks.speed.answers import Told, difference
from benchmarks.speed.load import load
from benchmarks.speed.processes import (
    busy_seconds,
    cpu_seconds,
    own_seconds,
    resident_mb,
    steal_seconds,
)
from benchmarks.speed.results import Row
from benchmarks.speed.servers import Server
from benchmarks.speed.tokens import tokens_of
from benchmarks.speed.trouble import Trouble

COMPARED = 5
SAMPLED = 3
SHORTEST = 0.95


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how often. Seconds of each round, and of the first one that does not count."""

    cases: Sequence[str]
    rounds: int = 3
    seconds: int = 4
    warm_up: int = 3


def compare(servers: Sequence[Server], cases: Iterable[str]) -> None:
    """
    Ask all of them the same.

    :raises Trouble: if two answers differ; the message says where
    """
    for case in cases:
        tokens = _spread(tokens_of(case), COMPARED)
        first = servers[0].facts_for(tokens)
        for server in servers[1:]:
            for expected, found in zip(first, server.facts_for(tokens), strict=True):
                where = difference(expected, found)
                if where:
                    raise Trouble(f"{servers[0].name} and {server.name} differ, {case}: {where}")


def measure(
    servers: Sequence[Server],
    postgres: int,
    core: int,
    plan: Plan,
    before_round: Callable[[], None],
    progress: Callable[[str], None],
) -> list[Row]:
    """
    A row for each server and case: medians of the rounds, the servers taking turns.

    :param postgres: the process that all servers of PostgreSQL come from
    :param core: where the load comes from
    :raises Trouble: if an answer is wrong
    """
    measured: dict[tuple[str, str], list[Row]] = {}
    for number in range(plan.rounds):
        before_round()
        for case in plan.cases:
            for server in servers:
                if number == 0:
                    load(server, case, plan.warm_up, core)
                row = _round(server, case, postgres, core, plan.seconds)
                measured.setdefault((server.name, case), []).append(row)
                progress(f"round {number + 1}  {row.line()}")
    return [_median(rows) for rows in measured.values()]


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds used so far: by a server, PostgreSQL, us and wrk, everybody; and stolen ones."""

    server: float
    postgres: float
    own: float
    everybody: float
    stolen: float

    @classmethod
    def now(cls, server: int, postgres: int) -> Self:
        """As they are."""
        return cls(
            cpu_seconds(server),
            cpu_seconds(postgres),
            own_seconds(),
            busy_seconds(),
            steal_seconds(),
        )

    def since(self, before: Self) -> Self:
        """What was used between the two."""
        pairs = zip(astuple(self), astuple(before), strict=True)
        return type(self)(*(now - then for now, then in pairs))

    @property
    def others(self) -> float:
        """Of whoever is no part of this."""
        return max(0.0, self.everybody - self.server - self.postgres - self.own)


def timed(server: Server, case: str, postgres: int, core: int, seconds: int) -> Row:
    """One round of load, and what it cost; what is answered is not looked at."""
    before = Clocks.now(server.pid, postgres)
    loaded = load(server, case, seconds, core)
    used = Clocks.now(server.pid, postgres).since(before)
    return Row(
        contender=server.name,
        case=case,
        requests=loaded.requests,
        cpu_us=used.server / loaded.requests * 1e6,
        pg_cpu_us=used.postgres / loaded.requests * 1e6,
        rps=loaded.requests / loaded.seconds,
        p50_ms=loaded.p50_ms,
        p99_ms=loaded.p99_ms,
        rss_mb=resident_mb(server.pid),
        busy=used.server / loaded.seconds,
        others=used.others / loaded.seconds,
        body_kb=loaded.bytes / loaded.requests / 1024,
        errors=loaded.errors,
        steal_s=used.stolen,
    )


def _round(server: Server, case: str, postgres: int, core: int, seconds: int) -> Row:
    tokens = _spread(tokens_of(case), SAMPLED)
    expected = server.facts_for(tokens)
    row = timed(server, case, postgres, core, seconds)
    _check_unchanged(server, expected, tokens)
    _check_size(server, row, tokens)
    return row


def _check_unchanged(server: Server, expected: list[Told], tokens: Sequence[str]) -> None:
    for before, after in zip(expected, server.facts_for(tokens), strict=True):
        where = difference(before, after)
        if where:
            raise Trouble(f"{server.name} answers otherwise after load: {where}")


def _check_size(server: Server, row: Row, tokens: Sequence[str]) -> None:
    """Under load nobody looks at answers; one with errors would be shorter than it has to be."""
    shortest = min(len(server.post(server.contender.body, token)[1]) for token in tokens)
    if row.body_kb * 1024 < SHORTEST * shortest:
        raise Trouble(f"{server.name} answers less under load: {row.body_kb:.1f} KB on average")


def _spread(tokens: Sequence[str], count: int) -> list[str]:
    return [tokens[place * (len(tokens) - 1) // (count - 1)] for place in range(count)]


def _median(rows: Sequence[Row]) -> Row:
    def middle(name: str) -> float:
        return statistics.median(float(getattr(row, name)) for row in rows)

    return Row(
        contender=rows[0].contender,
        case=rows[0].case,
        requests=sum(row.requests for row in rows),
        cpu_us=middle("cpu_us"),
        pg_cpu_us=middle("pg_cpu_us"),
        rps=middle("rps"),
        p50_ms=middle("p50_ms"),
        p99_ms=middle("p99_ms"),
        rss_mb=max(row.rss_mb for row in rows),
        busy=middle("busy"),
        others=middle("others"),
        body_kb=middle("body_kb"),
        errors=sum(row.errors for row in rows),
        steal_s=sum(row.steal_s for row in rows),
    )
