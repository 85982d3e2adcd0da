"""Receipts for tests."""

from datetime import UTC, datetime
from typing import Any

from domain.money import Money
from domain.platforms import Channel
from domain.receipts import Receipt, ReceiptLine

ISSUER = "urn:clearway"
PAID_AT = datetime(2026, 11, 22, 4, 30, 5, tzinfo=UTC)
CHECK_CHARACTERS = (None, "8", "X")


def receipt(decisions: int = 1, number: str = "CW20261122A7K3M9PQ4T2X") -> Receipt:
    """The first decision has no surcharge and no check character."""
    lines = tuple(
        ReceiptLine(
            f"5001{place:02d}1{10000000 + place}",
            CHECK_CHARACTERS[place % 3],
            Money(20000),
            Money(600 * place),
        )
        for place in range(decisions)
    )
    amount = Money(sum(line.total.fen for line in lines))
    return Receipt(number, PAID_AT, Channel.ALIPAY, amount, lines)


def claims(**changed: Any) -> dict[str, Any]:
    """What a token of the smallest receipt says; None leaves a claim out."""
    said = receipt().claims(ISSUER) | changed
    return {name: value for name, value in said.items() if value is not None}
