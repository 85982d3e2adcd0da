"""The truth log: what was really asked and done, to compare with what a client believes."""

from collections import Counter, deque
from dataclasses import asdict, dataclass

_CALLS = 1000
NO_EFFECT = "no effect"


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call, with the outcome it really had, whatever a scenario made of the answer."""

    method: str
    outcome: str
    at: float
    scenarios: tuple[str, ...]


class CallLog:
    """Counts all calls and remembers the last thousand. Holds no secrets and nobody's names."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._methods: Counter[str] = Counter()
        self._calls: deque[LoggedCall] = deque(maxlen=_CALLS)

    def note(self, call: LoggedCall) -> None:
        self._methods[call.method] += 1
        self._calls.append(call)

    def report(self) -> dict[str, object]:
        return {
            "total": self._methods.total(),
            "methods": dict(sorted(self._methods.items())),
            "calls": [asdict(call) for call in self._calls],
        }
