from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID, uuid5

# Names are computed anew for every request of a person otherwise.
REMEMBERED = 10_000
# Rows point at people through this: changing it orphans every one of them.
_PEOPLE = UUID("b7f1d6a4-52c3-4f0e-9a68-3d0f5b1c7e29")
_SESSIONS = UUID("5a0c8f0e-6f5e-4c55-8d0b-3d6a3c1b9f42")

LONGEST_ACTOR = 255

# Digits, capitals, Chinese characters (军字第…号), and the dashes and brackets of some documents.
_DOCUMENT_NUMBER = re.compile("[0-9A-Z\u4e00-\u9fff()-]{5,32}")


class VerificationLevel(StrEnum):
    """How well the issuer knows who is holding the phone."""

    NONE = "none"
    BASIC = "basic"
    FACE = "face"

    def meets(self, required: VerificationLevel) -> bool:
        """Compare by strength. `<` and `>` would compare the words, and "none" > "face"."""
        ranks = list(VerificationLevel)
        return ranks.index(self) >= ranks.index(required)


@dataclass(frozen=True, slots=True)
class Citizen:
    """A user of the mini-program. `identity_number` is there only if the issuer verified it."""

    issuer: str
    subject: str
    name: str | None = field(default=None, repr=False)
    identity_number: str | None = field(default=None, repr=False)
    verification: VerificationLevel = VerificationLevel.NONE
    authenticated_at: datetime | None = None
    session_id: str | None = None

    def __post_init__(self) -> None:
        if self.identity_number is not None and self.verification is VerificationLevel.NONE:
            raise ValueError("an unverified citizen has no identity number")

    @property
    def id(self) -> UUID:
        return person_id(self.issuer, self.subject)


@dataclass(frozen=True, slots=True)
class Officer:
    """A traffic police officer at the back-office."""

    issuer: str
    subject: str
    roles: frozenset[str] = frozenset()
    district: str | None = None
    unit: str | None = None
    authenticated_at: datetime | None = None
    session_id: str | None = None

    @property
    def id(self) -> UUID:
        return person_id(self.issuer, self.subject)

    @property
    def actor(self) -> str:
        """Who did something, as rows tell it: stable, at most 255 characters."""
        name = f"{self.issuer}|{self.subject}"
        return name if len(name) <= LONGEST_ACTOR else f"officer {self.id}"


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Somebody who sent no token at all."""


Principal = Citizen | Officer | Anonymous


@lru_cache(maxsize=REMEMBERED)
def person_id(issuer: str, subject: str) -> UUID:
    """Name the person (issuer, subject); neither part may hold a line feed."""
    return uuid5(_PEOPLE, f"{issuer}\n{subject}")


@lru_cache(maxsize=REMEMBERED)
def session_key(issuer: str, session_id: str) -> UUID:
    """Name the session that tokens of an issuer carry as `sid`."""
    return uuid5(_SESSIONS, f"{issuer}\n{session_id}")


def is_document_number(text: str) -> bool:
    """
    Tell whether `text` can be the number of an identity document.

    Residents have 18 characters (GB 11643), foreigners and servicemen others: the register knows
    them all, so what the issuer verified is not judged again by its check character.
    """
    return _DOCUMENT_NUMBER.fullmatch(text) is not None
