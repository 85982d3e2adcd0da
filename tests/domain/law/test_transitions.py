"""Every pair of states: what may follow what, and nothing else may."""

from enum import Enum
from itertools import product
from typing import Any

import pytest

from domain.law.transitions import (
    ALLOWED,
    AppealState,
    DecisionState,
    GrantState,
    IllegalMove,
    RecordState,
    can_move,
    move,
)
from domain.payments import PaymentStatus

LEGAL = {
    RecordState: """
        CAPTURED -> REVIEWED
        REVIEWED -> ENTERED REJECTED
        REJECTED ->
        ENTERED -> NOTIFIED DISPUTED HANDLING ELIMINATED
        NOTIFIED -> DISPUTED HANDLING ELIMINATED
        DISPUTED -> NOTIFIED HANDLING ELIMINATED
        ELIMINATED ->
        HANDLING -> DECIDED NOTIFIED DISPUTED ELIMINATED
        DECIDED -> SETTLED ANNULLED
        SETTLED -> ANNULLED
        ANNULLED -> NOTIFIED ELIMINATED
    """,
    DecisionState: """
        DRAFT -> CONFIRMED
        CONFIRMED -> ISSUED
        ISSUED -> SERVED ANNUL_REQUESTED
        SERVED -> PAID OVERDUE ANNUL_REQUESTED
        PAID -> ANNUL_REQUESTED
        OVERDUE -> PAID ENFORCEMENT ANNUL_REQUESTED
        ENFORCEMENT -> PAID ANNUL_REQUESTED
        ANNUL_REQUESTED -> ANNULLED ISSUED SERVED PAID OVERDUE ENFORCEMENT
        ANNULLED -> REFUND_PENDING
        REFUND_PENDING -> REFUNDED
        REFUNDED ->
    """,
    PaymentStatus: """
        CREATED -> AWAITING UNKNOWN PAID FAILED CANCELLED EXPIRED
        AWAITING -> UNKNOWN PAID CANCELLED EXPIRED
        UNKNOWN -> AWAITING PAID FAILED CANCELLED EXPIRED
        PAID -> REFUNDING
        FAILED ->
        CANCELLED ->
        EXPIRED ->
        REFUNDING -> REFUNDED PAID
        REFUNDED ->
    """,
    AppealState: """
        SUBMITTED -> FORWARDED UNDER_REVIEW
        FORWARDED -> UNDER_REVIEW
        UNDER_REVIEW -> UPHELD DISMISSED
        UPHELD -> FEEDBACK_GIVEN
        DISMISSED -> FEEDBACK_GIVEN
        FEEDBACK_GIVEN -> RATED
        RATED ->
    """,
    GrantState: """
        REQUESTED -> ACTIVE EXPIRED REVOKED
        ACTIVE -> EXPIRED REVOKED SUSPENDED
        EXPIRED ->
        REVOKED ->
        SUSPENDED -> ACTIVE EXPIRED REVOKED
    """,
}


def pairs() -> list[tuple[Any, Any, bool]]:
    found = []
    for states, text in LEGAL.items():
        lines = [line.split() for line in text.strip().splitlines()]
        legal = {(line[0], to) for line in lines for to in line[2:]}
        found += [(a, b, (a.name, b.name) in legal) for a, b in product(states, states)]
    return found


@pytest.mark.parametrize(("state", "to", "legal"), pairs())
def test_every_pair(state: Any, to: Any, legal: bool) -> None:
    assert can_move(state, to) is legal
    if legal:
        assert move(state, to) is to
        return
    with pytest.raises(IllegalMove) as refused:
        move(state, to)
    assert (refused.value.state, refused.value.to) == (state, to)
    assert str(refused.value) == f"{state} cannot become {to}"


@pytest.mark.parametrize("states", ALLOWED)
def test_every_state_is_in_its_table_once(states: type[Enum]) -> None:
    assert set(ALLOWED[states]) == set(states)
    assert all(moves <= set(states) for moves in ALLOWED[states].values())


@pytest.mark.parametrize("states", ALLOWED)
def test_every_state_can_be_reached(states: type[Enum]) -> None:
    first = next(iter(states))
    reached, waiting = {first}, [first]
    while waiting:
        for to in ALLOWED[states][waiting.pop()] - reached:
            reached.add(to)
            waiting.append(to)

    assert reached == set(states)


def test_states_of_different_things_are_different() -> None:
    decided: Any = RecordState.SETTLED

    assert not can_move(decided, DecisionState.ANNULLED)
    with pytest.raises(IllegalMove):
        move(decided, DecisionState.ANNULLED)
