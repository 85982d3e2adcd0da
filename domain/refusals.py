"""Refusals: a rule said no, and the citizen can act on it. One closed list of codes."""

from dataclasses import dataclass, field
from enum import StrEnum


class RefusalCode(StrEnum):
    """What a rule said no to. The texts are in `domain.texts`."""

    PLATE_INVALID = "PLATE_INVALID"
    PROOF_INVALID = "PROOF_INVALID"
    VEHICLE_NOT_CONFIRMED = "VEHICLE_NOT_CONFIRMED"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    TOO_MANY_VEHICLES = "TOO_MANY_VEHICLES"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason. `detail` picks a more precise text, `values` fill it in."""

    code: RefusalCode
    detail: str | None = None
    values: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A rule said no. The citizen can act on it, so the schema shows it as a result."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals
