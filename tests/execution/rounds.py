"""Many generated documents, one after the other."""

import asyncio
import gc
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import parse, validate

from graphql_api.execution import Engine
from tests.execution.answering import Case
from tests.execution.generation.documents import write
from tests.execution.kitchen.roots import core_schema, schema
from tests.execution.listening import listening
from tests.execution.shrinking import shrunk
from tests.execution.trials import difference, difference_of

DOCUMENTS_OF_A_WORLD = 40
# Validation takes as long as all the rest, and hardly any document is invalid: one in so many is
# looked at, and every one that shows a difference.
VALIDATED = 5
TIMES = 2  # at most: with other variables and in another world each time


@dataclass(slots=True)
class Tally:
    """What a round has come to."""

    documents: int = 0
    executions: int = 0
    invalid: int = 0


async def differences(
    engine: Engine, seeds: range, tally: Tally, *, size: int = 1
) -> AsyncGenerator[str, None]:
    """Describe every difference that documents of these seeds show."""
    unheard: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: unheard.append(what))
    # Garbage is collected where it is clear whose it is.
    gc.disable()
    try:
        for seed in seeds:
            async for text in _differences_of(engine, seed, tally, size):
                yield text
            if unheard:
                yield f"seed {seed}: an exception that nobody heard: {unheard.pop()}"
    finally:
        with listening():
            gc.collect()
        gc.enable()


async def _differences_of(
    engine: Engine, seed: int, tally: Tally, size: int
) -> AsyncGenerator[str, None]:
    random = Random(seed)
    written = write(random, size)
    document = parse(written.text)
    if seed % VALIDATED == 0 and validate(core_schema, document):
        tally.invalid += 1
        return
    tally.documents += 1
    prepared = engine.prepare(document)
    for time in range(TIMES):
        case = Case(
            text=written.text,
            variables=written.values(random),
            operation_name=written.operation_name(random),
            world=TIMES * (seed // DOCUMENTS_OF_A_WORLD) + time,
            hide_suggestions=random.random() < 0.5,
        )
        tally.executions += 1
        told = await difference(case, prepared, document)
        if told is not None and not validate(core_schema, document):
            yield f"seed {seed}: {await _described(case, told)}"
            return
        if random.random() < 0.5:
            return


async def _described(case: Case, told: str) -> str:
    def prepare(document: Any) -> Any:
        return Engine(schema, compile_after=0).prepare(document)

    if await difference_of(case, prepare) is not None:
        case = await shrunk(case, prepare)
        told = await difference_of(case, prepare) or told
    return f"{told}\n{_to_keep(case)}"


def _to_keep(case: Case) -> str:
    """What to put into a file of `differences/`, with some words on what was wrong."""
    kept = {
        "about": "",
        "world": case.world,
        "operation_name": case.operation_name,
        "variables": case.variables or {},
        "document": case.text,
    }
    return json.dumps(kept, indent=2, ensure_ascii=False)
