"""The till: what money really moved, to compare with what a client believes."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Moved:
    """
    Money that went from the payer to the merchant, or back.

    :ivar reference: the channel's own number of the trade or the refund
    :ivar payer: the account at the channel
    :ivar at: seconds since 1970, by the sandbox's clock
    """

    kind: Literal["payment", "refund"]
    out_trade_no: str
    reference: str
    fen: int
    payer: str = field(repr=False)
    at: float


@dataclass(slots=True)
class Till:
    """Remembers everything and takes nothing back: a refund is an entry of its own."""

    _moved: list[Moved] = field(default_factory=list)

    def take(self, *, out_trade_no: str, reference: str, fen: int, payer: str, at: float) -> None:
        self._moved.append(Moved("payment", out_trade_no, reference, fen, payer, at))

    def give_back(
        self, *, out_trade_no: str, reference: str, fen: int, payer: str, at: float
    ) -> None:
        self._moved.append(Moved("refund", out_trade_no, reference, fen, payer, at))

    def moved(self) -> tuple[Moved, ...]:
        """In the order in which it moved."""
        return tuple(self._moved)

    def report(self) -> list[dict[str, object]]:
        """In the order in which it moved, and without the payers."""
        return [
            {
                "kind": one.kind,
                "outTradeNo": one.out_trade_no,
                "reference": one.reference,
                "fen": one.fen,
                "at": one.at,
            }
            for one in self._moved
        ]
