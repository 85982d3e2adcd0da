from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey

from graphql_api.tokens import base64url
from graphql_api.tokens.jose_backend import Algorithm, PrivateKey, VerificationKey
from graphql_api.tokens.key_set import keys_of, thumbprint


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of our own: it signs from an instant on, and verifies for as long as it is there."""

    signs_from: datetime
    verifying: VerificationKey
    private: PrivateKey = field(repr=False, compare=False)
    # The public half, as it is published.
    jwk: Mapping[str, str] = field(repr=False, compare=False)

    @classmethod
    def of(cls, private: PrivateKey, signs_from: datetime) -> Self:
        """:raises ValueError: if no careful verifier would accept such a key"""
        public = _public_members(private)
        kid = thumbprint(public)
        jwk = {**public, "kid": kid, "alg": _algorithm(private), "use": "sig"}
        verifying = keys_of([jwk]).get(kid)
        if verifying is None:
            raise ValueError("weak or absurd key")
        return cls(signs_from, verifying, private, jwk)

    @property
    def kid(self) -> str:
        return self.verifying.kid


def signing_at(now: datetime, keys: Sequence[SigningKey]) -> SigningKey:
    """
    Choose the newest of the keys (oldest first) whose instant has come.

    If none has, the clock was set back or is behind that of whoever made the first key: it signs.
    """
    due = [key for key in keys if key.signs_from <= now]
    return due[-1] if due else keys[0]


def _algorithm(key: PrivateKey) -> Algorithm:
    return "ES256" if isinstance(key, EllipticCurvePrivateKey) else "RS256"


def _public_members(key: PrivateKey) -> dict[str, str]:
    if isinstance(key, EllipticCurvePrivateKey):
        return _point(key)
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": _spelled(numbers.n), "e": _spelled(numbers.e)}


def _point(key: EllipticCurvePrivateKey) -> dict[str, str]:
    """:raises ValueError: if it is on another curve than P-256"""
    if not isinstance(key.curve, SECP256R1):
        raise ValueError("ES256 is P-256")
    point = key.public_key().public_numbers()
    x, y = (base64url.encode(axis.to_bytes(32, "big")) for axis in (point.x, point.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _spelled(number: int) -> str:
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
