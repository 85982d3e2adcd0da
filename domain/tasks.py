"""What programs cannot decide: why people are needed, and how a task can end."""

import unicodedata
from enum import StrEnum

from domain.refusals import Refusal, RefusalCode, Refused

LONGEST_NOTE = 500


class TaskKind(StrEnum):
    """Why people are needed."""

    PAYMENT_UNKNOWN = "payment_unknown"
    PAYMENT_AMOUNT_DIFFERS = "payment_amount_differs"
    NOTICE_OF_UNKNOWN_NUMBER = "notice_of_unknown_number"
    WRITE_BACK_REFUSED = "write_back_refused"
    WRITE_BACK_UNKNOWN = "write_back_unknown"
    ACCEPTANCE_UNKNOWN = "acceptance_unknown"
    BOOKS_DIFFER = "books_differ"
    REFUND_UNKNOWN = "refund_unknown"
    REFUND_ABNORMAL = "refund_abnormal"
    # Money that is the citizen's could not be given back through the channel.
    REFUND_FAILED = "refund_failed"
    # The merchant's account has not enough.
    REFUND_BALANCE = "refund_balance"
    # The money is the treasury's by now: 非税退付.
    TREASURY_REFUND = "treasury_refund"
    # All was given back, and the register has no way to be told.
    REGISTER_SHOWS_PAID = "register_shows_paid"
    DISCREPANCY = "discrepancy"
    BILL_REFUSED = "bill_refused"
    BILL_MISSING = "bill_missing"


class TaskOutcome(StrEnum):
    """What came of a task. Without one it cannot be closed."""

    # Done here or elsewhere, as the last note says.
    DONE = "done"
    # The other side has put it right.
    CORRECTED_BY_OTHERS = "corrected_by_others"
    # The money went back to the payer in another way.
    GIVEN_BACK = "given_back"
    # It turned out that nothing had to be done.
    NOTHING_TO_DO = "nothing_to_do"


class TaskAction(StrEnum):
    """What happened to a task."""

    OPENED = "opened"
    TAKEN = "taken"
    RELEASED = "released"
    NOTED = "noted"
    CLOSED = "closed"


def parse_note(text: str) -> str:
    """
    What an officer wrote about a task, without blanks around it.

    :raises Refused: TASK_NOTE_INVALID if nothing is left, or more than 500 characters
    """
    kept = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(kept) <= LONGEST_NOTE:
        values = {"limit": str(LONGEST_NOTE)}
        raise Refused(Refusal(RefusalCode.TASK_NOTE_INVALID, values=values))
    return kept
