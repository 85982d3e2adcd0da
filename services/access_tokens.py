"""What our own access tokens say."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag

from domain.principals import Citizen, Officer, VerificationLevel, session_key
from domain.times import Clock
from models.vault import Vault

Sign = Callable[[Mapping[str, Any], timedelta], str]


def nobody_signs(claims: Mapping[str, Any], ttl: timedelta) -> str:
    """
    Stand in for our own issuer where there is none.

    :raises RuntimeError: always: without a platform to sign in with, nobody can ask for a token
    """
    raise RuntimeError("tokens are signed by the issuers of this deployment only")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody really is, as a platform verified it."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A token and the instant until which it is good."""

    text: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session that we opened, and whose it is."""

    id: UUID
    citizen_id: UUID


class AccessTokens:
    """
    Issues access tokens for sessions.

    Name and identity number travel sealed: phones, proxies and logs see nothing of them.
    """

    def __init__(
        self,
        sign: Sign,
        vault: Vault,
        clock: Clock,
        *,
        issuer: str,
        audience: str,
        life: timedelta,
        new_id: Callable[[], UUID],
    ) -> None:
        self._sign = sign
        self._vault = vault
        self._clock = clock
        self._issuer = issuer
        self._audience = audience
        self._new_id = new_id
        self.life = life

    def citizen(
        self,
        citizen_id: UUID,
        session_id: UUID,
        identity: Identity | None,
        verification: VerificationLevel,
        authenticated_at: datetime,
    ) -> Citizen:
        """The principal that a token of this session stands for."""
        return Citizen(
            issuer=self._issuer,
            subject=citizen_id.hex,
            name=identity.name if identity else None,
            identity_number=identity.number if identity else None,
            verification=verification,
            authenticated_at=authenticated_at,
            session_id=session_id.hex,
        )

    def session_of(self, principal: Citizen | Officer) -> OwnSession | None:
        """The session that one of our own tokens belongs to; None for other issuers' tokens."""
        if principal.issuer != self._issuer or principal.session_id is None:
            return None
        try:
            return OwnSession(UUID(principal.session_id), UUID(principal.subject))
        except ValueError:
            # Ours, but of no session: made by hand for a trial.
            return None

    def session_key(self, session_id: UUID) -> UUID:
        """What a revocation of one of our sessions is filed under."""
        return session_key(self._issuer, session_id.hex)

    def issue(self, citizen: Citizen) -> IssuedToken:
        """A token for a citizen of ours, good from now."""
        claims: dict[str, Any] = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": citizen.subject,
            "sid": citizen.session_id,
            "jti": self._new_id().hex,
            "acr": citizen.verification.value,
        }
        if citizen.authenticated_at is not None:
            claims["auth_time"] = int(citizen.authenticated_at.timestamp())
        if citizen.identity_number is not None:
            claims["sealed_identity"] = self._seal(citizen)
        return IssuedToken(self._sign(claims, self.life), self._clock() + self.life)

    def _seal(self, citizen: Citizen) -> str:
        values = {"name": citizen.name, "identity_number": citizen.identity_number}
        sealed = self._vault.seal(values, belongs_to=_belongs_to(citizen.subject))
        return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


@dataclass(frozen=True, slots=True)
class SealedIdentities:
    """Opens what `AccessTokens` sealed."""

    vault: Vault

    def open(self, sealed: str, subject: str) -> tuple[str, str]:
        """
        Name and identity number of the subject.

        :raises ValueError: if it was not sealed by us, or for somebody else
        """
        try:
            raw = base64.b64decode(sealed + "=" * (-len(sealed) % 4), altchars=b"-_", validate=True)
            values = self.vault.open(raw, belongs_to=_belongs_to(subject))
        except (binascii.Error, InvalidTag, ValueError):
            raise ValueError("not sealed by us") from None
        name, number = values.get("name"), values.get("identity_number")
        if name is None or number is None:
            raise ValueError("not sealed by us")
        return name, number


def _belongs_to(subject: str) -> str:
    return f"access token of {subject}"
