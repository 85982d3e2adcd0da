"""Time limits and task groups of callers and resolvers, while executions end parts of their own."""

import asyncio
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
import strawberry
from strawberry.types import Info

from tests.execution.both import by_core, compiled, same_answer


@dataclass(slots=True)
class Turns:
    """How often the loop turns before the fields answer; who was cancelled."""

    first: int
    second: int
    third: int
    cancelled: list[str] = field(default_factory=list)

    async def wait(self, name: str) -> None:
        try:
            for _ in range(getattr(self, name)):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise


@strawberry.type
class Group:
    @strawberry.field
    async def first(self, info: Info) -> str | None:
        await info.context.wait("first")
        return "first"

    @strawberry.field
    async def second(self, info: Info) -> str:
        await info.context.wait("second")
        raise ValueError("Second.")

    @strawberry.field
    async def third(self, info: Info) -> "Group":
        await info.context.wait("third")
        return Group()

    @strawberry.field
    async def limited(self) -> str | None:
        async with asyncio.timeout(0.001):
            await asyncio.Event().wait()
        return "never"

    @strawberry.field
    async def in_time(self) -> str:
        async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
            one = tasks.create_task(asyncio.sleep(0, "in "))
            other = tasks.create_task(asyncio.sleep(0.001, "time"))
        return one.result() + other.result()

    @strawberry.field
    async def group_fails(self) -> str | None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.Event().wait())
            tasks.create_task(self._fail())
        return "never"

    async def _fail(self) -> None:
        await asyncio.sleep(0)
        raise ValueError("In a group.")

    @strawberry.field
    async def cancels_itself(self) -> str | None:
        task = asyncio.ensure_future(asyncio.Event().wait())
        asyncio.get_running_loop().call_soon(task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            return "mended"
        return "never"


@strawberry.type
class Query:
    @strawberry.field
    def group(self) -> Group | None:
        return Group()

    @strawberry.field
    async def groups(self) -> list[Group | None]:
        return [Group(), Group()]


schema = strawberry.Schema(Query)
NESTED = "{ group { first second third { first third { first } } } }"


async def test_the_caller_is_as_it_was_whenever_a_field_fails() -> None:
    """Every order in which three fields can end, one of which ends the others."""
    prepared = compiled(schema, NESTED)
    me = asyncio.current_task()
    assert me is not None

    for turns in product(range(4), repeat=3):
        log = Turns(turns[0], turns[1], turns[2])
        async with asyncio.timeout(60) as deadline:
            answer = await prepared.execute(context=log)
        assert answer.data == {"group": None}, turns
        assert [error.message for error in answer.errors or ()] == ["Second."], turns
        assert me.cancelling() == 0
        assert not deadline.expired()
        # A cancellation that came too late would be felt here.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {me}


@pytest.mark.parametrize("cancel_after", range(6))
@pytest.mark.parametrize("fails_after", range(5))
async def test_a_caller_that_is_cancelled_while_a_field_fails(
    cancel_after: int, fails_after: int
) -> None:
    log = Turns(first=50, second=fails_after, third=50)
    execution = asyncio.create_task(compiled(schema, NESTED).execute(context=log))
    for _ in range(cancel_after):
        await asyncio.sleep(0)

    if execution.cancel():
        with pytest.raises(asyncio.CancelledError):
            await execution
    else:
        assert (await execution).data == {"group": None}

    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize(
    "fields",
    ["limited", "inTime", "inTime first", "first inTime", "groupFails", "inTime groupFails first",
     "cancelsItself inTime", "limited inTime groupFails cancelsItself"],
)  # fmt: skip
async def test_resolvers_with_limits_and_groups_of_their_own(fields: str) -> None:
    text = f"{{ group {{ {fields} }} groups {{ {fields} }} }}"
    expected = await by_core(schema, text, context=Turns(1, 1, 1))

    async with asyncio.timeout(60):
        got = await compiled(schema, text).execute(context=Turns(1, 1, 1))

    assert got.data == expected.data
    assert _told(got) == _told(expected)


def _told(answer: Any) -> list[Any]:
    return sorted((error.message, repr(error.path)) for error in answer.errors or ())


async def test_a_limit_of_a_resolver_beside_others_is_its_own() -> None:
    answer = await same_answer(schema, "{ groups { inTime } group { limited } }")

    assert answer.data == {"groups": [{"inTime": "in time"}] * 2, "group": {"limited": None}}
