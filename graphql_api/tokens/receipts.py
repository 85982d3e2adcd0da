"""Tokens of receipts: compact JWS, ES256 and nothing else, good for as long as keys are kept."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from domain.times import Clock, utc_now
from graphql_api.tokens import base64url, strict_json
from graphql_api.tokens.jose_backend import Algorithm, sign, signature_holds
from graphql_api.tokens.key_ring import KeyRing
from graphql_api.tokens.key_rotation import make_first_key
from graphql_api.tokens.key_set import KeySet

ALGORITHM: Algorithm = "ES256"
TOKEN_TYPE = "receipt+jws"  # noqa: S105
# What the largest QR code holds (version 40, level L, ISO/IEC 18004).
MAX_BYTES = 2953
_HEADER = frozenset({"alg", "kid", "typ"})
# Around each decision, around all of them, and around the claims.
_MAX_BRACKETS = 128


class ReceiptIssuer:
    """Signs receipts with the newest key of a folder, and knows those of all its keys again."""

    def __init__(self, ring: KeyRing, *, clock: Clock = utc_now) -> None:
        self._ring = ring
        self._clock = clock

    @classmethod
    def load(cls, folder: Path, *, create: bool, clock: Clock = utc_now) -> Self:
        """
        Use the keys of a folder. Blocks.

        :param create: whether to make the first key if there is none
        :raises ValueError: if a key in it cannot be used, or there is none
        """
        if create:
            make_first_key(folder, clock(), ALGORITHM)
        return cls(KeyRing(folder, ALGORITHM), clock=clock)

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Make a token; of the same claims the same, until another key signs."""
        key = self._ring.signing(self._clock())
        return sign(claims, key.private, kid=key.kid, token_type=TOKEN_TYPE)

    def genuine_claims(self, token: str) -> dict[str, Any] | None:
        """What one of our tokens says; None if it is not genuine."""
        return genuine_claims(token, self._ring.verifying())

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Give the public halves, as /.well-known/receipt-keys.json publishes them."""
        published = {key.kid: {**key.jwk} for key in self._ring.oldest_first()}
        return {"keys": [*published.values()]}


def genuine_claims(token: str, keys: KeySet) -> dict[str, Any] | None:
    """
    Open a token of a receipt; None, whatever the reason, if it is not genuine.

    That the claims are those of a receipt is for the reader to check.
    """
    if len(token) > MAX_BYTES:
        return None
    try:
        header_part, claims_part, signature_part = token.split(".")
        base64url.decode(signature_part)
        header = _object(header_part, max_brackets=1)
        claims = _object(claims_part, max_brackets=_MAX_BRACKETS)
    except (ValueError, RecursionError):
        return None
    # Whatever else a header says would change how the token has to be read, or bring a key along.
    if header.keys() != _HEADER or (header["alg"], header["typ"]) != (ALGORITHM, TOKEN_TYPE):
        return None
    key = keys.get(header["kid"]) if isinstance(header["kid"], str) else None
    if key is None or key.algorithm != ALGORITHM or not signature_holds(token, key):
        return None
    return claims


def _object(part: str, *, max_brackets: int) -> dict[str, Any]:
    return strict_json.parse_object(base64url.decode(part), max_brackets=max_brackets)
