"""
Which state may follow which: one table for each kind of thing that has a life.

The states of law are no StrEnums: an annulled record is not the same as an annulled decision.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, TypeVar

from domain.payments import PaymentStatus
from domain.refunds import RefundStatus


class RecordState(Enum):
    """A camera record (order 157, art. 19-22 and 53)."""

    CAPTURED = "captured"
    REVIEWED = "reviewed"
    REJECTED = "rejected"
    ENTERED = "entered"
    NOTIFIED = "notified"
    DISPUTED = "disputed"
    ELIMINATED = "eliminated"
    HANDLING = "handling"
    DECIDED = "decided"
    SETTLED = "settled"
    ANNULLED = "annulled"


class DecisionState(Enum):
    """A penalty decision; DRAFT is the announcement of what is intended (penalty law, art. 44)."""

    DRAFT = "draft"
    CONFIRMED = "confirmed"
    ISSUED = "issued"
    SERVED = "served"
    PAID = "paid"
    OVERDUE = "overdue"
    ENFORCEMENT = "enforcement"
    ANNUL_REQUESTED = "annul_requested"
    ANNULLED = "annulled"
    REFUND_PENDING = "refund_pending"
    REFUNDED = "refunded"


class AppealState(Enum):
    """An objection to a camera record (order 157, art. 5)."""

    SUBMITTED = "submitted"
    FORWARDED = "forwarded"
    UNDER_REVIEW = "under_review"
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    FEEDBACK_GIVEN = "feedback_given"
    RATED = "rated"


class GrantState(Enum):
    """A permission to act for another person's vehicle."""

    REQUESTED = "requested"
    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


State = TypeVar(
    "State", RecordState, DecisionState, PaymentStatus, RefundStatus, AppealState, GrantState
)


class IllegalMove(Exception):
    """A state that may not follow another was asked for."""

    def __init__(self, state: Enum, to: Enum) -> None:
        super().__init__(f"{state} cannot become {to}")
        self.state = state
        self.to = to


R, D, P, B = RecordState, DecisionState, PaymentStatus, RefundStatus
A, G = AppealState, GrantState

RECORD: Mapping[RecordState, frozenset[RecordState]] = {
    R.CAPTURED: frozenset({R.REVIEWED}),
    R.REVIEWED: frozenset({R.ENTERED, R.REJECTED}),
    R.REJECTED: frozenset(),
    # Visible on the day of entry: a citizen may act before the notice comes (art. 20).
    R.ENTERED: frozenset({R.NOTIFIED, R.DISPUTED, R.HANDLING, R.ELIMINATED}),
    R.NOTIFIED: frozenset({R.DISPUTED, R.HANDLING, R.ELIMINATED}),
    R.DISPUTED: frozenset({R.NOTIFIED, R.HANDLING, R.ELIMINATED}),
    R.ELIMINATED: frozenset(),
    # Handling that is given up leaves a person who knows; a pleading may end it, too (art. 44).
    R.HANDLING: frozenset({R.DECIDED, R.NOTIFIED, R.DISPUTED, R.ELIMINATED}),
    R.DECIDED: frozenset({R.SETTLED, R.ANNULLED}),
    R.SETTLED: frozenset({R.ANNULLED}),
    # Annulled for the wrong person, the act is handled anew by the right one (order 163, art. 30).
    R.ANNULLED: frozenset({R.NOTIFIED, R.ELIMINATED}),
}

DECISION: Mapping[DecisionState, frozenset[DecisionState]] = {
    D.DRAFT: frozenset({D.CONFIRMED}),
    D.CONFIRMED: frozenset({D.ISSUED}),
    D.ISSUED: frozenset({D.SERVED, D.ANNUL_REQUESTED}),
    D.SERVED: frozenset({D.PAID, D.OVERDUE, D.ANNUL_REQUESTED}),
    D.PAID: frozenset({D.ANNUL_REQUESTED}),
    D.OVERDUE: frozenset({D.PAID, D.ENFORCEMENT, D.ANNUL_REQUESTED}),
    D.ENFORCEMENT: frozenset({D.PAID, D.ANNUL_REQUESTED}),
    # A second approver may say no: the decision is again what it was.
    D.ANNUL_REQUESTED: frozenset(
        {D.ANNULLED, D.ISSUED, D.SERVED, D.PAID, D.OVERDUE, D.ENFORCEMENT}
    ),
    D.ANNULLED: frozenset({D.REFUND_PENDING}),
    D.REFUND_PENDING: frozenset({D.REFUNDED}),
    D.REFUNDED: frozenset(),
}

PAYMENT: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    # A notice can be faster than the answer that the payment was begun.
    P.CREATED: frozenset({P.AWAITING, P.UNKNOWN, P.PAID, P.FAILED, P.CANCELLED, P.EXPIRED}),
    P.AWAITING: frozenset({P.UNKNOWN, P.PAID, P.CANCELLED, P.EXPIRED}),
    P.UNKNOWN: frozenset({P.AWAITING, P.PAID, P.FAILED, P.CANCELLED, P.EXPIRED}),
    P.PAID: frozenset({P.REFUNDING}),
    # Over without money. What still comes lies in suspense, and the payment stays as it ended.
    P.FAILED: frozenset(),
    P.CANCELLED: frozenset(),
    P.EXPIRED: frozenset(),
    # A refund may fail, and then the fine is paid as before.
    P.REFUNDING: frozenset({P.REFUNDED, P.PAID}),
    P.REFUNDED: frozenset(),
}

REFUND: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    B.CREATED: frozenset({B.PROCESSING, B.UNKNOWN, B.SUCCEEDED, B.FAILED, B.ABNORMAL}),
    B.PROCESSING: frozenset({B.UNKNOWN, B.SUCCEEDED, B.FAILED, B.ABNORMAL}),
    B.UNKNOWN: frozenset({B.PROCESSING, B.SUCCEEDED, B.FAILED, B.ABNORMAL}),
    B.SUCCEEDED: frozenset(),
    B.FAILED: frozenset(),
    # People have it paid to another account, or give it up.
    B.ABNORMAL: frozenset({B.SUCCEEDED, B.FAILED}),
}

APPEAL: Mapping[AppealState, frozenset[AppealState]] = {
    # Where the act happened the objection is already in the right hands (art. 5).
    A.SUBMITTED: frozenset({A.FORWARDED, A.UNDER_REVIEW}),
    A.FORWARDED: frozenset({A.UNDER_REVIEW}),
    A.UNDER_REVIEW: frozenset({A.UPHELD, A.DISMISSED}),
    A.UPHELD: frozenset({A.FEEDBACK_GIVEN}),
    A.DISMISSED: frozenset({A.FEEDBACK_GIVEN}),
    A.FEEDBACK_GIVEN: frozenset({A.RATED}),
    A.RATED: frozenset(),
}

GRANT: Mapping[GrantState, frozenset[GrantState]] = {
    G.REQUESTED: frozenset({G.ACTIVE, G.EXPIRED, G.REVOKED}),
    G.ACTIVE: frozenset({G.EXPIRED, G.REVOKED, G.SUSPENDED}),
    G.EXPIRED: frozenset(),
    G.REVOKED: frozenset(),
    G.SUSPENDED: frozenset({G.ACTIVE, G.EXPIRED, G.REVOKED}),
}

ALLOWED: Mapping[type[Enum], Mapping[Any, frozenset[Any]]] = {
    RecordState: RECORD,
    DecisionState: DECISION,
    PaymentStatus: PAYMENT,
    RefundStatus: REFUND,
    AppealState: APPEAL,
    GrantState: GRANT,
}


def can_move(state: State, to: State) -> bool:
    """Whether a state may follow another."""
    return to in ALLOWED[type(state)][state]


def move(state: State, to: State) -> State:
    """
    The new state.

    :raises IllegalMove: if it may not follow
    """
    if not can_move(state, to):
        raise IllegalMove(state, to)
    return to
