"""Postings: what each money event does to which account, and what is no posting."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from domain.ledger import (
    CLEARING,
    MOST_FEN,
    RECEIPTS,
    Account,
    Line,
    Posting,
    PostingKind,
    SuspenseReason,
    discrepancy,
    discrepancy_cleared,
    fees,
    refund,
    refund_from_suspense,
    refund_payout,
    reversal,
    settlement,
    suspense,
)
from domain.money import NOTHING, Money
from domain.platforms import Channel

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
FINE, SURCHARGE = Money(20000), Money(1800)


@dataclass(frozen=True, slots=True)
class Case:
    posting: Posting
    kind: PostingKind
    lines: list[tuple[Account, int]]


CASES = [
    Case(
        settlement(Channel.ALIPAY, "a1", principal=FINE, surcharge=SURCHARGE, occurred_at=NOW),
        PostingKind.SETTLEMENT,
        [
            (Account.FINES_RECEIVABLE, 21800),
            (Account.TREASURY_PAYABLE_FINES, -20000),
            (Account.TREASURY_PAYABLE_SURCHARGES, -1800),
            (Account.ALIPAY_CLEARING, 21800),
            (Account.FINES_RECEIVABLE, -21800),
        ],
    ),
    Case(
        settlement(Channel.WECHAT, "a1", principal=FINE, surcharge=NOTHING, occurred_at=NOW),
        PostingKind.SETTLEMENT,
        [
            (Account.FINES_RECEIVABLE, 20000),
            (Account.TREASURY_PAYABLE_FINES, -20000),
            (Account.WECHAT_CLEARING, 20000),
            (Account.FINES_RECEIVABLE, -20000),
        ],
    ),
    *(
        Case(
            suspense(Channel.WECHAT, "a1", amount=FINE, reason=reason, occurred_at=NOW),
            kind,
            [(Account.WECHAT_CLEARING, 20000), (Account.SUSPENSE, -20000)],
        )
        for reason, kind in [
            (SuspenseReason.AFTER_CLOSE, PostingKind.PAID_AFTER_CLOSE),
            (SuspenseReason.SECOND_CHANNEL, PostingKind.PAID_TWICE),
            (SuspenseReason.DECISION_ANNULLED, PostingKind.PAID_THOUGH_ANNULLED),
        ]
    ),
    Case(
        refund("a1", principal=FINE, surcharge=SURCHARGE, decided_at=NOW),
        PostingKind.REFUND,
        [
            (Account.TREASURY_PAYABLE_FINES, 20000),
            (Account.TREASURY_PAYABLE_SURCHARGES, 1800),
            (Account.REFUNDS_PAYABLE, -21800),
        ],
    ),
    Case(
        refund_from_suspense("a1", amount=FINE, decided_at=NOW),
        PostingKind.REFUND_FROM_SUSPENSE,
        [(Account.SUSPENSE, 20000), (Account.REFUNDS_PAYABLE, -20000)],
    ),
    Case(
        refund_payout(Channel.ALIPAY, "a1", amount=FINE, occurred_at=NOW),
        PostingKind.REFUND_PAYOUT,
        [(Account.REFUNDS_PAYABLE, 20000), (Account.ALIPAY_CLEARING, -20000)],
    ),
    Case(
        fees(Channel.WECHAT, "a1", net_fen=120, occurred_at=NOW),
        PostingKind.FEE,
        [(Account.CHANNEL_FEES, 120), (Account.WECHAT_CLEARING, -120)],
    ),
    Case(
        fees(Channel.ALIPAY, "a1", net_fen=-120, occurred_at=NOW),
        PostingKind.FEE,
        [(Account.CHANNEL_FEES, -120), (Account.ALIPAY_CLEARING, 120)],
    ),
    Case(
        reversal(
            refund("a1", principal=FINE, surcharge=SURCHARGE, decided_at=NOW - timedelta(days=1)),
            decided_at=NOW,
        ),
        PostingKind.REFUND_REVERSED,
        [
            (Account.TREASURY_PAYABLE_FINES, -20000),
            (Account.TREASURY_PAYABLE_SURCHARGES, -1800),
            (Account.REFUNDS_PAYABLE, 21800),
        ],
    ),
    Case(
        reversal(refund_from_suspense("a1", amount=FINE, decided_at=NOW), decided_at=NOW),
        PostingKind.REFUND_REVERSED,
        [(Account.SUSPENSE, -20000), (Account.REFUNDS_PAYABLE, 20000)],
    ),
    Case(
        discrepancy(Channel.ALIPAY, "a1", fen=20000, occurred_at=NOW),
        PostingKind.DISCREPANCY,
        [(Account.ALIPAY_CLEARING, 20000), (Account.SUSPENSE, -20000)],
    ),
    Case(
        discrepancy(Channel.WECHAT, "a1", fen=-20000, occurred_at=NOW),
        PostingKind.DISCREPANCY,
        [(Account.WECHAT_CLEARING, -20000), (Account.SUSPENSE, 20000)],
    ),
    Case(
        discrepancy_cleared(Channel.WECHAT, "a1", fen=-20000, occurred_at=NOW),
        PostingKind.DISCREPANCY_CLEARED,
        [(Account.WECHAT_CLEARING, 20000), (Account.SUSPENSE, -20000)],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind.value)
def test_what_is_booked(case: Case) -> None:
    lines = tuple(Line(account, amount) for account, amount in case.lines)

    assert case.posting == Posting(case.kind, "a1", lines, NOW)


def test_there_is_a_posting_of_every_kind_and_an_account_for_every_channel() -> None:
    assert {case.kind for case in CASES} == set(PostingKind)
    assert set(CLEARING) == set(Channel)
    assert len(set(CLEARING.values())) == len(Channel)
    assert {PostingKind(reason.value) for reason in SuspenseReason} == set(RECEIPTS) - {
        PostingKind.SETTLEMENT
    }


@pytest.mark.parametrize("amount", [0, 1.0, True, MOST_FEN + 1, -MOST_FEN - 1])
def test_no_line(amount: int) -> None:
    with pytest.raises(ValueError, match="whole amount of fen other than zero"):
        Line(Account.SUSPENSE, amount)


@pytest.mark.parametrize("amounts", [[], [5], [5, -4], [5, -5, 1], [MOST_FEN, MOST_FEN]])
def test_what_does_not_balance_is_no_posting(amounts: list[int]) -> None:
    lines = tuple(Line(Account.SUSPENSE, amount) for amount in amounts)

    with pytest.raises(ValueError, match="sum to zero"):
        Posting(PostingKind.FEE, "a1", lines, NOW)


@pytest.mark.parametrize("source_ref", ["", "x" * 65])
def test_a_posting_needs_a_reference(source_ref: str) -> None:
    with pytest.raises(ValueError, match="source reference"):
        fees(Channel.ALIPAY, source_ref, net_fen=FINE.fen, occurred_at=NOW)


def test_a_posting_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        fees(Channel.ALIPAY, "a1", net_fen=FINE.fen, occurred_at=NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    "book",
    [
        lambda: settlement(
            Channel.ALIPAY, "a1", principal=FINE, surcharge=Money(-1), occurred_at=NOW
        ),
        lambda: settlement(
            Channel.ALIPAY, "a1", principal=Money(-1), surcharge=FINE, occurred_at=NOW
        ),
        lambda: refund("a1", principal=FINE, surcharge=Money(-1), decided_at=NOW),
        lambda: refund_from_suspense("a1", amount=Money(-1), decided_at=NOW),
        lambda: refund_payout(Channel.ALIPAY, "a1", amount=Money(-1), occurred_at=NOW),
        lambda: fees(Channel.ALIPAY, "a1", net_fen=0, occurred_at=NOW),
        lambda: discrepancy(Channel.ALIPAY, "a1", fen=0, occurred_at=NOW),
        lambda: discrepancy_cleared(Channel.ALIPAY, "a1", fen=0, occurred_at=NOW),
        lambda: settlement(
            Channel.ALIPAY, "a1", principal=NOTHING, surcharge=NOTHING, occurred_at=NOW
        ),
    ],
)
def test_less_than_nothing_and_nothing_are_not_booked(book: Callable[[], Posting]) -> None:
    with pytest.raises(ValueError, match=r"negative|sum to zero|other than zero"):
        book()
