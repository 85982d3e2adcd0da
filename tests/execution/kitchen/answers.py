"""What the fields of the kitchen say: a resolver reads its answer from its own object."""

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import strawberry


class Trouble(Exception):
    """What the resolvers of the kitchen raise."""


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What one field of one object says.

    `make` gives the value, each time a new one, since generators and coroutines serve once; it may
    raise. `turns` is how often the event loop turns before an asynchronous resolver says it.
    """

    make: Callable[[], Any]
    turns: int = 0


class Promise:
    """Can be awaited again and again, and makes its value each time."""

    def __init__(self, make: Callable[[], Any], turns: int) -> None:
        self._make = make
        self._turns = turns

    def __await__(self) -> Generator[Any, None, Any]:
        for _ in range(self._turns):
            yield
        return self._make()

    def __repr__(self) -> str:
        return "Promise()"


class Row:
    """No Strawberry type: looking up an attribute makes its answer, which may raise."""

    def __init__(self, kind: str, answers: Mapping[str, Answer]) -> None:
        self.kind = kind
        self.answers = answers

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self.answers:
            raise AttributeError(f"A row of {self.kind} has no {name}.")
        return self.answers[name].make()

    def __repr__(self) -> str:
        return f"<Row of {self.kind}>"


def tell(source: Any, name: str) -> Any:
    """Say the answer of a field at once."""
    return _answer(source, name).make()


async def tell_later(source: Any, name: str) -> Any:
    """Say the answer of a field after as many turns of the loop as it takes."""
    answer = _answer(source, name)
    for _ in range(answer.turns):
        await asyncio.sleep(0)
    return answer.make()


def tell_all(sources: Sequence[Any], name: str) -> list[Any]:
    """Say the answers of many objects, with what each raised in its place."""
    return [_value_or_exception(source, name) for source in sources]


async def tell_all_later(sources: Sequence[Any], name: str) -> list[Any]:
    """The same, after as many turns of the loop as the slowest takes."""
    answers = (getattr(source, "answers", {}).get(name) for source in sources)
    for _ in range(max((answer.turns for answer in answers if answer), default=0)):
        await asyncio.sleep(0)
    return tell_all(sources, name)


def _value_or_exception(source: Any, name: str) -> Any:
    try:
        return tell(source, name)
    except Exception as raised:
        return raised


def _answer(source: Any, name: str) -> Answer:
    answer = getattr(source, "answers", {}).get(name)
    if not isinstance(answer, Answer):
        raise Trouble(f"{type(source).__name__} has no answer for {name}.")
    return answer


def sync(name: str, /, **options: Any) -> Any:
    """A field with an ordinary resolver."""

    def resolve(self: Any) -> Any:
        return tell(self, name)

    return strawberry.field(resolver=resolve, **options)


def later(name: str, /, **options: Any) -> Any:
    """A field with an asynchronous resolver."""

    async def resolve(self: Any) -> Any:
        return await tell_later(self, name)

    return strawberry.field(resolver=resolve, **options)


def handed(name: str, /, **options: Any) -> Any:
    """A field with an ordinary resolver that returns a coroutine."""

    def resolve(self: Any) -> Any:
        return tell_later(self, name)

    return strawberry.field(resolver=resolve, **options)
