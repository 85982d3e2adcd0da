"""What a scenario may do to a call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Generic, TypeVar

A = TypeVar("A")  # a platform's answer before it becomes bytes
Parameters = Mapping[str, Any]

_KINDS = {bool: "true or false", float: "a number from 0", str: "a text"}


class Break(Enum):
    """When the connection is reset."""

    INSTEAD = "instead of an answer"
    DURING = "after half of the answer"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    body: bytes
    content_type: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario(Generic[A]):
    """
    Hooks in the order they run; a scenario has those it needs.

    Every scenario has a parameter `effect`: whether what was asked for happens all the same.
    """

    name: str
    description: str
    wait_seconds: Callable[[Parameters], float] | None = None
    answer: Callable[[A, Parameters], A] | None = None
    reply: Callable[[Reply, Parameters], Reply] | None = None
    breaks: Break | None = None
    effect: bool = True
    defaults: Parameters = field(default_factory=dict)

    def parameters(self, given: Mapping[str, object]) -> Parameters:
        """
        The parameters to run with.

        :raises ValueError: when one is given that the scenario does not have, or of a wrong kind
        """
        defaults: dict[str, object] = {"effect": self.effect, **self.defaults}
        for name, value in given.items():
            if name not in defaults:
                raise ValueError(f"{self.name} has no parameter {name}")
            kind = type(defaults[name])
            if not _is(kind, value):
                raise ValueError(f"{name} must be {_KINDS[kind]}")
        return defaults | dict(given)


@dataclass(frozen=True, slots=True)
class Active(Generic[A]):
    """A scenario that applies to one call, with its parameters."""

    scenario: Scenario[A]
    parameters: Parameters


def _is(kind: type, value: object) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return isinstance(value, kind)
