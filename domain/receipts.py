"""
Receipts: what a payment that was paid proves, and the claims of the token that says so.

The claims of a token, with nothing personal among them:

| name  | what it says                                                                   |
| ----- | ------------------------------------------------------------------------------ |
| `iss` | who issued it                                                                  |
| `num` | the number of the receipt, which is that of the payment                        |
| `amt` | what was paid, in fen                                                          |
| `cur` | `CNY`                                                                          |
| `at`  | when it was paid, in whole seconds since 1970                                  |
| `ch`  | the channel: `alipay` or `wechat`                                              |
| `dec` | for each decision `[number, principal, surcharge]`: the number with its check |
|       | character where it is known, the amounts in fen; together they are `amt`      |
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from domain.money import NOTHING, Money
from domain.payments import PaymentStatus
from domain.platforms import Channel

CURRENCY = "CNY"
CLAIMS = frozenset({"iss", "num", "amt", "cur", "at", "ch", "dec"})
LONGEST_TEXT = 255
# What a database can hold, and the last second of the year 9999.
LARGEST_AMOUNT = 2**53
LAST_SECOND = 253_402_300_799

RECEIPTED = frozenset({PaymentStatus.PAID, PaymentStatus.REFUNDING, PaymentStatus.REFUNDED})


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What was paid for one decision."""

    decision_number: str
    check_character: str | None
    principal: Money
    surcharge: Money

    @property
    def number(self) -> str:
        """The decision's number as on paper: with its check character where it is known."""
        return self.decision_number + (self.check_character or "")

    @property
    def total(self) -> Money:
        """Principal and surcharge together."""
        return Money(self.principal.fen + self.surcharge.fen)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof that a payment was made. `number` is the payment's."""

    number: str
    paid_at: datetime
    channel: Channel
    amount: Money
    lines: tuple[ReceiptLine, ...]

    def claims(self, issuer: str) -> dict[str, Any]:
        """What a token of this receipt says."""
        return {
            "iss": issuer,
            "num": self.number,
            "amt": self.amount.fen,
            "cur": CURRENCY,
            "at": int(self.paid_at.timestamp()),
            "ch": self.channel.value,
            "dec": [[line.number, line.principal.fen, line.surcharge.fen] for line in self.lines],
        }

    @classmethod
    def of_claims(cls, claims: Mapping[str, Any]) -> "Receipt":
        """
        The receipt that a token speaks of; check characters are part of the numbers.

        :raises ValueError: if it says more, less or other than a receipt does
        """
        if claims.keys() != CLAIMS or claims["cur"] != CURRENCY:
            raise ValueError("not the claims of a receipt")
        _text(claims["iss"])
        receipt = cls(
            number=_text(claims["num"]),
            paid_at=datetime.fromtimestamp(_whole(claims["at"], 0, LAST_SECOND), UTC),
            channel=Channel(_text(claims["ch"])),
            amount=Money(_whole(claims["amt"], 1)),
            lines=tuple(_line(one) for one in _list(claims["dec"])),
        )
        if sum(line.total.fen for line in receipt.lines) != receipt.amount.fen:
            raise ValueError("the parts are not the whole")
        return receipt

    def agrees_with(self, other: "Receipt") -> bool:
        """Whether both are about the same number, the same decisions and the same amounts."""
        return self._said() == other._said()

    def _said(self) -> tuple[object, ...]:
        parts = [(line.number, line.principal, line.surcharge) for line in self.lines]
        return self.number, self.amount, parts


class ReceiptStatus(StrEnum):
    """What a receipt is worth now."""

    VALID = "valid"
    # The money was given back, or is on its way.
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    ANNULLED = "annulled"
    NOT_GENUINE = "not_genuine"
    # Genuine, but we know no such payment.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verification:
    """
    What we say of a token.

    :ivar receipt: what the token says, if it is genuine
    :ivar annulled: for each line, whether its decision was annulled; None where we do not know
    """

    status: ReceiptStatus
    receipt: Receipt | None = None
    annulled: tuple[bool | None, ...] = ()


NOT_GENUINE = Verification(ReceiptStatus.NOT_GENUINE)


def standing(
    paid: Sequence[Money], back: Sequence[Money], annulled: Sequence[bool | None]
) -> ReceiptStatus:
    """
    What the receipt of a payment is worth, by what became of each of its decisions.

    :param paid: for each decision, what was paid
    :param back: for each decision, what has gone back of it, or is on its way
    """
    if all(one == all_of_it for one, all_of_it in zip(back, paid, strict=True)):
        return ReceiptStatus.REFUNDED
    if any(one != NOTHING for one in back):
        return ReceiptStatus.PARTLY_REFUNDED
    return ReceiptStatus.ANNULLED if any(annulled) else ReceiptStatus.VALID


def _line(value: object) -> ReceiptLine:
    parts = _list(value)
    if len(parts) != 3:
        raise ValueError("not a decision with two amounts")
    number, principal, surcharge = parts
    return ReceiptLine(_text(number), None, Money(_whole(principal, 1)), Money(_whole(surcharge)))


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list) or not value:
        raise ValueError("not a list of something")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise ValueError("not a short text")
    if not value.isprintable():
        raise ValueError("not a text to be shown")
    return value


def _whole(value: object, least: int = 0, most: int = LARGEST_AMOUNT) -> int:
    # A bool is an int to Python.
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError("not a number in its bounds")
    return value
