"""Executions that end early: cancelled, out of time, or failed while others still wait."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import strawberry

from graphql_api.execution import Prepared
from tests.execution.both import compiled, same_answer
from tests.execution.waiting import Log, others, schema

WAITING = "{ slow items { name slow slowBatch } }"
EVERYBODY = ["root", "slow a", "slow b", "batch a b"]


async def test_who_cancels_the_caller_cancels_every_resolver() -> None:
    log = Log(expected=len(EVERYBODY))
    execution = asyncio.create_task(compiled(schema, WAITING).execute(context=log))
    await log.everybody_waits.wait()

    execution.cancel()
    with pytest.raises(asyncio.CancelledError):
        await execution

    assert sorted(log.begun) == sorted(EVERYBODY)
    assert sorted(log.ended) == sorted(EVERYBODY)
    assert others() == set()


async def test_a_deadline_ends_every_resolver() -> None:
    log = Log(expected=len(EVERYBODY))
    prepared = compiled(schema, WAITING)

    with pytest.raises(TimeoutError):
        await _with_a_deadline(prepared, log)

    assert sorted(log.ended) == sorted(EVERYBODY)
    assert others() == set()


async def _with_a_deadline(prepared: Prepared, log: Log) -> None:
    """Execute until everybody waits, and then no longer."""
    async with asyncio.timeout(None) as deadline:

        async def end() -> None:
            await log.everybody_waits.wait()
            deadline.reschedule(asyncio.get_running_loop().time())

        ending = asyncio.create_task(end())
        await prepared.execute(context=log)
        await ending


@pytest.mark.parametrize("cancel_after", range(8))
async def test_a_cancellation_at_any_turn_of_the_loop_leaves_nothing(cancel_after: int) -> None:
    log = Log()
    execution = asyncio.create_task(compiled(schema, WAITING).execute(context=log))
    for _ in range(cancel_after):
        await asyncio.sleep(0)

    execution.cancel()
    with pytest.raises(asyncio.CancelledError):
        await execution

    assert sorted(log.ended) == sorted(log.begun)
    assert others() == set()


@pytest.mark.parametrize(
    "document",
    ["{ slow sureLater }", "{ sureLater slow }", "{ slow items { slow slowBatch } sureLater }"],
)
async def test_a_root_that_may_not_be_null_fails_without_waiting_for_the_others(
    document: str,
) -> None:
    log = Log()

    async with asyncio.timeout(5):
        answer = await compiled(schema, document).execute(context=log)

    assert answer.data is None
    assert [(error.message, error.path) for error in answer.errors or ()] == [
        ("Later.", ["sureLater"])
    ]
    await _turns()
    assert sorted(log.ended) == sorted(log.begun)
    assert others() == set()


@pytest.mark.parametrize(
    ("document", "path"),
    [
        ("{ group { slow sureLater } }", ["sureLater"]),
        ("{ group { sureLater slow } }", ["sureLater"]),
        ("{ group { choosy { slowOrWrong } } }", ["choosy", 1, "slowOrWrong"]),
        ("{ group { slow choosy { slowOrWrong } } }", ["choosy", 1, "slowOrWrong"]),
    ],
)
async def test_an_object_that_may_be_null_fails_without_waiting_for_what_it_holds(
    document: str, path: list[str | int]
) -> None:
    log = Log()

    async with asyncio.timeout(2):
        answer = await compiled(schema, document).execute(context=log)

    assert answer.data == {"group": None}
    assert [error.path for error in answer.errors or ()] == [["group", *path]]
    assert sorted(log.ended) == sorted(log.begun)
    assert others() == set()


async def test_what_is_cancelled_from_within_is_like_in_graphql_core() -> None:
    """A resolver that raises CancelledError, though nobody has cancelled anything."""

    def resolve() -> str | None:
        raise asyncio.CancelledError

    async def resolve_later() -> str | None:
        await asyncio.sleep(0)
        raise asyncio.CancelledError

    for one in (resolve, resolve_later):
        with pytest.raises(asyncio.CancelledError):
            await compiled(_schema_of(one), "{ field }").execute()
        assert others() == set()


async def test_a_timeout_of_a_resolver_is_an_ordinary_error() -> None:
    async def resolve() -> str | None:
        async with asyncio.timeout(0):
            await asyncio.Event().wait()
        return None

    answer = await same_answer(_schema_of(resolve), "{ field other: field }")

    assert answer.data == {"field": None, "other": None}


def _schema_of(resolver: Callable[..., Any]) -> strawberry.Schema:
    @strawberry.type(name="Query")
    class OneField:
        field: str | None = strawberry.field(resolver=resolver)

    return strawberry.Schema(OneField)


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
