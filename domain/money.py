"""Money in fen, the hundredth part of a yuan. Never a float."""

import re
from dataclasses import dataclass

YUAN_TEXT = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount of renminbi in integer fen."""

    fen: int

    @classmethod
    def of_yuan_text(cls, text: str) -> "Money":
        """
        Read an amount as the police write it: yuan, with at most two decimals.

        :raises ValueError: if the text is anything else
        """
        match = YUAN_TEXT.fullmatch(text)
        if match is None:
            raise ValueError("not an amount in yuan")
        whole, cents = match.groups(default="")
        return cls(int(whole) * 100 + int(cents.ljust(2, "0") or 0))

    @property
    def yuan(self) -> str:
        """The amount in yuan as a decimal string, for example "200.00" or "-0.05"."""
        whole, cents = divmod(abs(self.fen), 100)
        return f"{'-' if self.fen < 0 else ''}{whole}.{cents:02d}"


NOTHING = Money(0)
