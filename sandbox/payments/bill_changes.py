"""What can be wrong with the bill of a day: with its lines, or with the file they are in."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from sandbox.payments.bill_days import DAY
from sandbox.platforms.control import text, whole_number

Change = Mapping[str, Any]


class BillRow(Protocol):
    """
    A line of a bill, whichever channel it is of.

    :ivar at: seconds since 1970
    :ivar fee_fen: kept of a payment, or given back with a refund
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def at(self) -> float: ...
    @property
    def fen(self) -> int: ...
    @property
    def fee_fen(self) -> int: ...


R = TypeVar("R", bound=BillRow)
# Both raise ValueError when a change lacks something.
Edit = Callable[[R, Change], R]
Adding = Callable[[date, Change], R]


@dataclass(frozen=True, slots=True)
class Kinds(Generic[R]):
    """
    What can be wrong with the bills of a channel, beside what can be with any.

    :ivar lines: with a line
    :ivar files: with the file
    :ivar added: the line that an `add` adds
    """

    lines: Mapping[str, Edit[R]]
    files: Collection[str]
    added: Adding[R]


@dataclass(slots=True)
class ChangedDay(Generic[R]):
    """
    What is wrong with the bill of one day.

    :ivar instead: of a line, by its number from 1: what is there now
    :ivar away: what is in the bill of another day, by how many days later that is
    :ivar files: what is wrong with the file
    """

    instead: dict[int, list[R]] = field(default_factory=dict)
    added: list[R] = field(default_factory=list)
    away: dict[int, list[R]] = field(default_factory=lambda: defaultdict(list))
    files: set[str] = field(default_factory=set)


@dataclass(slots=True)
class BillChanges(Generic[R]):
    """The days whose bills are wrong, and how."""

    kinds: Kinds[R]
    _days: dict[date, ChangedDay[R]] = field(default_factory=dict)

    def set(self, day: date, rows: Sequence[R], changes: Sequence[Change]) -> None:
        """
        Have a bill be wrong from now on, and in no other way; without any change it is right.

        `line` is always a line of the bill as it would be without changes.

        :raises ValueError: when there is no such change, or it lacks something
        :raises LookupError: when it is of a line that there is not
        """
        changed: ChangedDay[R] = ChangedDay()
        for change in changes:
            self._note(changed, day, rows, change)
        self._days[day] = changed
        if not changes:
            del self._days[day]

    def rows(self, day: date, rows: Sequence[R]) -> list[R]:
        """What stands in the bill: its own lines, what was added, what is of other days."""
        kept, changed = list(rows), self._days.get(day)
        if changed is not None:
            places = enumerate(rows, start=1)
            kept = [one for place, row in places for one in changed.instead.get(place, (row,))]
            kept += changed.added
        return [*kept, *self._away(day - DAY, 1), *self._away(day + DAY, -1)]

    def files(self, day: date) -> Collection[str]:
        """What is wrong with the file."""
        return self._days[day].files if day in self._days else ()

    def is_there(self, day: date) -> bool:
        """Whether there is a bill of this day even if nothing moved."""
        return day in self._days or any((self._away(day - DAY, 1), self._away(day + DAY, -1)))

    def _away(self, day: date, later: int) -> Sequence[R]:
        return self._days[day].away.get(later, ()) if day in self._days else ()

    def _note(self, changed: ChangedDay[R], day: date, rows: Sequence[R], change: Change) -> None:
        what = text(change, "what")
        if what in self.kinds.files:
            changed.files.add(what)
        elif what == "add":
            changed.added.append(self.kinds.added(day, change))
        else:
            self._note_line(changed, what, rows, change)

    def _note_line(
        self, changed: ChangedDay[R], what: str, rows: Sequence[R], change: Change
    ) -> None:
        edit = _MOVES.get(what) or self._editing(what)
        place = whole_number(change, "line")
        if not 1 <= place <= len(rows):
            raise LookupError(f"line {place}")
        there = changed.instead.get(place, [rows[place - 1]])
        changed.instead[place] = edit(changed, there, change)

    def _editing(self, what: str) -> "_Moving[R]":
        edit: Edit[R] | None = _EDITS.get(what) or self.kinds.lines.get(what)
        if edit is None:
            raise ValueError(f"there is no change {what}")
        return lambda _, there, change: [edit(row, change) for row in there]


_Moving = Callable[[ChangedDay[R], list[R], Change], list[R]]


def _shifted(changed: ChangedDay[R], there: list[R], change: Change) -> list[R]:
    by = 1 if change.get("by") is None else whole_number(change, "by")
    if by not in (-1, 1):
        raise ValueError("by must be 1 or -1")
    changed.away[by] += there
    return []


_MOVES: Mapping[str, _Moving[Any]] = {
    "drop": lambda *_: [],
    "duplicate": lambda _, there, __: there * 2,
    "shift": _shifted,
}
_EDITS: Mapping[str, Edit[Any]] = {
    "amount": lambda row, change: replace(row, fen=whole_number(change, "fen")),
    "fee": lambda row, change: replace(row, fee_fen=whole_number(change, "fen")),
    "time": lambda row, change: replace(row, at=row.at + whole_number(change, "seconds")),
}
