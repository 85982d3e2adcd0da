"""The truth logs: what was really asked and done, to compare with what a client believes."""

from collections import Counter, defaultdict, deque
from dataclasses import asdict, dataclass

_CALLS_PER_SUBJECT = 1000


@dataclass(frozen=True, slots=True)
class LoggedCall:
    interface: str
    subject: str
    at: float
    scenarios: tuple[str, ...]


class CallLog:
    """Calls by interface and by subject: a plate, a person, a record or a decision."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._interfaces: Counter[str] = Counter()
        self._earlier: Counter[tuple[str, str]] = Counter()
        self._subjects: defaultdict[str, deque[LoggedCall]] = defaultdict(
            lambda: deque(maxlen=_CALLS_PER_SUBJECT)
        )

    def earlier(self, interface: str, subject: str) -> int:
        """How often this was asked before."""
        return self._earlier[interface, subject]

    def note(self, call: LoggedCall) -> None:
        self._interfaces[call.interface] += 1
        self._earlier[call.interface, call.subject] += 1
        self._subjects[call.subject].append(call)

    def report(self) -> dict[str, object]:
        return {
            "total": self._interfaces.total(),
            "interfaces": dict(sorted(self._interfaces.items())),
            "subjects": {
                subject: [asdict(call) for call in calls]
                for subject, calls in sorted(self._subjects.items())
            },
        }


@dataclass(frozen=True, slots=True)
class LoggedWrite:
    """What a write did; `key` is the record or decision, `serial` the caller's own number."""

    interface: str
    key: str
    at: float
    serial: str | None = None


class WriteLog:
    """Every write that had an effect, once."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._writes: list[LoggedWrite] = []

    def note(self, write: LoggedWrite) -> None:
        self._writes.append(write)

    def report(self) -> dict[str, object]:
        return {
            "writes": [
                {name: value for name, value in asdict(write).items() if value is not None}
                for write in self._writes
            ]
        }


def subject_of(conditions: dict[str, str]) -> str:
    """The key of a call in one line, such as `02 渝A12345`."""
    if conditions.get("hphm"):
        return f"{conditions.get('hpzl', '')} {conditions['hphm']}"
    for name in ("xh", "jdsbh", "wfbh", "jszh", "dabh", "sfzmhm"):
        if conditions.get(name):
            return f"{name} {conditions[name]}"
    return "-"
