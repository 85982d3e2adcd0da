"""A schema of fields that wait until somebody cancels them, or that fail while others wait."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import strawberry
from strawberry.types import Info

from graphql_api.execution import Batch, batched


@dataclass(slots=True)
class Log:
    """Who began to wait, and whose waiting was ended."""

    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    everybody_waits: asyncio.Event = field(default_factory=asyncio.Event)
    expected: int = 0

    async def wait_for_ever(self, name: str) -> Any:
        """Wait until somebody cancels it."""
        self.begun.append(name)
        if len(self.begun) == self.expected:
            self.everybody_waits.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ended.append(name)


@strawberry.type
class Item:
    name: str

    @strawberry.field
    async def slow(self, info: Info) -> str:
        return str(await info.context.wait_for_ever(f"slow {self.name}"))

    @batched()
    async def slow_batch(items: Sequence["Item"], info: Info) -> Batch[str]:  # noqa: N805
        await info.context.wait_for_ever(f"batch {' '.join(item.name for item in items)}")
        return []


@strawberry.type
class Query:
    @strawberry.field
    async def items(self) -> list[Item]:
        await asyncio.sleep(0)
        return [Item(name="a"), Item(name="b")]

    @strawberry.field
    async def slow(self, info: Info) -> str | None:
        return str(await info.context.wait_for_ever("root"))

    @strawberry.field
    def sure_at_once(self) -> str:
        raise ValueError("At once.")

    @strawberry.field
    async def sure_later(self) -> str:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        raise ValueError("Later.")

    @strawberry.field
    def group(self) -> "Group | None":
        return Group()


@strawberry.type
class Choosy:
    name: str

    @strawberry.field
    async def slow_or_wrong(self, info: Info) -> str:
        if self.name == "wrong":
            await asyncio.sleep(0)
            raise ValueError("Wrong.")
        return str(await info.context.wait_for_ever(self.name))


@strawberry.type
class Group:
    @strawberry.field
    def choosy(self) -> list[Choosy]:
        return [Choosy(name="a"), Choosy(name="wrong"), Choosy(name="b")]

    @strawberry.field
    async def slow(self, info: Info) -> str | None:
        return str(await info.context.wait_for_ever("group"))

    @strawberry.field
    async def sure_later(self) -> str:
        await asyncio.sleep(0)
        raise ValueError("Later.")


schema = strawberry.Schema(Query)


def others() -> set[Any]:
    return asyncio.all_tasks() - {asyncio.current_task()}
