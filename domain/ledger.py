"""
The double-entry ledger: its accounts, and how each money event is booked.

A debit is positive, a credit negative; the lines of a posting sum to zero. What was booked stays: a
mistake is put right by another posting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.money import Money
from domain.platforms import Channel

MOST_FEN = 2**63 - 1
LONGEST_REFERENCE = 64


class Account(StrEnum):
    """The closed list of accounts. Debit balances are ours to get, credit balances to hand on."""

    ALIPAY_CLEARING = "alipay_clearing"
    WECHAT_CLEARING = "wechat_clearing"
    # Debited with what decisions ask for, credited with what came for them.
    FINES_RECEIVABLE = "fines_receivable"
    TREASURY_PAYABLE_FINES = "treasury_payable_fines"
    TREASURY_PAYABLE_SURCHARGES = "treasury_payable_surcharges"
    REFUNDS_PAYABLE = "refunds_payable"
    # Money that came but settles nothing. Its balance equals the open discrepancies.
    SUSPENSE = "suspense"
    # What channels keep for themselves: the fine arrives in full all the same.
    CHANNEL_FEES = "channel_fees"


CLEARING = {
    Channel.ALIPAY: Account.ALIPAY_CLEARING,
    Channel.WECHAT: Account.WECHAT_CLEARING,
}


class PostingKind(StrEnum):
    """What happened. Together with its source reference it happens once."""

    SETTLEMENT = "settlement"
    PAID_AFTER_CLOSE = "paid_after_close"
    PAID_TWICE = "paid_twice"
    PAID_THOUGH_ANNULLED = "paid_though_annulled"
    REFUND = "refund"
    REFUND_FROM_SUSPENSE = "refund_from_suspense"
    REFUND_PAYOUT = "refund_payout"
    # The channel will not pay it out: everything is as before it was decided.
    REFUND_REVERSED = "refund_reversed"
    FEE = "fee"
    # What a bill says and the books do not; and that it has been explained.
    DISCREPANCY = "discrepancy"
    DISCREPANCY_CLEARED = "discrepancy_cleared"


# Kinds that exclude each other: one receipt of money settles or is in suspense, and a refund comes
# from one of two places. A reference occurs once among the kinds of a group.
RECEIPTS = (
    PostingKind.SETTLEMENT,
    PostingKind.PAID_AFTER_CLOSE,
    PostingKind.PAID_TWICE,
    PostingKind.PAID_THOUGH_ANNULLED,
)
REFUNDS = (PostingKind.REFUND, PostingKind.REFUND_FROM_SUSPENSE)


class SuspenseReason(StrEnum):
    """Why money settles nothing."""

    AFTER_CLOSE = PostingKind.PAID_AFTER_CLOSE.value
    SECOND_CHANNEL = PostingKind.PAID_TWICE.value
    DECISION_ANNULLED = PostingKind.PAID_THOUGH_ANNULLED.value


@dataclass(frozen=True, slots=True)
class Line:
    """One account and its amount in fen: a debit is positive, a credit negative."""

    account: Account
    amount: int

    def __post_init__(self) -> None:
        if type(self.amount) is not int or not 0 < abs(self.amount) <= MOST_FEN:
            raise ValueError("a line needs a whole amount of fen other than zero")


@dataclass(frozen=True, slots=True)
class Posting:
    """
    One money event, ready to be booked.

    `source_ref` is our own number of what was moved: of the attempt to pay, or of the refund.
    `occurred_at` is when the money moved, by the channel's clock.

    :raises ValueError: unless there are two lines that sum to zero, a reference and an instant
    """

    kind: PostingKind
    source_ref: str
    lines: tuple[Line, ...]
    occurred_at: datetime

    def __post_init__(self) -> None:
        if len(self.lines) < 2 or sum(line.amount for line in self.lines) != 0:
            raise ValueError("a posting needs at least two lines that sum to zero")
        if not 0 < len(self.source_ref) <= LONGEST_REFERENCE:
            raise ValueError("a posting needs a source reference of at most 64 characters")
        if self.occurred_at.utcoffset() is None:
            raise ValueError("a posting needs an instant with its time zone")


def settlement(
    channel: Channel, attempt: str, *, principal: Money, surcharge: Money, occurred_at: datetime
) -> Posting:
    """Book a fine as paid: the money is at the channel, and the treasury's."""
    paid = Money(principal.fen + surcharge.fen)
    lines = (
        *_debit(Account.FINES_RECEIVABLE, paid),
        *_credit(Account.TREASURY_PAYABLE_FINES, principal),
        *_credit(Account.TREASURY_PAYABLE_SURCHARGES, surcharge),
        *_debit(CLEARING[channel], paid),
        *_credit(Account.FINES_RECEIVABLE, paid),
    )
    return Posting(PostingKind.SETTLEMENT, attempt, lines, occurred_at)


def suspense(
    channel: Channel, attempt: str, *, amount: Money, reason: SuspenseReason, occurred_at: datetime
) -> Posting:
    """Book money that came and settles nothing: whose it is remains to be seen."""
    lines = (*_debit(CLEARING[channel], amount), *_credit(Account.SUSPENSE, amount))
    return Posting(PostingKind(reason.value), attempt, lines, occurred_at)


def refund(
    refund_number: str, *, principal: Money, surcharge: Money, decided_at: datetime
) -> Posting:
    """Owe the citizen what was settled, or a part of it; the treasury gets that much less."""
    lines = (
        *_debit(Account.TREASURY_PAYABLE_FINES, principal),
        *_debit(Account.TREASURY_PAYABLE_SURCHARGES, surcharge),
        *_credit(Account.REFUNDS_PAYABLE, Money(principal.fen + surcharge.fen)),
    )
    return Posting(PostingKind.REFUND, refund_number, lines, decided_at)


def refund_from_suspense(refund_number: str, *, amount: Money, decided_at: datetime) -> Posting:
    """Owe the citizen money that settled nothing."""
    lines = (*_debit(Account.SUSPENSE, amount), *_credit(Account.REFUNDS_PAYABLE, amount))
    return Posting(PostingKind.REFUND_FROM_SUSPENSE, refund_number, lines, decided_at)


def refund_payout(
    channel: Channel, refund_number: str, *, amount: Money, occurred_at: datetime
) -> Posting:
    """Book that the channel has paid a refund out, wherever the money came from."""
    lines = (*_debit(Account.REFUNDS_PAYABLE, amount), *_credit(CLEARING[channel], amount))
    return Posting(PostingKind.REFUND_PAYOUT, refund_number, lines, occurred_at)


def reversal(posting: Posting, *, decided_at: datetime) -> Posting:
    """Take back that money is owed to a citizen: the channel has not paid it out, and will not."""
    lines = tuple(Line(line.account, -line.amount) for line in posting.lines)
    return Posting(PostingKind.REFUND_REVERSED, posting.source_ref, lines, decided_at)


def fees(channel: Channel, bill: str, *, net_fen: int, occurred_at: datetime) -> Posting:
    """
    Book what the channel kept for itself by one bill.

    :param net_fen: less what it gave back with refunds; below zero if that was more, never zero
    """
    lines = (Line(Account.CHANNEL_FEES, net_fen), Line(CLEARING[channel], -net_fen))
    return Posting(PostingKind.FEE, bill, lines, occurred_at)


def discrepancy(channel: Channel, number: str, *, fen: int, occurred_at: datetime) -> Posting:
    """
    Book what a bill says and nobody can explain, so that the clearing account is the channel's.

    :param fen: more than zero for money that came, less for money that should have
    """
    lines = (Line(CLEARING[channel], fen), Line(Account.SUSPENSE, -fen))
    return Posting(PostingKind.DISCREPANCY, number, lines, occurred_at)


def discrepancy_cleared(
    channel: Channel, number: str, *, fen: int, occurred_at: datetime
) -> Posting:
    """Book that a discrepancy has been explained; `fen` as it was booked."""
    lines = (Line(CLEARING[channel], -fen), Line(Account.SUSPENSE, fen))
    return Posting(PostingKind.DISCREPANCY_CLEARED, number, lines, occurred_at)


def _debit(account: Account, amount: Money) -> Iterable[Line]:
    """No line for nothing: most fines have no surcharge."""
    if amount.fen < 0:
        raise ValueError("an amount of money is not negative")
    return (Line(account, amount.fen),) if amount.fen else ()


def _credit(account: Account, amount: Money) -> Iterable[Line]:
    return tuple(Line(line.account, -line.amount) for line in _debit(account, amount))
