"""One execution of a plan: everything that is there at once, then level after level what waits."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, cast

from graphql import ExecutionResult, GraphQLError, GraphQLResolveInfo, Undefined, located_error
from graphql.execution.executor import Executor as CoreExecutor
from strawberry.types.field import StrawberryField

from graphql_api.execution.awaiting import LEFT_BEHIND, discard, is_awaitable, is_used
from graphql_api.execution.batches import check_count
from graphql_api.execution.compiler import accept
from graphql_api.execution.info import CompiledInfo
from graphql_api.execution.plans import Field, Selection, Shape
from graphql_api.execution.reasons import Unusual
from graphql_api.execution.sources import Kind
from graphql_api.execution.spots import Errors, Spot, path_of
from graphql_api.execution.steps import PAUSE, Begun, Pause
from graphql_api.execution.waiting import Waiting


@dataclass(slots=True, eq=False)
class Entry:
    """A field of one object that has to wait; graphql-core's own work comes back `complete`."""

    field: Field
    spot: Spot
    awaitable: Awaitable[Any] | None = None
    is_complete: bool = False


Group: TypeAlias = tuple[Coroutine[Any, Any, None], list[Entry]]


class Run:
    """
    One execution.

    What compiled code does not take is done by a graphql-core executor that shares our errors, so
    that it is the one to say what is wrong.
    """

    __slots__ = (
        "_build_core",
        "_core",
        "_waiting",
        "_work",
        "coerced",
        "context",
        "data",
        "errors",
        "root",
    )

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
        self._waiting: Waiting[list[Entry]] = Waiting()
        self._build_core = build_core
        self._core: CoreExecutor[Any] | None = None
        self._work: list[Entry] = []

    async def execute(self, selection: Selection) -> ExecutionResult:
        """The answer; whatever goes wrong is in its errors."""
        try:
            self.data = self._enter(selection, self.root, None, None, ())
        except GraphQLError as error:
            self.errors.add(error, None)
            self._abandon(self._work)
        else:
            await self._drain(self._work)
        self._clean_up()
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
        info = self._info(field, spot) if source.info_name is not None else None
        return source.value(spot.source, info, self._arguments(field, info))

    def _info(self, field: Field, spot: Spot) -> CompiledInfo:
        """Only for fields of Strawberry: others are left to graphql-core."""
        declared = cast("StrawberryField", field.source.field)
        return CompiledInfo(
            self.context, declared, field.names_below, partial(self.raw_info, field, spot)
        )

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
            self._take_back(self._work[begun:])
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
                    self._settle_in_background(values[number + 1 :])
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

    async def _drain(self, work: list[Entry]) -> None:
        """Resolve what waits, and what waits beneath that, until nothing does."""
        while work:
            groups = [alive for each in _grouped(work) if (alive := self._alive(each))]
            work = []
            if len(groups) == 1:
                await self._group(groups[0], work)
            else:
                await self._side_by_side(groups)

    async def _side_by_side(self, groups: list[list[Entry]]) -> None:
        """
        Begin one after the other, for as long as nothing has to be waited for; then go on with what
        they have brought.

        The first that has to wait goes on in this task, all others in tasks of their own.
        """
        paused: list[tuple[Begun, list[Entry]]] = []
        for place, entries in enumerate(groups):
            begun = Begun(self._follow(entries, PAUSE))
            if begun.is_paused:
                paused.append((begun, entries))
            elif not begun.is_over:
                others = [(self._follow(one), one) for one in groups[place + 1 :]]
                await self._wait((begun, entries), [*_as_coroutines(paused), *others])
                return
        for place, (begun, entries) in enumerate(paused):
            begun.go_on()
            if not begun.is_over:
                await self._wait((begun, entries), _as_coroutines(paused[place + 1 :]))
                return

    async def _wait(self, here: tuple[Begun, list[Entry]], others: list[Group]) -> None:
        if not others:
            await here[0]
            return
        for each in await self._waiting.for_all(here, others):
            self._abandon(each)

    async def _follow(self, entries: list[Entry], pause: Pause | None = None) -> None:
        work: list[Entry] = []
        await self._group(entries, work)
        if work and pause is not None:
            await pause
        await self._drain(work)

    def _alive(self, entries: list[Entry]) -> list[Entry]:
        if not self.errors.errors:
            return entries
        alive = [one for one in entries if not self._is_over(one)]
        self._abandon([one for one in entries if one not in alive])
        return alive

    def _group(self, entries: list[Entry], work: list[Entry]) -> Coroutine[Any, Any, None]:
        """Resolve one field of several objects; what that brings is put into `work`."""
        first = entries[0]
        if first.field.source.kind is Kind.BATCH and not first.is_complete:
            return self._batch(first.field, entries, work)
        return self._each(entries, work)

    async def _batch(self, field: Field, entries: list[Entry], work: list[Entry]) -> None:
        """One field of several objects at once."""
        source, parents = field.source, [one.spot.source for one in entries]
        values: Any
        try:
            info = self._info(field, entries[0].spot)
            answer = source.batch(parents, info, **self._arguments(field, info))  # type: ignore[misc]
            answer = await answer if is_awaitable(answer) else answer
            values = check_count(source.batch, parents, answer)  # type: ignore[arg-type]
        except Exception as error:
            values = [error] * len(entries)
        for entry, value in zip(entries, values, strict=True):
            self._settle(entry, value, work)

    async def _each(self, entries: list[Entry], work: list[Entry]) -> None:
        """
        One field of several objects, each with its own resolver.

        Each is settled as it ends, for one that fails may end the others; what they bring waits for
        all of them, so that it comes in one batch.
        """
        if len(entries) == 1:
            await self._one(entries[0], work)
        else:
            all_of_them = [(self._one(each, work), [each]) for each in entries]
            for unfinished in await self._waiting.for_all(None, all_of_them):
                self._abandon(unfinished)

    async def _one(self, entry: Entry, work: list[Entry]) -> None:
        value: Any
        try:
            value = await (entry.awaitable or self._call_async(entry))
        except Exception as error:
            value = error
        self._settle(entry, value, work)

    async def _call_async(self, entry: Entry) -> Any:
        value = self._call(entry.field, entry.spot)
        return await value if is_awaitable(value) else value

    def _settle(self, entry: Entry, value: Any, work: list[Entry]) -> None:
        if self._is_over(entry):
            discard(value)
            return
        self._work = work
        try:
            self._put(entry, value)
        except GraphQLError as error:
            self._rise(entry.spot, error)

    def _put(self, entry: Entry, value: Any) -> None:
        field, spot = entry.field, entry.spot
        try:
            if isinstance(value, BaseException):
                raise value
            if entry.is_complete:
                spot.out[field.key] = value
            else:
                self._complete(field, value, spot)
        except Exception as error:
            self._fail(field, spot, error)

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
        self._waiting.end(lambda entries: all(self._is_over(one) for one in entries))

    def _abandon(self, entries: Iterable[Entry]) -> None:
        """Nobody wants it any more; what resolvers have begun goes on all the same, in silence."""
        self._settle_in_background(one.awaitable for one in entries)

    def _settle_in_background(self, values: Iterable[Any]) -> None:
        begun = [one for one in values if is_awaitable(one) and not is_used(one)]
        if begun:
            self.core.settle_in_background(begun)

    def _clean_up(self) -> None:
        """Close what was left behind, unless somebody may still come to use it."""
        left = LEFT_BEHIND.get()
        if not left:
            return
        background = self._core.background_futures if self._core is not None else ()
        if background:
            asyncio.gather(*background, return_exceptions=True).add_done_callback(
                lambda _: discard(left)
            )
        else:
            discard(left)

    def _take_back(self, entries: Iterable[Entry]) -> None:
        """It will be done again by graphql-core."""
        self._abandon(one for one in entries if one.is_complete)
        discard([one.awaitable for one in entries if not one.is_complete])


def _as_coroutines(paused: list[tuple[Begun, list[Entry]]]) -> list[Group]:
    """They are at a pause: any task may go on with them."""

    async def rest(begun: Begun) -> None:
        await begun

    return [(rest(begun), entries) for begun, entries in paused]


def _grouped(work: Iterable[Entry]) -> Iterable[list[Entry]]:
    groups: dict[tuple[Field, bool], list[Entry]] = {}
    for entry in work:
        groups.setdefault((entry.field, entry.is_complete), []).append(entry)
    return groups.values()


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
