"""Which decided fines can be paid online. Anybody may pay: nothing here asks who it is."""

from collections.abc import Iterator
from datetime import timedelta

from domain.law.cases import DecisionFacts, PaymentCase, ProceedingKind
from domain.law.eligibility import in_order
from domain.law.record_checks import agency_refusals, pending
from domain.law.service_checks import freshness_refusals
from domain.money import NOTHING
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Rules
from domain.times import CHINA, legal_day
from domain.violations import ViolationStatus

# Banks allow an officer so long to enter a decision made on the scene (domain.md 5.3).
ENTERED_WITHIN = timedelta(hours=48)

NOT_PAYABLE = {
    ViolationStatus.UNHANDLED: RefusalCode.NOT_DECIDED,
    ViolationStatus.PAID: RefusalCode.ALREADY_PAID,
    ViolationStatus.NOTHING_TO_PAY: RefusalCode.NOTHING_TO_PAY,
    ViolationStatus.WITHDRAWN: RefusalCode.ANNULLED,
    ViolationStatus.NO_LONGER_LISTED: RefusalCode.NO_LONGER_LISTED,
}


def payment_eligibility(case: PaymentCase, rules: Rules) -> tuple[Refusal, ...]:
    """
    Why a decision cannot be paid online; nothing means that it can.

    A running reconsideration or lawsuit does not stand against it: neither stays the penalty
    (penalty law, art. 73). A deferral does not either: it is a right to pay later, not a duty.
    """
    return in_order(
        (
            *_decision_refusals(case, rules),
            *_order_refusals(case),
            *freshness_refusals(case.freshness, case.now),
        )
    )


def _decision_refusals(case: PaymentCase, rules: Rules) -> Iterator[Refusal]:
    decision = case.decision
    if decision is None:
        yield _not_visible(case)
        return
    yield from agency_refusals(decision.agency, rules)
    if decision.status is ViolationStatus.DECIDED:
        yield from _due_refusals(decision, case)
    else:
        yield Refusal(NOT_PAYABLE[decision.status])


def _due_refusals(decision: DecisionFacts, case: PaymentCase) -> Iterator[Refusal]:
    if decision.due is None:
        yield Refusal(RefusalCode.AMOUNT_UNKNOWN, "due")
    elif decision.due == NOTHING:
        yield Refusal(RefusalCode.NOTHING_TO_PAY)
    elif case.quoted not in (None, decision.due):
        yield Refusal(RefusalCode.AMOUNT_CHANGED, values={"amount": decision.due.yuan})


def _order_refusals(case: PaymentCase) -> Iterator[Refusal]:
    if case.paying_elsewhere:
        yield Refusal(RefusalCode.PAYING_ELSEWHERE)
    blocking = [one for one in case.proceedings or () if one.kind is not ProceedingKind.DEFERRAL]
    yield from pending(blocking, legal_day(case.now))
    if None in (case.paying_elsewhere, case.proceedings):
        yield Refusal(RefusalCode.UPSTREAM_UNAVAILABLE, "state")


def _not_visible(case: PaymentCase) -> Refusal:
    """Not found is not invalid: what was decided on the scene may still be on its way."""
    if case.issued_at is None:
        return Refusal(RefusalCode.DECISION_NOT_YET_VISIBLE)
    visible_at = case.issued_at + ENTERED_WITHIN
    if case.now >= visible_at:
        return Refusal(RefusalCode.NOT_FOUND, "decision")
    values = {"date": f"{visible_at.astimezone(CHINA):%Y-%m-%d %H:%M}"}
    return Refusal(RefusalCode.DECISION_NOT_YET_VISIBLE, "until", values)
