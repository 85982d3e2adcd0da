"""The executor alone: the query of the peers over objects in memory, n20, to bytes."""

import asyncio
import gc
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import ExecutionResult, execute, parse

from benchmarks.speed.bench import Bench
from benchmarks.speed.cores import on_core
from benchmarks.speed.executor_schema import schema
from benchmarks.speed.installing import node_program
from benchmarks.speed.machine import describe, said
from benchmarks.speed.people import FIRST
from benchmarks.speed.places import NODE_FOLDER, PEERS, RESULTS
from benchmarks.speed.report import table
from benchmarks.speed.results import OPTIONS
from benchmarks.speed.trouble import Trouble
from graphql_api.execution import Engine

LIMIT_US = 25.0
BATCHES, BATCH_SECONDS, SMOKE_BATCHES = 9, 0.3, 2
DOCUMENT = parse((PEERS / "query.graphql").read_text(encoding="utf-8"))
VARIABLES = {"first": FIRST}

Run = Callable[[], Awaitable[ExecutionResult]]


@dataclass(frozen=True, slots=True)
class Alone:
    """CPU microseconds of one execution: to Python's or JavaScript's objects, and to JSON."""

    executor: str
    execute_us: float
    bytes_us: float


def executor(bench: Bench) -> bool:
    """Print what each executor costs; whether ours is fast enough."""
    batches = SMOKE_BATCHES if bench.smoke else BATCHES
    os.sched_setaffinity(0, {bench.cores.server})
    try:
        rows = asyncio.run(_ours(batches))
    finally:
        os.sched_setaffinity(0, {bench.cores.others})
    rows.append(_jit(bench.cores.server))
    if not bench.smoke:
        machine = describe(bench.cluster.version(), bench.tree)
        content = orjson.dumps({"machine": machine, "rows": rows}, option=OPTIONS)
        (RESULTS / "executor.json").write_bytes(content)
    cells = [[row.executor, f"{row.execute_us:.1f}", f"{row.bytes_us:.1f}"] for row in rows]
    print("\n".join(table(("executor, n20", "execute us", "to bytes us"), cells)))  # noqa: T201
    is_fast = rows[0].bytes_us <= LIMIT_US
    verdict = "met" if is_fast else "**not met**"
    print(f"\nTo bytes at most {LIMIT_US:g} us: {verdict}.")  # noqa: T201
    return is_fast


async def _ours(batches: int) -> list[Alone]:
    # As the service has it: dates are left to the encoder of JSON.
    engine = Engine(schema, compile_after=0, native=("Date", "DateTime"))
    prepared = engine.prepare(DOCUMENT)

    async def compiled() -> ExecutionResult:
        return await prepared.execute(variables=VARIABLES)

    async def by_core() -> ExecutionResult:
        result: Any = execute(engine.core_schema, DOCUMENT, variable_values=VARIABLES)
        return result if isinstance(result, ExecutionResult) else await result

    first, second = (await compiled()), (await by_core())
    if first.errors or _to_bytes(first) != _to_bytes(second) or engine.counts.core:
        raise Trouble(f"The executors differ: {first.errors}, {dict(engine.counts.core)}")
    gc.collect()
    gc.freeze()
    return [
        Alone("clearway", *await _cost(compiled, batches)),
        Alone("graphql-core", *await _cost(by_core, batches)),
    ]


async def _cost(run: Run, batches: int) -> tuple[float, float]:
    async def to_bytes() -> bytes:
        return _to_bytes(await run())

    return await _median_us(run, batches), await _median_us(to_bytes, batches)


def _to_bytes(result: ExecutionResult) -> bytes:
    return orjson.dumps({"data": result.data})


async def _median_us(work: Callable[[], Awaitable[object]], batches: int) -> float:
    count = 200
    found = []
    for _ in range(batches + 1):
        began = time.process_time()
        for _ in range(count):
            await work()
        used = time.process_time() - began
        found.append(used / count * 1e6)
        # The first batch only tells how long the others take.
        count = max(1, int(BATCH_SECONDS / (used / count)))
    return statistics.median(found[1:])


def _jit(core: int) -> Alone:
    """What graphql-jit, which Mercurius uses, needs for the same."""
    command = [str(node_program()), str(NODE_FOLDER / "executor.js"), str(PEERS / "query.graphql")]
    told = said(*on_core(core, command))
    if not told.startswith("{"):
        raise Trouble("graphql-jit said nothing.")
    return Alone("graphql-jit", **orjson.loads(told))
