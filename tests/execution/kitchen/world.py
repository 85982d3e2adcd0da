"""
Worlds: what every object says, drawn from a seed.

What a world says never changes, and what serves only once is made anew each time, so that several
executors can be asked one after the other. A world has a share of troubles, often none: values that
are missing, wrong or raised instead. Half of the worlds are odd too, with objects of foreign
classes, awaitables where nobody expects them, and lists that are no lists.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

import strawberry
from graphql import GraphQLObjectType

from tests.execution.kitchen.answers import Answer, Row
from tests.execution.kitchen.beings import Cat, Dog
from tests.execution.kitchen.makers import Dice, Makers
from tests.execution.kitchen.object_types import OBJECTS, fields, object_type, origin
from tests.execution.kitchen.roots import Kitchen, Query

SHARES_OF_TROUBLE = (0.0, 0.0, 0.02, 0.04, 0.08, 0.15)
EACH = 3  # objects of every type


class Puppy(Dog):
    """A dog, though no type of the schema."""


@dataclass(frozen=True, slots=True)
class World:
    """`kept` are the exceptions among the values of attributes."""

    answers: dict[str, Answer]
    root: Query | None
    kept: list[Exception]

    def context(self) -> Kitchen:
        """The context of one execution."""
        return Kitchen(self.answers)

    def forget(self) -> None:
        """Let go of the frames that kept exceptions hold: they are raised again and again."""
        for one in self.kept:
            one.__traceback__ = one.__context__ = None


@lru_cache(maxsize=32)
def world(seed: int) -> World:
    """The world of a seed."""
    random = Random(seed)
    dice = Dice(random, random.choice(SHARES_OF_TROUBLE), is_odd=random.random() < 0.5)
    return _Drawing(dice).world()


class _Drawing:
    def __init__(self, dice: Dice) -> None:
        self._dice = dice
        self._kept: list[Exception] = []
        self._pool = {one.name: [self._bare(one) for _ in range(EACH)] for one in OBJECTS}
        self._makers = Makers(dice, self._pool)

    def world(self) -> World:
        for type_ in OBJECTS:
            for one in self._pool[type_.name]:
                self._fill(one, type_)
        query = object_type("Query")
        answers = self._answers(query)
        answers["append"] = Answer(lambda: None, self._dice.random.randrange(3))
        root = None
        if self._dice.chance(0.7):
            root = object.__new__(Query)
            self._fill(root, query)
        return World(answers, root, self._kept)

    def _bare(self, type_: GraphQLObjectType) -> Any:
        """An object without its values."""
        if type_.name == "Ghost" or not type_.interfaces:
            if self._dice.odd(0.2):
                return Row(type_.name, {})
        elif self._dice.odd(0.15):
            return strawberry.cast(origin(type_), Row(type_.name, {}))
        elif self._dice.odd(0.06):
            # It has the attributes of one type and says that it is another.
            return strawberry.cast(Cat, object.__new__(origin(type_)))
        cls = origin(type_)
        return object.__new__(Puppy if cls is Dog and self._dice.odd(0.3) else cls)

    def _fill(self, one: Any, type_: GraphQLObjectType) -> None:
        one.answers = self._answers(type_)
        attributes = fields(type_, with_resolvers=False)
        if isinstance(one, Row):
            one.answers |= {name: self._answer(of) for name, of in attributes}
            return
        for name, of in attributes:
            try:
                value = self._makers.maker(of, stored=True)()
            except Exception:
                # The object is without it then.
                continue
            setattr(one, name, value)
            self._kept += [each for each in _flat(value) if isinstance(each, Exception)]

    def _answers(self, type_: GraphQLObjectType) -> dict[str, Answer]:
        return {name: self._answer(of) for name, of in fields(type_, with_resolvers=True)}

    def _answer(self, of: Any) -> Answer:
        make = self._makers.maker(of, stored=False)
        return Answer(make, self._dice.random.choice((0, 0, 0, 1, 2, 3)))


def _flat(value: Any) -> Iterator[Any]:
    """A value, or what is in its lists."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each)
    else:
        yield value
