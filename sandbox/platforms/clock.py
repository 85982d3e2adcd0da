"""Time, as the sandbox tells it."""

from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(slots=True)
class ForwardClock:
    """A clock that can be put forward, so that codes expire without anybody waiting."""

    source: Clock
    ahead_seconds: float = 0.0

    def __call__(self) -> float:
        return self.source() + self.ahead_seconds

    def advance(self, seconds: float) -> None:
        self.ahead_seconds += seconds
