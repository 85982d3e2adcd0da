"""The engine answers generated documents as graphql-core does; `comparison` says what that is."""

from contextlib import aclosing

import pytest

from graphql_api.execution import Engine
from tests.execution.kitchen.roots import schema
from tests.execution.rounds import Tally, differences

CHUNKS = 10
DOCUMENTS_OF_A_CHUNK = 510


@pytest.mark.parametrize("chunk", range(CHUNKS))
async def test_the_engine_answers_as_graphql_core_does(chunk: int) -> None:
    engine, tally = Engine(schema, compile_after=0), Tally()
    first = chunk * DOCUMENTS_OF_A_CHUNK
    seeds = range(first, first + DOCUMENTS_OF_A_CHUNK)

    async with aclosing(differences(engine, seeds, tally)) as found:
        async for difference in found:
            pytest.fail(difference)

    assert tally.documents >= 0.98 * DOCUMENTS_OF_A_CHUNK
    # What is left to graphql-core proves nothing.
    assert engine.counts.compiled > 0.7 * tally.executions


async def test_graphql_core_inside_of_an_engine_answers_as_it_does_alone() -> None:
    """There it is given batches that are gathered again."""
    engine, tally = Engine(schema, compile_after=1_000_000), Tally()

    async with aclosing(differences(engine, range(300), tally)) as found:
        async for difference in found:
            pytest.fail(difference)

    assert engine.counts.compiled == 0
