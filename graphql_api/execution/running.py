"""One execution of a plan: everything that is there at once, then level after level what waits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, Undefined, located_error
from graphql.execution.executor import Executor as CoreExecutor

from graphql_api.execution.awaiting import discard, is_awaitable
from graphql_api.execution.batches import check_count
from graphql_api.execution.compiler import accept
from graphql_api.execution.info import CompiledInfo
from graphql_api.execution.plans import Field, Selection, Shape
from graphql_api.execution.reasons import Unusual
from graphql_api.execution.sources import Kind
from graphql_api.execution.spots import Errors, Spot, path_of
from graphql_api.execution.waiting import Waiting


@dataclass(slots=True, eq=False)
class Entry:
    """A field of one object that has to wait; graphql-core's own work comes back `complete`."""

    field: Field
    spot: Spot
    awaitable: Awaitable[Any] | None = None
    is_complete: bool = False


class Run:
    """
    One execution.

    What compiled code does not take is done by a graphql-core executor that shares our errors, so
    that it is the one to say what is wrong.
    """

    __slots__ = (
        "_build_core",
        "_core",
        "_work",
        "coerced",
        "context",
        "data",
        "errors",
        "root",
        "waiting",
    )  # fmt: skip

    def __init__(
        self,
        root: Any,
        context: Any,
        coerced: dict[str, Any],
        build_core: Callable[[], CoreExecutor[Any]],
    ) -> None:
        self.root = root
        self.context = context
        self.coerced = coerced
        self.errors = Errors()
        self.data: dict[str, Any] | None = None
        self.waiting = Waiting()
        self._build_core = build_core
        self._core: CoreExecutor[Any] | None = None
        self._work: list[Entry] = []

    async def execute(self, selection: Selection) -> ExecutionResult:
        """The answer; whatever goes wrong is in its errors."""
        try:
            self.data = self._enter(selection, self.root, None, None, ())
        except GraphQLError as error:
            self.errors.add(error, None)
            self._drop(self._work)
        else:
            await self._drain()
        return ExecutionResult(self.data, self.errors.errors or None)

    @property
    def core(self) -> CoreExecutor[Any]:
        """graphql-core, for what is unusual."""
        if self._core is None:
            self._core = self._build_core()
            self._core.collected_errors = self.errors  # type: ignore[assignment]
        return self._core

    def raw_info(self, field: Field, spot: Spot) -> GraphQLResolveInfo[Any]:
        """What graphql-core would tell the resolver."""
        path = path_of(field, spot)
        return self.core.build_resolve_info(field.definition, field.nodes, field.parent_type, path)

    # What is there at once, depth first and in the order of the document.

    def _enter(
        self,
        selection: Selection,
        source: Any,
        parent: Spot | None,
        field: Field | None,
        index: tuple[int, ...],
    ) -> dict[str, Any]:
        spot = Spot(parent, field, index, source)
        fields = selection.others
        try:
            spot.out = selection.build(source)  # type: ignore[misc]
        except Exception:
            spot.out = dict.fromkeys(selection.keys)
            for key in selection.typenames:
                spot.out[key] = selection.kind.name
            fields = selection.fields
        for one in fields:
            self._begin(one, spot)
        return spot.out

    def _begin(self, field: Field, spot: Spot) -> None:
        kind = field.source.kind
        if kind is Kind.ASYNC or kind is Kind.BATCH:
            self._work.append(Entry(field, spot))
        elif field.is_plain or kind is Kind.CORE:
            self._leave_to_core(field, spot)
        else:
            self._resolve(field, spot)

    def _leave_to_core(self, field: Field, spot: Spot) -> None:
        path = path_of(field, spot)
        value = self.core.execute_field(field.parent_type, spot.source, field.details, path, None)
        if is_awaitable(value):
            self._work.append(Entry(field, spot, value, is_complete=True))
        else:
            spot.out[field.key] = value

    def _resolve(self, field: Field, spot: Spot) -> None:
        try:
            value = self._call(field, spot)
            if is_awaitable(value):
                self._work.append(Entry(field, spot, value))
            else:
                self._complete(field, value, spot)
        except Exception as error:
            self._fail(field, spot, error)

    def _call(self, field: Field, spot: Spot) -> Any:
        source = field.source
        info = CompiledInfo(self, field, spot) if source.info_name is not None else None
        return source.value(spot.source, info, self._arguments(field, info))

    def _arguments(self, field: Field, info: Any) -> dict[str, Any]:
        if field.arguments is None:
            return {}
        return field.arguments.of(self.coerced, lambda: self.core.variable_values, info)

    # Completing values.

    def _complete(self, field: Field, value: Any, spot: Spot) -> None:
        """Put a resolved value into its place. What it raises is what is wrong with it."""
        try:
            if field.finish is not None:
                spot.out[field.key] = field.finish(value)
                return
        except Exception:
            self._complete_by_core(field, value, spot)
            return
        begun, wrong = len(self._work), len(self.errors.errors)
        try:
            spot.out[field.key] = self._shape(field, field.shape, value, spot, ())
        except Unusual:
            self._drop(self._work[begun:])
            del self._work[begun:]
            self.errors.go_back(wrong)
            self._complete_by_core(field, value, spot)

    def _complete_by_core(self, field: Field, value: Any, spot: Spot) -> None:
        path = path_of(field, spot)
        info = self.raw_info(field, spot)
        kind = field.definition.type
        done = self.core.complete_value(kind, field.details, info, path, value, None)
        if is_awaitable(done):
            self._work.append(Entry(field, spot, done, is_complete=True))
        else:
            spot.out[field.key] = done

    def _shape(
        self, field: Field, shape: Shape, value: Any, spot: Spot, index: tuple[int, ...]
    ) -> Any:
        if value is None or value is Undefined:
            if shape.required:
                raise Unusual
            return None
        if shape.item is not None:
            return self._list(field, shape.item, value, spot, index)
        selection = field.by_class.get(type(value)) or _only_selection(field, value)
        if selection.may_be_cast and getattr(value, "__as_strawberry_type__", None) is not None:
            raise Unusual
        return self._enter(selection, value, spot, field, index)

    def _list(
        self, field: Field, item: Shape, values: Any, spot: Spot, index: tuple[int, ...]
    ) -> list[Any]:
        if not isinstance(values, list | tuple):
            raise Unusual
        done: list[Any] = []
        for number, value in enumerate(values):
            place = (*index, number)
            try:
                done.append(self._shape(field, item, value, spot, place))
            except Unusual:
                raise
            except Exception as error:
                path = path_of(field, spot, place)
                located = located_error(error, field.nodes, path.as_list())
                if item.required:
                    raise located from None
                self.errors.add(located, path)
                done.append(None)
        return done

    def _fail(self, field: Field, spot: Spot, error: Exception) -> None:
        """:raises GraphQLError: if the object may not be without the field"""
        path = path_of(field, spot)
        located = located_error(error, field.nodes, path.as_list())
        if field.shape.required:
            raise located from None
        spot.out[field.key] = None
        self.errors.add(located, path)

    # What waits.

    async def _drain(self) -> None:
        """Resolve what waits, and what waits beneath that, until nothing does."""
        while True:
            waiting = [one for one in self._start() if one is not None]
            if not waiting:
                return
            if len(waiting) > 1:
                await self.waiting.for_all([(self._follow(work), of) for work, of in waiting])
                return
            await waiting[0][0]

    async def _follow(self, work: Awaitable[None]) -> None:
        await work
        await self._drain()

    def _start(self) -> Iterable[tuple[Awaitable[None], list[Entry]]]:
        """Begin everything that waits; what is ready without waiting may bring more."""
        waiting = []
        while self._work:
            work, self._work = self._work, []
            groups: dict[tuple[Field, bool], list[Entry]] = {}
            for entry in work:
                groups.setdefault((entry.field, entry.is_complete), []).append(entry)
            for (field, _), entries in groups.items():
                begun = self._begin_group(field, entries)
                if begun is not None:
                    waiting.append((begun, entries))
        return waiting

    def _begin_group(self, field: Field, entries: list[Entry]) -> Awaitable[None] | None:
        if self.errors.errors:
            alive = [one for one in entries if not self._is_over(one)]
            self._drop([one for one in entries if one not in alive])
            entries[:] = alive
        if not entries:
            return None
        if field.source.kind is Kind.BATCH and not entries[0].is_complete:
            return self._begin_batch(field, entries)
        return self._each(entries)

    def _begin_batch(self, field: Field, entries: list[Entry]) -> Awaitable[None] | None:
        source, parents = field.source, [one.spot.source for one in entries]
        try:
            info = CompiledInfo(self, field, entries[0].spot)
            answer = source.batch(parents, info, **self._arguments(field, info))  # type: ignore[misc]
        except Exception as error:
            self._settle_all(entries, [error] * len(entries))
            return None
        if is_awaitable(answer):
            return self._await_batch(field, entries, parents, answer)
        self._settle_batch(field, entries, parents, answer)
        return None

    async def _await_batch(
        self, field: Field, entries: list[Entry], parents: list[Any], answer: Awaitable[Any]
    ) -> None:
        try:
            values = await answer
        except Exception as error:
            values = [error] * len(entries)
        self._settle_batch(field, entries, parents, values)

    def _settle_batch(
        self, field: Field, entries: list[Entry], parents: list[Any], values: Any
    ) -> None:
        try:
            values = check_count(field.source.batch, parents, values)  # type: ignore[arg-type]
        except TypeError as error:
            values = [error] * len(entries)
        self._settle_all(entries, values)

    async def _each(self, entries: list[Entry]) -> None:
        """Several of one field, each with its own resolver."""
        begun = [self._awaitable(one) for one in entries]
        values: Any
        if len(begun) == 1:
            try:
                values = [await begun[0]]
            except Exception as error:
                values = [error]
        else:
            values = await asyncio.gather(*begun, return_exceptions=True)
        self._settle_all(entries, values)

    def _awaitable(self, entry: Entry) -> Awaitable[Any]:
        if entry.awaitable is not None:
            return entry.awaitable
        return self._call_async(entry)

    async def _call_async(self, entry: Entry) -> Any:
        value = self._call(entry.field, entry.spot)
        return await value if is_awaitable(value) else value

    def _settle_all(self, entries: list[Entry], values: Iterable[Any]) -> None:
        for entry, value in zip(entries, values, strict=True):
            self._settle(entry, value)

    def _settle(self, entry: Entry, value: Any) -> None:
        field, spot = entry.field, entry.spot
        if self._is_over(entry):
            return
        try:
            try:
                if isinstance(value, BaseException):
                    raise value
                if entry.is_complete:
                    spot.out[field.key] = value
                else:
                    self._complete(field, value, spot)
            except Exception as error:
                self._fail(field, spot, error)
        except GraphQLError as error:
            self._rise(spot, error)

    def _is_over(self, entry: Entry) -> bool:
        """Whether the place has become null in the meantime, by an error elsewhere."""
        if not self.errors.errors:
            return False
        return self.errors.has_nulled_position(path_of(entry.field, entry.spot))

    def _rise(self, spot: Spot, error: GraphQLError) -> None:
        """An object may not be: the nearest place around it that may be null becomes null."""
        while spot.parent is not None and spot.field is not None:
            field, above = spot.field, spot.parent
            place = _nullable_place(field.shape, spot.index)
            if place is not None:
                holder: Any = above.out
                for key in (field.key, *place)[:-1]:
                    holder = holder[key]
                holder[(field.key, *place)[-1]] = None
                self.errors.add(error, path_of(field, above, place))
                break
            spot = above
        else:
            self.data = None
            self.errors.add(error, None)
        self.waiting.cancel(lambda entries: all(self._is_over(one) for one in entries))

    def _drop(self, entries: Iterable[Entry]) -> None:
        for one in entries:
            if one.awaitable is not None:
                discard(one.awaitable)


def _nullable_place(shape: Shape, index: tuple[int, ...]) -> tuple[int, ...] | None:
    """The innermost place on the way to `index` that may be null; None if none may."""
    shapes = [shape]
    for _ in index:
        shapes.append(shapes[-1].item or shapes[-1])
    for depth in range(len(index), -1, -1):
        if not shapes[depth].required:
            return index[:depth]
    return None


def _only_selection(field: Field, value: Any) -> Selection:
    """:raises Unusual: if the type of the object is a question"""
    if len(field.selections) != 1:
        raise Unusual
    (selection,) = field.selections.values()
    if type(value) not in selection.accepted:
        accept(selection, value)
    return selection
