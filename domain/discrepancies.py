"""Discrepancies: where a channel's bill, our books and the register do not say the same."""

from enum import StrEnum


class DiscrepancyKind(StrEnum):
    """What differs. A whole file that cannot be trusted is no discrepancy, but a refused bill."""

    # 1 The channel was paid under a number that is not ours.
    UNKNOWN_PAYMENT = "unknown_payment"
    # 2 The channel was paid, and here the payment has not been settled.
    NOT_SETTLED = "not_settled"
    # 3 Settled here, and not in the bill.
    PAYMENT_MISSING = "payment_missing"
    # 4 In the bill another amount than here.
    AMOUNT_DIFFERS = "amount_differs"
    # 5 Another currency, or another merchant's line.
    MERCHANT_DIFFERS = "merchant_differs"
    # 6 The channel gave money back, and nobody here asked for it.
    UNKNOWN_REFUND = "unknown_refund"
    # 7 Given back here, and not in the bill.
    REFUND_MISSING = "refund_missing"
    # 8 The same payment or refund stands in bills twice.
    DUPLICATE_LINE = "duplicate_line"
    # 9 One fine, paid by two payments.
    PAID_TWICE = "paid_twice"
    # 10 The channel kept another fee than was agreed on.
    FEE_DIFFERS = "fee_differs"
    # 11 In the bill of the day before or after.
    DAY_BOUNDARY = "day_boundary"
    # 13 Paid here, and the register still has it as unpaid.
    REGISTER_UNPAID = "register_unpaid"
    # 14 Paid elsewhere, says the register, while a payment here is open or settled.
    REGISTER_PAID_ELSEWHERE = "register_paid_elsewhere"
    # Money that settles nothing, and that the channel would not give back.
    SURPLUS_HELD = "surplus_held"


class DiscrepancyState(StrEnum):
    """What became of a discrepancy."""

    # People have to see to it.
    OPEN = "open"
    # The next bill, or somebody's answer, decides it; nobody has to do anything yet.
    WAITING = "waiting"
    # It was put right without anybody.
    HEALED = "healed"
    # People have seen to it.
    RESOLVED = "resolved"


class ReconciliationState(StrEnum):
    """How it stands with a day of a channel."""

    # The bill is not there yet, or nobody has looked.
    WAITING = "waiting"
    # The bill cannot be trusted as a whole; nothing of it counts.
    REFUSED = "refused"
    DONE = "done"
