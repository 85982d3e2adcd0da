"""A scenario: one kind of trouble, as hooks into the making of an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sandbox.police.answers import Answer
from sandbox.police.records import Records

CAMERA_RECORDS = frozenset({"04C03"})
BOTH_LISTS = frozenset({"04C01", "04C03"})


class Break(Enum):
    """When the connection is reset."""

    BEFORE = "before the call has any effect"
    DURING = "after half of the answer"
    AFTER = "after the effect, before the answer"


@dataclass(frozen=True, slots=True)
class Situation:
    """What a hook may look at."""

    interface: str
    subject: str
    earlier_calls: int
    parameters: Mapping[str, Any]
    records: Records

    def number(self, name: str, default: float) -> float:
        return float(self.parameters.get(name, default))


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer."""

    body: bytes
    status: int = 200
    content_type: str = "text/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Scenario:
    """
    Hooks in the order they run; a scenario has those it needs.

    One that `refuses` keeps a write from its effect; the parameter `effect` overrides that either
    way. `magic_interfaces` and `magic_parameters` say how its magic plate behaves.
    """

    name: str
    description: str
    wait_seconds: Callable[[Situation], float] | None = None
    answer: Callable[[Answer, Situation], Answer] | None = None
    document: Callable[[str], str] | None = None
    encode: Callable[[str], str] | None = None
    reply: Callable[[Reply, Situation], Reply] | None = None
    breaks: Break | None = None
    refuses: bool = False
    magic_interfaces: frozenset[str] = CAMERA_RECORDS
    magic_parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Active:
    """A scenario that applies to one call, with the parameters it was switched on with."""

    scenario: Scenario
    parameters: Mapping[str, Any]

    @property
    def lets_write(self) -> bool:
        """Whether a write has its effect, whatever is answered."""
        return bool(self.parameters.get("effect", not self.scenario.refuses))
