"""Questions to the police register, and what the mirror knows of their answers."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.plates import Plate
from models.mirror import Subject
from models.vault import Vault


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask the register: about a plate, or about a person by identity number."""

    subject: Subject
    key: str
    plate: Plate | None = None
    identity_number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class EntryState:
    """What the mirror knew of a question when it was read."""

    fetched_at: datetime | None = None
    failed_at: datetime | None = None


def about_vehicle(plate: Plate) -> Question:
    """Which vehicle carries this plate?"""
    return Question(Subject.VEHICLE, plate.key, plate=plate)


def about_violations(plate: Plate) -> Question:
    """Which camera records are there of this plate?"""
    return Question(Subject.VIOLATIONS, plate.key, plate=plate)


def about_licence(vault: Vault, identity_number: str) -> Question:
    """Which driving licence does this person hold? The key is a digest, never the number."""
    key = vault.digest(identity_number).hex()
    return Question(Subject.LICENCE, key, identity_number=identity_number)


def about_decisions(vault: Vault, identity_number: str) -> Question:
    """Which penalty decisions name this person as the driver?"""
    key = vault.digest(identity_number).hex()
    return Question(Subject.DECISIONS, key, identity_number=identity_number)
