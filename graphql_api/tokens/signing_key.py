from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from graphql_api.tokens import base64url
from graphql_api.tokens.jose_backend import VerificationKey
from graphql_api.tokens.key_set import keys_of, thumbprint


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of our own: it signs from an instant on, and verifies for as long as it is there."""

    signs_from: datetime
    verifying: VerificationKey
    private: RSAPrivateKey = field(repr=False, compare=False)
    # The public half, as it is published.
    jwk: Mapping[str, str] = field(repr=False, compare=False)

    @classmethod
    def of(cls, private: RSAPrivateKey, signs_from: datetime) -> Self:
        """:raises ValueError: if no careful verifier would accept such a key"""
        public = _public_members(private)
        kid = thumbprint(public)
        jwk = {**public, "kid": kid, "alg": "RS256", "use": "sig"}
        verifying = keys_of([jwk]).get(kid)
        if verifying is None:
            raise ValueError("weak or absurd RSA key")
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


def _public_members(key: RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": _spelled(numbers.n), "e": _spelled(numbers.e)}


def _spelled(number: int) -> str:
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
