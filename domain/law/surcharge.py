"""The surcharge on a fine paid late (加处罚款), and what is owed at an instant (R18-R23)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.law.months import add_days
from domain.law.workdays import WorkCalendar
from domain.money import Money
from domain.rules.values import FreezeReason, Rounding, Rules
from domain.times import legal_day, start_of

YUAN_IN_HUNDREDTHS = 100 * 100  # amounts grow in hundredths of a fen


@dataclass(frozen=True, slots=True)
class Freeze:
    """
    Legal days on which the surcharge does not grow; both belong to it, None is still going on.

    Of a reconsideration (penalty law, art. 73): the day of the application and the day on which its
    decision is served. The surcharge grows again on the day after.

    :raises ValueError: if it ends before it begins
    """

    reason: FreezeReason
    from_on: date
    until_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse days in the wrong order: they would take days off another freeze."""
        if self.until_on is not None and self.until_on < self.from_on:
            raise ValueError("a freeze cannot end before it begins")


@dataclass(frozen=True, slots=True)
class Quote:
    """
    What is owed for a fine at an instant.

    `due_on` is the last day without a surcharge; None while no decision has been received.
    `overdue_days` are those that count: the frozen ones do not. `frozen` tells whether a freeze
    covers the day. `grows_on` is the legal day on which more will be owed; None if time alone
    changes nothing any more: no decision yet, the cap is reached, or a freeze without an end.
    """

    principal: Money
    surcharge: Money
    overdue_days: int
    due_on: date | None
    frozen: bool
    grows_on: date | None

    @property
    def total(self) -> Money:
        """Principal and surcharge together."""
        return Money(self.principal.fen + self.surcharge.fen)

    @property
    def valid_until(self) -> datetime | None:
        """The instant before which the quote holds: the midnight in China at which it grows."""
        return None if self.grows_on is None else start_of(self.grows_on)


def due_on(received_on: date, rules: Rules, calendar: WorkCalendar) -> date:
    """
    The last day to pay without a surcharge: 15 days from receipt (road law, art. 108; R18).

    The day of receipt does not count unless the city says so. A last day that is a holiday moves to
    the next working day if the city says so (R23; order 149, art. 35).
    """
    days = rules.pay_days - 1 if rules.pay_count_receipt_day else rules.pay_days
    last = add_days(received_on, days)
    return calendar.roll(last) if rules.pay_roll_to_workday else last


def quote(
    principal: Money,
    received_on: date | None,
    at: datetime,
    freezes: Sequence[Freeze],
    rules: Rules,
    calendar: WorkCalendar,
) -> Quote:
    """
    What is owed at an instant: 3 % of the principal for every late day, at most the principal.

    Road law, art. 109; penalty law, art. 72 and 73; coercion law, art. 45. A reconsideration moves
    no due day: it only keeps later days from counting. Without a received decision nothing grows.

    :raises ValueError: if the principal is negative
    """
    if principal.fen < 0:
        raise ValueError("a fine cannot be negative")
    spans = _spans(freezes, rules)
    day = legal_day(at).toordinal()
    frozen = any(first <= day <= last for first, last in spans)
    if received_on is None:
        return Quote(principal, Money(0), 0, None, frozen, None)
    due = due_on(received_on, rules, calendar)
    late = _late_days(due.toordinal(), day, spans)
    next_late = _next_growth(late, principal, rules)
    grows_on = None if next_late is None else _day_of(next_late, due.toordinal(), spans)
    return Quote(principal, surcharge_after(late, principal, rules), late, due, frozen, grows_on)


def surcharge_after(late_days: int, principal: Money, rules: Rules) -> Money:
    """The surcharge after so many late days: rounded as the city does, never over the cap (R19)."""
    return Money(_fen_after(late_days, principal.fen, rules))


def _fen_after(late_days: int, principal: int, rules: Rules) -> int:
    grown = principal * rules.surcharge_percent_per_day * late_days
    most = principal * rules.surcharge_cap_percent
    if rules.surcharge_rounding is Rounding.FEN_DOWN:
        return min(grown, most) // 100
    # Where only whole yuan are paid, the cap too is the whole yuan below it (R20).
    half = YUAN_IN_HUNDREDTHS // 2 if rules.surcharge_rounding is Rounding.YUAN_HALF_UP else 0
    return min((grown + half) // YUAN_IN_HUNDREDTHS, most // YUAN_IN_HUNDREDTHS) * 100


def _next_growth(late_days: int, principal: Money, rules: Rules) -> int | None:
    """How many late days make it more than so many; None if nothing does."""
    percent = rules.surcharge_percent_per_day
    if percent == 0:
        return None
    fen = _fen_after(late_days, principal.fen, rules)
    capped_after = -(-rules.surcharge_cap_percent // percent)
    days = range(late_days + 1, capped_after + 1)
    return next((n for n in days if _fen_after(n, principal.fen, rules) > fen), None)


def _spans(freezes: Sequence[Freeze], rules: Rules) -> list[tuple[int, int]]:
    """First and last days, as ordinals, on which nothing grows (R21): in order, none twice."""
    spans: list[tuple[int, int]] = []
    for freeze in sorted(freezes, key=lambda freeze: freeze.from_on):
        if freeze.reason not in rules.surcharge_freeze_on:
            continue
        first, last = freeze.from_on.toordinal(), (freeze.until_on or date.max).toordinal()
        if spans and first <= spans[-1][1]:
            first, earlier_last = spans.pop()
            last = max(last, earlier_last)
        spans.append((first, last))
    return spans


def _late_days(due: int, day: int, spans: list[tuple[int, int]]) -> int:
    """Days after the due day, up to and with this one, that are not frozen."""
    frozen = sum(max(0, min(last, day) - max(first, due + 1) + 1) for first, last in spans)
    return max(0, day - due) - frozen


def _day_of(late_days: int, due: int, spans: list[tuple[int, int]]) -> date | None:
    """The day that makes it so many late days; None beyond the last day there is."""
    day = due + late_days
    for first, last in spans:
        if last > due and first <= day:
            day += last - max(first, due + 1) + 1
    return date.fromordinal(day) if day <= date.max.toordinal() else None
