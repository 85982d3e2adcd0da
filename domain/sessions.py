"""Sessions of people who signed in with us, and the refresh tokens that keep them alive."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

# Two taps, or a phone whose answer got lost, show the same token twice: for so long it is no theft.
REUSE_GRACE = timedelta(seconds=10)
GENERATION_BYTES = 4


class SessionEnd(StrEnum):
    """Why a session is over."""

    SIGNED_OUT = "signed_out"
    ENDED_BY_OWNER = "ended_by_owner"  # from another of their sessions
    REUSED = "reused"  # a refresh token was shown again: somebody has a copy
    CROWDED_OUT = "crowded_out"  # the oldest, when there were too many


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """Which session, and how many refresh tokens it had before this one."""

    session_id: UUID
    generation: int


class RefreshTokens:
    """
    Writes and reads refresh tokens.

    A token is its session and generation with a MAC: the database holds nothing that could be
    shown instead of it, and answering a lost answer again gives the very same token.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, token: RefreshToken) -> str:
        """The text a phone keeps."""
        body = token.session_id.bytes + token.generation.to_bytes(GENERATION_BYTES, "big")
        return base64.urlsafe_b64encode(body + self._mac(body)).rstrip(b"=").decode()

    def read(self, text: str) -> RefreshToken | None:
        """What a text stands for; None for everything that we did not write."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        body, mac = raw[: 16 + GENERATION_BYTES], raw[16 + GENERATION_BYTES :]
        if not hmac.compare_digest(mac, self._mac(body)):
            return None
        return RefreshToken(UUID(bytes=body[:16]), int.from_bytes(body[16:], "big"))

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._key, body, hashlib.sha256)
