"""Makes what makes the values of fields: good ones, and what a world's luck brings."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import (
    GraphQLOutputType,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from tests.execution.kitchen.answers import Promise
from tests.execution.kitchen.containers import container
from tests.execution.kitchen.roots import core_schema
from tests.execution.kitchen.troubles import trouble
from tests.execution.kitchen.values import leaf

Make = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Dice:
    """A world's luck: its share of troubles, and whether odd things happen in it."""

    random: Random
    share_of_trouble: float
    is_odd: bool

    def chance(self, share: float) -> bool:
        """Whether something happens that happens so often."""
        return self.random.random() < share

    def odd(self, share: float) -> bool:
        """The same for what happens in odd worlds only."""
        return self.is_odd and self.chance(share)

    def trouble(self, times: int = 1) -> bool:
        """Whether there is trouble, where there is so many times the usual."""
        return self.chance(self.share_of_trouble * times)


class Makers:
    """Of one world. `pool` has the objects of every type by its name."""

    def __init__(self, dice: Dice, pool: Mapping[str, list[Any]]) -> None:
        self._dice = dice
        self._pool = pool

    def maker(self, type_: GraphQLOutputType, *, stored: bool, inside: bool = False) -> Make:
        """What makes a value of the type, or an awaitable of it; stored ones must serve again."""
        make = self._value(type_, stored=stored, inside=inside)
        if self._dice.odd(0.015):
            promise = Promise(make, self._dice.random.randrange(3))
            return lambda: promise
        return make

    def _value(self, type_: GraphQLOutputType, *, stored: bool, inside: bool) -> Make:
        if is_non_null_type(type_):
            if self._dice.trouble():
                return lambda: None
            type_ = type_.of_type
        elif self._dice.chance(0.12):
            return lambda: None
        if self._dice.trouble():
            return self._raiser(may_raise=not inside)
        if is_list_type(type_):
            return self._list(type_.of_type, stored)
        if is_leaf_type(type_):
            value = leaf(self._dice.random, type_.name, strange=self._dice.trouble(3))
            return lambda: value
        one = self._object(type_)
        return lambda: one

    def _list(self, item: GraphQLOutputType, stored: bool) -> Make:
        count = self._dice.random.choice((0, 1, 1, 2, 2, 3))
        items = [self.maker(item, stored=stored, inside=True) for _ in range(count)]
        if not stored:
            items = [self._awaited(one) if self._dice.odd(0.04) else one for one in items]
        if not self._dice.is_odd and not self._dice.trouble():
            return lambda: [make() for make in items]
        return container(self._dice.random, items, stored=stored, strange=self._dice.trouble())

    def _awaited(self, make: Make) -> Make:
        turns = self._dice.random.randrange(3)

        async def give() -> Any:
            for _ in range(turns):
                await asyncio.sleep(0)
            return make()

        return give

    def _object(self, type_: Any) -> Any:
        if self._dice.trouble():
            return self._dice.random.choice(
                (*self._dice.random.choice([*self._pool.values()]), "text", 7)
            )
        names = [type_.name]
        if is_abstract_type(type_):
            names = [
                one.name
                for one in core_schema.get_possible_types(type_)
                if self._dice.is_odd or one.name != "Ghost"
            ]
        return self._dice.random.choice(self._pool[self._dice.random.choice(names)])

    def _raiser(self, may_raise: bool) -> Make:
        make = trouble(self._dice.random)
        if not may_raise or self._dice.chance(0.3):
            return make

        def fail() -> Any:
            raise make()

        return fail
