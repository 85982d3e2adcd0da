"""Questions to the police register, and what the mirror knows of their answers."""

from __future__ import annotations

from asyncio import Task
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from domain.plates import Plate
from models.mirror import Subject
from models.vault import Vault
from models.violation_rows import plate_of_key


class Question(NamedTuple):
    """Something to ask the register: about a plate, or about a person by identity number."""

    subject: Subject
    key: str
    plate: Plate | None = None
    identity_number: str | None = None

    def __repr__(self) -> str:
        """Neither a plate nor a person: not in a log."""
        return f"Question({self.subject.value})"

    def __hash__(self) -> int:
        """Four questions at most share a key."""
        return hash(self.key)


class EntryState(NamedTuple):
    """
    What the mirror knew of a question when it was read.

    `asked`: the register is being asked, or has been since, on behalf of whoever read this.
    """

    fetched_at: datetime | None = None
    failed_at: datetime | None = None
    asked: Task[EntryState] | None = None


# One object for each plate that is looked at often.
@lru_cache(maxsize=4096)
def about_vehicle(plate_key: str) -> Question:
    """Which vehicle carries this plate?"""
    return Question(Subject.VEHICLE, plate_key, plate=plate_of_key(plate_key))


@lru_cache(maxsize=4096)
def about_violations(plate_key: str) -> Question:
    """Which camera records are there of this plate?"""
    return Question(Subject.VIOLATIONS, plate_key, plate=plate_of_key(plate_key))


def about_licence(vault: Vault, identity_number: str) -> Question:
    """Which driving licence does this person hold?"""
    return _about_person(Subject.LICENCE, vault.digest(identity_number), identity_number)


def about_decisions(vault: Vault, identity_number: str) -> Question:
    """Which penalty decisions name this person as the driver?"""
    return _about_person(Subject.DECISIONS, vault.digest(identity_number), identity_number)


def _about_person(subject: Subject, digest: bytes, identity_number: str) -> Question:
    """A question about a person. The key is the digest of the number, never the number."""
    return Question(subject, digest.hex(), identity_number=identity_number)
