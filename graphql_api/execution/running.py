"""One execution of a plan: level after level of what waits."""

from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

from graphql import ExecutionResult, GraphQLError
from graphql.execution.executor import Executor as CoreExecutor

from graphql_api.execution.awaiting import discard, is_awaitable
from graphql_api.execution.batches import check_count
from graphql_api.execution.completing import Completion
from graphql_api.execution.entries import Entry, grouped
from graphql_api.execution.plans import Field, Selection, Shape
from graphql_api.execution.sources import Kind
from graphql_api.execution.spots import Spot, path_of
from graphql_api.execution.steps import PAUSE, Begun, Pause
from graphql_api.execution.waiting import Waiting

Group: TypeAlias = tuple[Coroutine[Any, Any, None], list[Entry]]


class Run:
    """One execution: resolves what has to wait, and puts it into the answer."""

    __slots__ = ("_answer", "_errors", "_waiting", "data")

    def __init__(
        self, context: Any, coerced: dict[str, Any], build_core: Callable[[], CoreExecutor[Any]]
    ) -> None:
        self.data: dict[str, Any] | None = None
        self._answer = Completion(context, coerced, build_core)
        self._errors = self._answer.errors
        self._waiting: Waiting[list[Entry]] = Waiting()

    async def execute(self, selection: Selection, root: Any) -> ExecutionResult:
        """The answer; whatever goes wrong is in its errors."""
        answer = self._answer
        try:
            self.data = answer.enter(selection, root, None, None, ())
        except GraphQLError as error:
            self._errors.add(error, None)
            answer.abandon(answer.work)
        else:
            await self._drain(answer.work)
        answer.clean_up()
        return ExecutionResult(self.data, self._errors.errors or None)

    async def _drain(self, work: list[Entry]) -> None:
        """Resolve what waits, and what waits beneath that, until nothing does."""
        while work:
            groups, work = self._groups(work), []
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
            self._answer.abandon(each)

    async def _follow(self, entries: list[Entry], pause: Pause | None = None) -> None:
        work: list[Entry] = []
        await self._group(entries, work)
        if work and pause is not None:
            await pause
        await self._drain(work)

    def _groups(self, work: list[Entry]) -> list[list[Entry]]:
        if not self._errors.errors and _is_one_group(work):
            return [work]
        return [alive for each in grouped(work) if (alive := self._alive(each))]

    def _alive(self, entries: list[Entry]) -> list[Entry]:
        if not self._errors.errors:
            return entries
        alive = [one for one in entries if not self._is_over(one)]
        self._answer.abandon([one for one in entries if one not in alive])
        return alive

    def _group(self, entries: list[Entry], work: list[Entry]) -> Coroutine[Any, Any, None]:
        """Resolve one field of several objects; what that brings is put into `work`."""
        first = entries[0]
        if first.field.source.kind is Kind.BATCH and not first.is_complete:
            return self._batch(first.field, entries, work)
        return self._one(first, work) if len(entries) == 1 else self._each(entries, work)

    async def _batch(self, field: Field, entries: list[Entry], work: list[Entry]) -> None:
        """One field of several objects at once."""
        source, parents = field.source, [one.spot.source for one in entries]
        values: Any
        try:
            info = self._answer.info(field, entries[0].spot)
            answer = source.batch(parents, info, **self._answer.arguments(field, info))  # type: ignore[misc]
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
        all_of_them = [(self._one(each, work), [each]) for each in entries]
        for unfinished in await self._waiting.for_all(None, all_of_them):
            self._answer.abandon(unfinished)

    async def _one(self, entry: Entry, work: list[Entry]) -> None:
        value: Any = entry.awaitable
        try:
            if value is None:
                value = self._answer.call(entry.field, entry.spot)
            if is_awaitable(value):
                value = await value
        except Exception as error:
            value = error
        self._settle(entry, value, work)

    def _settle(self, entry: Entry, value: Any, work: list[Entry]) -> None:
        if self._errors.errors and self._is_over(entry):
            discard(value)
            return
        self._answer.work = work
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
                self._answer.complete(field, value, spot)
        except Exception as error:
            self._answer.fail(field, spot, error)

    def _is_over(self, entry: Entry) -> bool:
        """Whether the place has become null in the meantime, by an error elsewhere."""
        if not self._errors.errors:
            return False
        return self._errors.has_nulled_position(path_of(entry.field, entry.spot))

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
                self._errors.add(error, path_of(field, above, place))
                break
            spot = above
        else:
            self.data = None
            self._errors.add(error, None)
        self._waiting.end(lambda entries: all(self._is_over(one) for one in entries))


def _is_one_group(work: list[Entry]) -> bool:
    # Said with all() it would take as long as grouping.
    first = work[0]
    for one in work:  # noqa: SIM110
        if one.field is not first.field or one.is_complete:
            return False
    return True


def _as_coroutines(paused: list[tuple[Begun, list[Entry]]]) -> list[Group]:
    """They are at a pause: any task may go on with them."""

    async def rest(begun: Begun) -> None:
        await begun

    return [(rest(begun), entries) for begun, entries in paused]


def _nullable_place(shape: Shape, index: tuple[int, ...]) -> tuple[int, ...] | None:
    """The innermost place on the way to `index` that may be null; None if none may."""
    shapes = [shape]
    for _ in index:
        shapes.append(shapes[-1].item or shapes[-1])
    for depth in range(len(index), -1, -1):
        if not shapes[depth].required:
            return index[:depth]
    return None
