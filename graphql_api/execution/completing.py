"""Putting values into the answer: everything that is there at once, depth first."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Any

from graphql import GraphQLResolveInfo, Undefined, located_error
from graphql.execution.executor import Executor as CoreExecutor
from graphql.pyutils import Path
from strawberry.types.cast import TYPE_CAST_ATTRIBUTE

from graphql_api.execution.awaiting import LEFT_BEHIND, discard, is_awaitable, is_used
from graphql_api.execution.compiler import accept
from graphql_api.execution.entries import Entry
from graphql_api.execution.info import CompiledInfo
from graphql_api.execution.plans import Field, Selection, Shape
from graphql_api.execution.reasons import Unusual
from graphql_api.execution.sources import Kind
from graphql_api.execution.spots import Errors, Spot, path_of


class Completion:
    """
    The answer of one execution, as far as it is known; `work` is what has to wait.

    What compiled code does not take is done by a graphql-core executor that shares our errors, so
    that it is the one to say what is wrong.
    """

    __slots__ = ("_build_core", "_core", "coerced", "context", "errors", "work")

    def __init__(
        self, context: Any, coerced: dict[str, Any], build_core: Callable[[], CoreExecutor[Any]]
    ) -> None:
        self.context = context
        self.coerced = coerced
        self.errors = Errors()
        self.work: list[Entry] = []
        self._build_core = build_core
        self._core: CoreExecutor[Any] | None = None

    @property
    def core(self) -> CoreExecutor[Any]:
        """graphql-core, for what is unusual."""
        if self._core is None:
            self._core = self._build_core()
            self._core.collected_errors = self.errors  # type: ignore[assignment]
        return self._core

    def _raw_info(self, field: Field, spot: Spot) -> GraphQLResolveInfo[Any]:
        """What graphql-core would tell the resolver."""
        path = path_of(field, spot)
        return self.core.build_resolve_info(field.definition, field.nodes, field.parent_type, path)

    def enter(
        self,
        selection: Selection,
        source: Any,
        parent: Spot | None,
        field: Field | None,
        index: tuple[int, ...],
    ) -> dict[str, Any]:
        """
        Begin an object; `index` is its place in the lists of the field it is part of.

        :raises GraphQLError: if it may not be
        """
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
            if one.waits:
                self.work.append(Entry(one, spot))
            elif one.is_plain or one.source.kind is Kind.CORE:
                self._leave_to_core(one, spot)
            else:
                self._resolve(one, spot)
        return spot.out

    def _leave_to_core(self, field: Field, spot: Spot) -> None:
        path = path_of(field, spot)
        done = self.core.execute_field(field.parent_type, spot.source, field.details, path, None)
        self._put_by_core(field, spot, done)

    def _resolve(self, field: Field, spot: Spot) -> None:
        try:
            value = self.call(field, spot)
            if is_awaitable(value):
                self.work.append(Entry(field, spot, value))
            else:
                self.complete(field, value, spot)
        except Exception as error:
            self.fail(field, spot, error)

    def call(self, field: Field, spot: Spot) -> Any:
        """What the field's resolver returns."""
        source = field.source
        if source.is_simple:
            return source.call(spot.source)  # type: ignore[misc]
        info = self.info(field, spot) if source.info_name is not None else None
        arguments = self.arguments(field, info) if field.arguments is not None else {}
        return source.value(spot.source, info, arguments)

    def info(self, field: Field, spot: Spot) -> CompiledInfo:
        """What its resolver is told. Only of Strawberry's fields: others are graphql-core's."""
        declared, raw_info = field.source.field, partial(self._raw_info, field, spot)
        return CompiledInfo(self.context, declared, field.names_below, raw_info)  # type: ignore[arg-type]

    def arguments(self, field: Field, info: Any) -> dict[str, Any]:
        """:raises GraphQLError: if one is missing or does not fit"""
        if field.arguments is None:
            return {}
        return field.arguments.of(self.coerced, lambda: self.core.variable_values, info)

    def complete(self, field: Field, value: Any, spot: Spot) -> None:
        """Put a resolved value into its place. What it raises is what is wrong with it."""
        try:
            if field.finish is not None:
                spot.out[field.key] = field.finish(value)
                return
        except Exception:
            self._complete_by_core(field, value, spot)
            return
        begun, wrong = len(self.work), len(self.errors.errors)
        try:
            spot.out[field.key] = self._shape(field, field.shape, value, spot, ())
        except Unusual:
            self._take_back(self.work[begun:])
            del self.work[begun:]
            self.errors.go_back(wrong)
            self._complete_by_core(field, value, spot)

    def _complete_by_core(self, field: Field, value: Any, spot: Spot) -> None:
        path = path_of(field, spot)
        info = self._raw_info(field, spot)
        kind = field.definition.type
        done = self.core.complete_value(kind, field.details, info, path, value, None)
        self._put_by_core(field, spot, done)

    def _put_by_core(self, field: Field, spot: Spot, done: Any) -> None:
        if is_awaitable(done):
            self.work.append(Entry(field, spot, done, is_complete=True))
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
        if selection.may_be_cast and getattr(value, TYPE_CAST_ATTRIBUTE, None) is not None:
            raise Unusual
        return self.enter(selection, value, spot, field, index)

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
                if item.required:
                    self._settle_in_background(values[number + 1 :])
                self._note(field, path_of(field, spot, place), item, error)
                done.append(None)
        return done

    def fail(self, field: Field, spot: Spot, error: Exception) -> None:
        """:raises GraphQLError: if the object may not be without the field"""
        self._note(field, path_of(field, spot), field.shape, error)
        spot.out[field.key] = None

    def _note(self, field: Field, path: Path, shape: Shape, error: Exception) -> None:
        """
        An error has made the place at `path` null.

        :raises GraphQLError: if that may not be null
        """
        located = located_error(error, field.nodes, path.as_list())
        if shape.required:
            raise located from None
        self.errors.add(located, path)

    def abandon(self, entries: Iterable[Entry]) -> None:
        """Nobody wants it any more; what resolvers have begun goes on all the same, in silence."""
        self._settle_in_background(one.awaitable for one in entries)

    def _settle_in_background(self, values: Iterable[Any]) -> None:
        begun = [one for one in values if is_awaitable(one) and not is_used(one)]
        if begun:
            self.core.settle_in_background([_to_its_end(one) for one in begun])

    def clean_up(self) -> None:
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
        self.abandon(one for one in entries if one.is_complete)
        discard([one.awaitable for one in entries if not one.is_complete])


async def _to_its_end(value: Awaitable[Any]) -> None:
    """What it brings may hold more that can be awaited; nobody is going to."""
    discard(await value)


def _only_selection(field: Field, value: Any) -> Selection:
    """:raises Unusual: if the type of the object is a question"""
    if len(field.selections) != 1:
        raise Unusual
    (selection,) = field.selections.values()
    if type(value) not in selection.accepted:
        accept(selection, value)
    return selection
