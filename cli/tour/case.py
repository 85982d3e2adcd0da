"""What the steps about handling and paying leave for the steps after them."""

from dataclasses import dataclass, field
from typing import Any

from domain.ledger import Account


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment that was begun, with everything needed to ask for it again."""

    id: str
    number: str
    fen: int
    clearing: Account
    request: dict[str, Any]


@dataclass(slots=True)
class Case:
    """How far the hero has come with a violation and its fine."""

    violation_id: str | None = None
    preview: dict[str, Any] | None = None
    decision_id: str | None = None
    # What the clearing accounts held before anything was paid, in fen.
    cleared_before: dict[Account, int] | None = None
    payments: list[Begun] = field(default_factory=list)
