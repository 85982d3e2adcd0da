"""Which decided fines anybody can pay online."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.freshness import UNKNOWN, Freshness, FreshnessState
from domain.law.cases import DecisionFacts, PaymentCase, Proceeding, ProceedingKind
from domain.law.payment_eligibility import payment_eligibility
from domain.money import Money
from domain.records import Agency
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Hours
from domain.times import CHINA
from domain.violations import ViolationStatus
from tests.domain.law.cases import FRESH, NOW, TODAY, payment, rules

Code = RefusalCode
A_DAY = timedelta(days=1)


def decided(**changes: Any) -> DecisionFacts:
    decision = payment().decision
    assert decision is not None
    return replace(decision, **changes)


def no(code: Code, detail: str | None = None, **values: str) -> tuple[Refusal, ...]:
    return (Refusal(code, detail, values),)


@pytest.mark.parametrize(
    ("changes", "refusals"),
    [
        ({"decision": decided(status=ViolationStatus.UNHANDLED)}, no(Code.NOT_DECIDED)),
        ({"decision": decided(status=ViolationStatus.PAID)}, no(Code.ALREADY_PAID)),
        ({"decision": decided(status=ViolationStatus.NOTHING_TO_PAY)}, no(Code.NOTHING_TO_PAY)),
        ({"decision": decided(status=ViolationStatus.WITHDRAWN)}, no(Code.ANNULLED)),
        ({"decision": decided(status=ViolationStatus.NO_LONGER_LISTED)}, no(Code.NO_LONGER_LISTED)),
        ({"decision": decided(due=Money(0))}, no(Code.NOTHING_TO_PAY)),
        ({"decision": decided(due=None)}, no(Code.AMOUNT_UNKNOWN, "due")),
        ({"decision": None}, no(Code.DECISION_NOT_YET_VISIBLE)),
        ({"quoted": Money(14999)}, no(Code.AMOUNT_CHANGED, amount="150.00")),
        ({"quoted": Money(15001)}, no(Code.AMOUNT_CHANGED, amount="150.00")),
        ({"paying_elsewhere": True}, no(Code.PAYING_ELSEWHERE)),
        ({"paying_elsewhere": None}, no(Code.UPSTREAM_UNAVAILABLE, "state")),
        ({"proceedings": None}, no(Code.UPSTREAM_UNAVAILABLE, "state")),
        (
            {"proceedings": (Proceeding(ProceedingKind.OBJECTION, "YY-7", TODAY),)},
            no(Code.UNDER_DISPUTE, "dated", number="YY-7", date="2026-11-22"),
        ),
        (
            {"proceedings": (Proceeding(ProceedingKind.ANNULMENT, "CX-1"),)},
            no(Code.ANNUL_PENDING, "numbered", number="CX-1"),
        ),
        ({"freshness": UNKNOWN}, no(Code.UPSTREAM_UNAVAILABLE)),
        (
            {"freshness": Freshness(FreshnessState.STALE, NOW - A_DAY)},
            no(Code.UPSTREAM_UNAVAILABLE, "stale", age="1440"),
        ),
    ],
    ids=lambda value: str(value[0].code) if isinstance(value, tuple) else "",
)
def test_one_fact_makes_the_difference(
    changes: dict[str, Any], refusals: tuple[Refusal, ...]
) -> None:
    assert payment_eligibility(payment(), rules()) == ()
    assert payment_eligibility(payment(**changes), rules()) == refusals


def test_a_quote_that_still_holds() -> None:
    assert payment_eligibility(payment(quoted=Money(15000)), rules()) == ()


def test_other_agencies_have_their_own_counters() -> None:
    city = rules(handle_agencies=("5001",))
    elsewhere = payment(decision=decided(agency=Agency("510100000000", "高速公路执法")))

    assert payment_eligibility(payment(), city) == ()
    assert payment_eligibility(elsewhere, city) == no(
        Code.OTHER_AGENCY, "named", agency="高速公路执法"
    )


def test_a_deferral_is_a_right_and_not_a_duty() -> None:
    deferred = payment(proceedings=(Proceeding(ProceedingKind.DEFERRAL, "YQ-3", TODAY + A_DAY),))

    assert payment_eligibility(deferred, rules()) == ()


def test_what_a_fine_costs_and_when_it_is_paid_is_no_matter() -> None:
    night = NOW.replace(hour=3)
    dear = payment(decision=decided(due=Money(400_000)), now=night)
    daytime = Hours(NOW.time().replace(hour=8), NOW.time().replace(hour=18))

    assert payment_eligibility(dear, rules(hours_handle=daytime)) == ()


@pytest.mark.parametrize(
    ("age", "refusals"),
    [
        (
            timedelta(hours=1),
            no(Code.DECISION_NOT_YET_VISIBLE, "until", date="2026-11-24 11:00"),
        ),
        (
            timedelta(hours=48) - timedelta(seconds=1),
            no(Code.DECISION_NOT_YET_VISIBLE, "until", date="2026-11-22 12:00"),
        ),
        (timedelta(hours=48), no(Code.NOT_FOUND, "decision")),
        (timedelta(days=400), no(Code.NOT_FOUND, "decision")),
    ],
)
def test_not_found_is_not_invalid_for_48_hours(
    age: timedelta, refusals: tuple[Refusal, ...]
) -> None:
    issued_at = (NOW - age).astimezone(UTC)

    assert payment_eligibility(payment(decision=None, issued_at=issued_at), rules()) == refusals


def test_every_reason_is_told() -> None:
    worst = payment(
        decision=decided(status=ViolationStatus.PAID, agency=Agency(None, None)),
        paying_elsewhere=True,
        proceedings=(Proceeding(ProceedingKind.ANNULMENT), Proceeding(ProceedingKind.OBJECTION)),
        freshness=UNKNOWN,
    )

    assert [
        one.code.value for one in payment_eligibility(worst, rules(handle_agencies=("50",)))
    ] == [
        "ALREADY_PAID",
        "PAYING_ELSEWHERE",
        "OTHER_AGENCY",
        "UNDER_DISPUTE",
        "ANNUL_PENDING",
        "UPSTREAM_UNAVAILABLE",
    ]


PAYMENTS = st.builds(
    PaymentCase,
    decision=st.none()
    | st.builds(
        DecisionFacts,
        st.sampled_from(ViolationStatus),
        st.sampled_from([Agency("500101000000", None), Agency(None, None)]),
        st.sampled_from([Money(0), Money(15000), None]),
    ),
    issued_at=st.none() | st.sampled_from([NOW, NOW - 3 * A_DAY]),
    paying_elsewhere=st.sampled_from([True, False, None]),
    proceedings=st.none()
    | st.lists(st.builds(Proceeding, st.sampled_from(ProceedingKind)), max_size=2).map(tuple),
    quoted=st.sampled_from([None, Money(15000), Money(15450)]),
    freshness=st.sampled_from([FRESH, UNKNOWN, Freshness(FreshnessState.STALE, NOW)]),
    now=st.sampled_from([NOW, datetime(2026, 11, 23, 2, tzinfo=CHINA)]),
)


@given(one=PAYMENTS)
def test_allowed_means_decided_known_unpaid_and_in_nobodys_way(one: PaymentCase) -> None:
    decision = one.decision
    allowed = (
        decision is not None
        and decision.status is ViolationStatus.DECIDED
        and decision.due is not None
        and decision.due.fen > 0
        and (one.quoted is None or one.quoted.fen == decision.due.fen)
        and one.paying_elsewhere is False
        and one.proceedings is not None
        and {proceeding.kind.value for proceeding in one.proceedings} <= {"deferral"}
        and one.freshness.state is FreshnessState.FRESH
    )

    assert (payment_eligibility(one, rules()) == ()) is allowed
