"""Time limits and remedies: until when what can be done (rules R18, R31-R37, R44)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from domain.law.months import add_days, add_months, add_years
from domain.law.surcharge import due_on
from domain.law.workdays import WorkCalendar
from domain.rules.values import Rules
from domain.violations import CaptureKind


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """
    What is known of a violation, in legal days; None is unknown, or has not happened.

    `notified_on` is the notice of a camera record, `deferred_until` the last day if handling was
    put off on request, `received_on` the receipt of the decision.
    `rights_told` is what the decision itself must say (order 157, art. 45 and 49); if it did not,
    `rights_learned_on` is when the person learnt of the remedies otherwise. `reconsidered_on` is
    the receipt of a reconsideration decision, or the end of the time for one. `verified_on` is when
    a ground for elimination was established. `unhandled_on_vehicle` counts the vehicle's records
    that wait, this one included; `bulk_notified_on` and `bulk_published_on` are the second notice
    and the public notice about them.
    """

    occurred_on: date
    capture: CaptureKind
    notified_on: date | None = None
    deferred_until: date | None = None
    decided_on: date | None = None
    received_on: date | None = None
    nothing_to_pay: bool = False
    rights_told: bool = True
    rights_learned_on: date | None = None
    reconsidered_on: date | None = None
    objected_on: date | None = None
    verified_on: date | None = None
    unhandled_on_vehicle: int | None = None
    bulk_notified_on: date | None = None
    bulk_published_on: date | None = None


@dataclass(frozen=True, slots=True)
class BulkPath:
    """
    How many records that nobody handles come to be decided without the person (order 157, art. 54).

    From `second_notice_from` the agency may announce the penalties; the person has until
    `accept_by`; the public notice ends with `public_notice_until`, then the agency may decide.
    """

    second_notice_from: date
    accept_by: date | None
    public_notice_until: date | None


@dataclass(frozen=True, slots=True)
class Deadlines:
    """
    The last day of every time limit, itself included; None where it does not run or is unknown.

    `accept_by` respects a deferral; `deferred_until_at_most` is the longest there can be.
    `reconsideration_first`: no court before the reconsideration (R37). `no_penalty_after` is the
    last day on which the act can still be found out and punished (R44).
    """

    pay_by: date | None
    accept_by: date | None
    deferred_until_at_most: date | None
    review_by: date | None
    eliminate_by: date | None
    reconsider_by: date | None
    reconsideration_first: bool | None
    litigate_by: date | None
    no_penalty_after: date
    bulk: BulkPath | None


RulesOn = Callable[[date], Rules]


def deadlines(case: CaseFacts, rules_on: RulesOn, calendar: WorkCalendar) -> Deadlines:
    """
    Every time limit of a violation. Each follows the rules of the day on which it begins to run.

    The first day never counts; a last day that is a holiday moves to the next working day (order
    149, art. 35; reconsideration law, art. 88; litigation law, art. 101). For payment a city may
    say otherwise (R23).
    """
    decided_on = case.decided_on or case.received_on
    noticed = _noticed_until(case, rules_on, calendar) if decided_on is None else None
    deferrable = _deferrable_until(case, noticed, rules_on, calendar)
    first = None
    if decided_on is not None:
        first = case.capture in rules_on(decided_on).reconsider_first_kinds
    return Deadlines(
        pay_by=_pay_by(case, rules_on, calendar),
        accept_by=_accept_by(case, noticed, deferrable),
        deferred_until_at_most=deferrable,
        review_by=_review_by(case, rules_on, calendar),
        eliminate_by=_eliminate_by(case, rules_on, calendar),
        reconsider_by=_reconsider_by(case, rules_on, calendar),
        reconsideration_first=first,
        litigate_by=_litigate_by(case, rules_on, calendar),
        no_penalty_after=no_penalty_after(case.occurred_on, rules_on(case.occurred_on)),
        bulk=_bulk(case, noticed, rules_on, calendar),
    )


def no_penalty_after(occurred_on: date, rules: Rules) -> date:
    """The last day on which an act can be found out and be punished (penalty law, art. 36)."""
    return add_years(occurred_on, rules.limit_years)


def found_too_late(occurred_on: date, found_on: date, rules: Rules) -> bool:
    """Whether an act may no longer be punished, because nobody found it out in two years (R44)."""
    return found_on > no_penalty_after(occurred_on, rules)


def _pay_by(case: CaseFacts, rules_on: RulesOn, calendar: WorkCalendar) -> date | None:
    """Fifteen days from receipt (road law, art. 108; R18)."""
    if case.received_on is None or case.nothing_to_pay:
        return None
    return due_on(case.received_on, rules_on(case.received_on), calendar)


def _noticed_until(case: CaseFacts, rules_on: RulesOn, calendar: WorkCalendar) -> date | None:
    """Thirty days from the notice (order 157, art. 20; R33)."""
    if case.notified_on is None:
        return None
    return calendar.roll(add_days(case.notified_on, rules_on(case.notified_on).accept_days))


def _deferrable_until(
    case: CaseFacts, noticed: date | None, rules_on: RulesOn, calendar: WorkCalendar
) -> date | None:
    """At most three months longer, on request (order 157, art. 53; R33)."""
    if noticed is None or case.notified_on is None:
        return None
    return calendar.roll(add_months(noticed, rules_on(case.notified_on).accept_defer_months))


def _accept_by(case: CaseFacts, noticed: date | None, deferrable: date | None) -> date | None:
    if noticed is None or deferrable is None or case.deferred_until is None:
        return noticed
    return min(case.deferred_until, deferrable)


def _review_by(case: CaseFacts, rules_on: RulesOn, calendar: WorkCalendar) -> date | None:
    """Five working days from the objection (order 157, art. 5; R31)."""
    if case.objected_on is None:
        return None
    workdays = rules_on(case.objected_on).dispute_review_workdays
    return calendar.add_workdays(case.objected_on, workdays)


def _eliminate_by(case: CaseFacts, rules_on: RulesOn, calendar: WorkCalendar) -> date | None:
    """Three working days from the verification of a ground (order 157, art. 22; R32)."""
    if case.verified_on is None:
        return None
    workdays = rules_on(case.verified_on).eliminate_workdays
    return calendar.add_workdays(case.verified_on, workdays)


def _reconsider_by(case: CaseFacts, rules_on: RulesOn, calendar: WorkCalendar) -> date | None:
    """
    Sixty days from receipt (reconsideration law, art. 20 and 21; R35).

    If the decision did not tell of it: from the day the person learnt of it, at most a year from
    receipt. In no case later than five years from the decision.
    """
    received = case.received_on
    if received is None or case.reconsidered_on is not None:
        return None
    rules = rules_on(case.decided_on or received)
    last = add_days(received, rules.reconsider_days)
    if not case.rights_told:
        last = add_days(received, rules.reconsider_days_untold)
        if case.rights_learned_on is not None:
            last = min(last, add_days(case.rights_learned_on, rules.reconsider_days))
    return calendar.roll(_at_most_years(last, case.decided_on, rules.reconsider_absolute_years))


def _litigate_by(case: CaseFacts, rules_on: RulesOn, calendar: WorkCalendar) -> date | None:
    """
    Six months from receipt; after a reconsideration, 15 days from its end (R36).

    Litigation law, art. 45 and 46. None while a reconsideration has to come first (R37).
    """
    known_on = case.decided_on or case.received_on or case.reconsidered_on
    if known_on is None:
        return None
    rules = rules_on(known_on)
    if case.reconsidered_on is not None:
        last = add_days(case.reconsidered_on, rules.litigate_days_after_reconsideration)
    elif case.received_on is None or case.capture in rules.reconsider_first_kinds:
        return None
    else:
        last = add_months(case.received_on, rules.litigate_months)
    return calendar.roll(_at_most_years(last, case.decided_on, rules.litigate_absolute_years))


def _at_most_years(last: date, decided_on: date | None, years: int) -> date:
    return last if decided_on is None else min(last, add_years(decided_on, years))


def _bulk(
    case: CaseFacts, noticed: date | None, rules_on: RulesOn, calendar: WorkCalendar
) -> BulkPath | None:
    """The way of five or more records that nobody handles or puts off (R34)."""
    if noticed is None or case.deferred_until is not None or case.unhandled_on_vehicle is None:
        return None
    rules = rules_on(case.bulk_notified_on or noticed)
    if case.unhandled_on_vehicle < rules.bulk_threshold:
        return None
    accept_by = public_until = None
    if case.bulk_notified_on is not None:
        accept_by = calendar.roll(add_days(case.bulk_notified_on, rules.bulk_notice_days))
    if case.bulk_published_on is not None:
        public_until = calendar.add_workdays(case.bulk_published_on, rules.bulk_public_workdays)
    return BulkPath(add_days(noticed, 1), accept_by, public_until)
