"""Named points at which a process may die: a test kills it at each of them."""

from collections.abc import Callable
from enum import StrEnum


class CrashPoint(StrEnum):
    """Between two steps that no transaction holds together."""

    PAYMENT_CLAIMED = "payment-claimed"
    PAYMENT_BEGUN = "payment-begun"
    PAYMENT_AWAITING = "payment-awaiting"
    NOTICE_VERIFIED = "notice-verified"
    NOTICE_APPLIED = "notice-applied"
    NOTICE_COMMITTED = "notice-committed"
    CHECK_ASKED = "check-asked"
    CLOSE_DONE = "close-done"
    SETTLED = "settled"
    WRITE_BACK_SENT = "write-back-sent"
    REFUND_DECIDED = "refund-decided"
    REFUND_SENDING = "refund-sending"
    REFUND_SENT = "refund-sent"
    REFUND_DONE = "refund-done"
    ACCEPTANCE_CLAIMED = "acceptance-claimed"
    ACCEPTANCE_SENT = "acceptance-sent"
    ACCEPTANCE_DECIDED = "acceptance-decided"


Reached = Callable[[CrashPoint], None]


def go_on(_: CrashPoint) -> None:
    """What happens at every point outside such a test: nothing."""
