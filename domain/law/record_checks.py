"""What stands against handling or paying in the record itself: its state, its kind, its agency."""

from collections.abc import Iterator, Sequence
from datetime import date

from domain.law.cases import Case, Proceeding, ProceedingKind, ViolationFacts
from domain.law.time_limits import found_too_late, no_penalty_after
from domain.records import Agency
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Rules
from domain.times import legal_day
from domain.violations import ViolationStatus

PENDING = {
    ProceedingKind.OBJECTION: RefusalCode.UNDER_DISPUTE,
    ProceedingKind.ANNULMENT: RefusalCode.ANNUL_PENDING,
    ProceedingKind.DEFERRAL: RefusalCode.DEFERRED,
}


def record_refusals(case: Case, rules: Rules) -> Iterator[Refusal]:
    """Why this record cannot be accepted online, whoever asks."""
    violation = case.violation
    if violation.status is not ViolationStatus.UNHANDLED:
        yield from _settled(violation)
    if violation.handled_elsewhere:
        yield Refusal(RefusalCode.BEING_HANDLED_ELSEWHERE)
    if violation.capture not in rules.handle_capture_kinds:
        yield Refusal(RefusalCode.NOT_NON_SCENE)
    yield from agency_refusals(violation.agency, rules)
    if violation.coercive_measure:
        yield Refusal(RefusalCode.COERCIVE_MEASURE_OPEN)
    today = legal_day(case.now)
    if violation.proceedings:
        yield from pending(violation.proceedings, today)
    if None in (violation.handled_elsewhere, violation.coercive_measure, violation.proceedings):
        yield Refusal(RefusalCode.UPSTREAM_UNAVAILABLE, "state")
    occurred_on = legal_day(violation.occurred_at)
    if found_too_late(occurred_on, violation.found_on or today, rules):
        last = no_penalty_after(occurred_on, rules)
        yield Refusal(RefusalCode.TIME_LIMIT_PASSED, values={"date": last.isoformat()})


def agency_refusals(agency: Agency, rules: Rules) -> Iterator[Refusal]:
    """Other agencies, such as that of the expressways, have channels of their own."""
    prefixes = rules.handle_agencies
    if prefixes is None:
        return
    if agency.code is None:
        yield Refusal(RefusalCode.OTHER_AGENCY, "unknown")
    elif not agency.code.startswith(prefixes):
        if agency.name is None:
            yield Refusal(RefusalCode.OTHER_AGENCY)
        else:
            yield Refusal(RefusalCode.OTHER_AGENCY, "named", {"agency": agency.name})


def pending(proceedings: Sequence[Proceeding], today: date) -> Iterator[Refusal]:
    """
    What is under way. A deferral ends by itself after its last day.

    An objection that is answered late is still open.
    """
    for one in proceedings:
        code = PENDING[one.kind]
        if one.kind is ProceedingKind.DEFERRAL:
            if one.until is None:
                yield Refusal(code)
            elif today <= one.until:
                yield Refusal(code, "dated", {"date": one.until.isoformat()})
        elif one.number is None:
            yield Refusal(code)
        elif one.until is None or one.until < today:
            yield Refusal(code, "numbered", {"number": one.number})
        else:
            values = {"number": one.number, "date": one.until.isoformat()}
            yield Refusal(code, "dated", values)


def _settled(violation: ViolationFacts) -> Iterator[Refusal]:
    status = violation.status
    if status is ViolationStatus.WITHDRAWN:
        yield Refusal(RefusalCode.ANNULLED)
    elif status is ViolationStatus.NO_LONGER_LISTED:
        yield Refusal(RefusalCode.NO_LONGER_LISTED)
    elif status is ViolationStatus.NOTHING_TO_PAY:
        yield Refusal(RefusalCode.NOTHING_TO_PAY)
    else:
        if violation.decision_number is None:
            yield Refusal(RefusalCode.ALREADY_HANDLED)
        else:
            values = {"number": violation.decision_number}
            yield Refusal(RefusalCode.ALREADY_HANDLED, "numbered", values)
        if status is ViolationStatus.PAID:
            yield Refusal(RefusalCode.ALREADY_PAID)
