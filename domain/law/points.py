"""Points of a scoring cycle: what counts, what goes over, what study takes off (R24-R29)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from domain.law.scoring import ONE_DAY, ScoringCycle, cycle_on
from domain.rules.values import CarryOver, ReductionLimits, Rules


@dataclass(frozen=True, slots=True)
class PointsItem:
    """
    The points of one standing decision. Those of an annulled one do not exist (order 163, art. 16).

    `decided_on` says which cycle they fall in (art. 13; R26). `paid_on` is None while the fine is
    unpaid; `due_on` is the last day to pay it, None if unknown: such a fine is not called overdue.
    """

    points: int
    decided_on: date
    paid_on: date | None = None
    due_on: date | None = None

    def is_unpaid_on(self, day: date) -> bool:
        """Whether the fine was still to be paid at the end of a day."""
        return self.paid_on is None or self.paid_on > day

    def is_overdue_on(self, day: date) -> bool:
        """Whether the fine was unpaid at the end of a day that was the last to pay, or later."""
        return self.is_unpaid_on(day) and self.due_on is not None and self.due_on <= day


class StudyWay(StrEnum):
    """How somebody studied to have points taken off (order 163, art. 27)."""

    ONLINE = "online"
    CLASSROOM = "classroom"
    VOLUNTEERING = "volunteering"


@dataclass(frozen=True, slots=True)
class Study:
    """One completed study, for which points are taken off on a day."""

    way: StudyWay
    on: date


@dataclass(frozen=True, slots=True)
class CyclePoints:
    """Points as of a day: in all, of them carried over, and how many study took off this cycle."""

    points: int
    carried_over: int
    reduced: int
    cycle: ScoringCycle


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    What accepting more points leads to, until the last day of the cycle.

    `alert` is early warning (R28). `next_reset_on` is the day on which the points are cleared if
    all fines are paid; None when the limit is reached: only study and a test clear them then.
    """

    points_before: int
    points_after: int
    limit: int
    reaches_limit: bool
    alert: bool
    cycle_ends_on: date
    next_reset_on: date | None


def forecast(current_points: int, added_points: int, cycle: ScoringCycle, rules: Rules) -> Forecast:
    """What the points of a cycle come to when so many more are accepted (order 163, art. 14)."""
    after = current_points + added_points
    reaches_limit = after >= rules.points_limit
    return Forecast(
        current_points,
        after,
        rules.points_limit,
        reaches_limit,
        after >= rules.points_alert_at,
        cycle.ends_on,
        None if reaches_limit else cycle.ends_on + ONE_DAY,
    )


def accumulated(
    items: Iterable[PointsItem],
    first_licensed_on: date,
    on: date,
    rules: Rules,
    *,
    studies: Collection[Study] = (),
    cleared_on: Collection[date] = (),
) -> CyclePoints:
    """
    The points that stand at the end of a day, cycle after cycle since the first decision.

    `cleared_on` are the days on which full score was cleared after study, test and payment (order
    163, art. 23). On one day clearing comes first, then decisions, then study: nobody has studied
    for points decided that day, and study takes points off that stand (art. 25).
    """
    decided = [item for item in items if item.decided_on <= on]
    account = _Account([], 0)
    cycle = _cycle(first_licensed_on, min((item.decided_on for item in decided), default=on), rules)
    while True:
        carried = account.total
        account.pass_through(cycle, on, decided, studies, cleared_on, rules)
        if on <= cycle.ends_on:
            return CyclePoints(account.total, carried, account.reduced, cycle)
        account = account.carried_over(cycle.ends_on, rules)
        cycle = _cycle(first_licensed_on, cycle.ends_on + ONE_DAY, rules)


def _cycle(first_licensed_on: date, day: date, rules: Rules) -> ScoringCycle:
    return cycle_on(
        first_licensed_on, day, months=rules.points_cycle_months, leap_day=rules.points_leap_day
    )


@dataclass(slots=True)
class _Account:
    """The points that stand while the days of one cycle pass."""

    items: list[PointsItem]
    taken_off: int
    reduced: int = 0

    @property
    def total(self) -> int:
        return sum(item.points for item in self.items) - self.taken_off

    def pass_through(
        self,
        cycle: ScoringCycle,
        until: date,
        items: list[PointsItem],
        studies: Collection[Study],
        cleared_on: Collection[date],
        rules: Rules,
    ) -> None:
        """Take in what happens in a cycle until the end of a day."""
        days = {item.decided_on for item in items} | {study.on for study in studies}
        for day in sorted(days.union(cleared_on)):
            if not cycle.starts_on <= day <= min(cycle.ends_on, until):
                continue
            if day in cleared_on:
                self.items, self.taken_off = [], 0
            self.items += [item for item in items if item.decided_on == day]
            for study in studies:
                if study.on == day:
                    self.take_off(study.way, rules)

    def take_off(self, way: StudyWay, rules: Rules) -> None:
        """Reduce by study: below the limit only, at most what stands and what the cycle allows."""
        if self.total >= rules.points_limit:
            return
        limits = rules.points_reduction
        points = min(_at_once(way, limits), limits.per_cycle - self.reduced, self.total)
        self.taken_off += points
        self.reduced += points

    def carried_over(self, cycle_end: date, rules: Rules) -> "_Account":
        """
        What goes into the next cycle (R27; order 163, art. 15).

        Everything once the limit is reached: only study and a test clear that (art. 23). Points
        that study took off do not come back with the new cycle.
        """
        if self.total >= rules.points_limit:
            items = self.items
        elif rules.points_carry_over is CarryOver.ALL_IF_ANY_UNPAID:
            unpaid = any(item.is_unpaid_on(cycle_end) for item in self.items)
            items = self.items if unpaid else []
        else:
            items = [item for item in self.items if item.is_overdue_on(cycle_end)]
        carried = sum(item.points for item in items)
        return _Account(items, max(0, carried - self.total))


def _at_once(way: StudyWay, limits: ReductionLimits) -> int:
    return {
        StudyWay.ONLINE: limits.online_study,
        StudyWay.CLASSROOM: limits.class_study,
        StudyWay.VOLUNTEERING: limits.volunteering,
    }[way]
