"""Fields that are resolved for all parents of a level at once."""

import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar, Union, get_args

import strawberry
from graphql import Node
from strawberry.dataloader import DataLoader

from graphql_api.execution.awaiting import is_awaitable

Value = TypeVar("Value")
# One value, or the exception that stands in its place, for each parent in its order.
Batch: TypeAlias = Sequence[Value | Exception]
Resolve: TypeAlias = Callable[..., Batch[Any] | Awaitable[Batch[Any]]]

BATCH = "__batch__"
COMPUTED = "__computed__"
PROJECTED = "__projected__"


def computed(**options: Any) -> Callable[[Any], Any]:
    """
    Declare a field that is worked out from its parent alone: `resolve(self)`, at once.

    It is a promise: calling the resolver again does no harm and gives the same. That lets it be
    compiled into one expression with its siblings. The options are those of `strawberry.field`.
    """

    def declare(resolve: Callable[[Any], Any]) -> Any:
        setattr(resolve, COMPUTED, True)
        return strawberry.field(resolve, **options)

    return declare


def projected(path: str, **options: Any) -> Any:
    """
    Declare a field that is an attribute of an attribute of its parent, such as `"held.colour"`.

    With an empty path it is the parent itself, seen as another type. The field's type is that of
    the class attribute it is assigned to; the options are those of `strawberry.field`.
    """
    look_up: Callable[[Any], Any] = attrgetter(path) if path else lambda parent: parent

    def resolve(self):  # type: ignore[no-untyped-def]
        return look_up(self)

    setattr(resolve, PROJECTED, path)
    return strawberry.field(resolve, **options)


def batched(**options: Any) -> Callable[[Any], Any]:
    """
    Declare a field that is resolved for all parents of a level: `resolve(parents, info, **given)`.

    It returns a `Batch`, or an awaitable of one: one value for each parent, in their order; an
    exception in it is the error of that parent alone, one that is raised is everybody's. `info` is
    that of the first parent. The options are those of `strawberry.field`.

    graphql-core calls the field one parent at a time; inside of an Engine they are gathered again.
    """

    def declare(resolve: "Resolve | staticmethod[..., Any]") -> Any:
        # Inside of a class it is a static method: of all parents, not of one.
        function = resolve.__func__ if isinstance(resolve, staticmethod) else resolve
        return strawberry.field(_one_at_a_time(function), **options)

    return declare


async def resolve_all(
    resolve: Resolve, parents: Sequence[Any], info: Any, arguments: Mapping[str, Any]
) -> Batch[Any]:
    """
    The values of a batch.

    :raises TypeError: if there is not one for each parent
    """
    answer = resolve(parents, info, **arguments)
    return check_count(resolve, parents, await answer if is_awaitable(answer) else answer)


def check_count(resolve: Resolve, parents: Sequence[Any], values: Any) -> Batch[Any]:
    """:raises TypeError: if there is not one value for each parent"""
    if not isinstance(values, list | tuple) or len(values) != len(parents):
        name = getattr(resolve, "__qualname__", "a batched field")
        raise TypeError(f"{name} must return a list with one value for each parent")
    return values


@dataclass(slots=True)
class Gathering:
    """The batches of one execution by graphql-core; the nodes are kept so that ids stay theirs."""

    _loaders: dict[tuple[Resolve, int], tuple[Node, DataLoader[Any, Any]]] = field(
        default_factory=dict
    )

    async def load(self, resolve: Resolve, parent: Any, info: Any, arguments: Any) -> Any:
        """One parent's value. Under one node of a document all have the same arguments."""
        node = info._raw_info.field_nodes[0]
        key = (resolve, id(node))
        if key not in self._loaders:

            async def load(parents: list[Any]) -> Batch[Any]:
                return await resolve_all(resolve, parents, info, arguments)

            self._loaders[key] = (node, DataLoader(load_fn=load, cache=False))
        return await self._loaders[key][1].load(parent)


GATHERING: ContextVar[Gathering | None] = ContextVar("graphql_batches", default=None)


def _one_at_a_time(resolve: Resolve) -> Callable[..., Any]:
    async def one(self: Any, info: Any, **arguments: Any) -> Any:
        gathering = GATHERING.get()
        if gathering is not None:
            return await gathering.load(resolve, self, info, arguments)
        (value,) = await resolve_all(resolve, [self], info, arguments)
        if isinstance(value, Exception):
            raise value
        return value

    parents, info, *rest = inspect.signature(resolve).parameters.values()
    me = parents.replace(name="self", annotation=inspect.Parameter.empty)
    returns = _of_one(resolve.__annotations__["return"])
    one.__signature__ = inspect.Signature([me, info, *rest], return_annotation=returns)  # type: ignore[attr-defined]
    one.__annotations__ = {p.name: p.annotation for p in (info, *rest)} | {"return": returns}
    one.__name__, one.__qualname__ = resolve.__name__, resolve.__qualname__
    one.__module__ = resolve.__module__
    setattr(one, BATCH, resolve)
    return one


def _of_one(batch: Any) -> Any:
    """The type of one value, without the exceptions that may stand in its place."""
    (either,) = get_args(batch)
    members = tuple(one for one in get_args(either) if one is not Exception)
    return Union[members]  # noqa: UP007 - made of what is only known now
