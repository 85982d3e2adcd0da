from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from graphql_api.tokens import base64url
from graphql_api.tokens.jose_backend import sign
from graphql_api.tokens.key_file import load_or_create_key
from graphql_api.tokens.key_set import keys_of, thumbprint
from graphql_api.tokens.trusted import TrustedIssuer
from runtime.issuers import IssuerKind


def _utc_now() -> datetime:
    return datetime.now(UTC)


class OwnIssuer:
    """Our own issuer of tokens, for profiles that have no other."""

    def __init__(self, key: RSAPrivateKey, *, clock: Callable[[], datetime] = _utc_now) -> None:
        self._key = key
        self._clock = clock
        self._public = _public_members(key)
        self._kid = thumbprint(self._public)

    @classmethod
    def load_or_create(cls, key_file: Path, *, clock: Callable[[], datetime] = _utc_now) -> Self:
        """Use the key of `key_file`, which is made (mode 0600) if there is none. Blocks."""
        return cls(load_or_create_key(key_file), clock=clock)

    def sign(self, claims: Mapping[str, Any], ttl: timedelta) -> str:
        """Sign an access token good for `ttl` from now; `claims` bring `iss`, `aud` and `sub`."""
        now = int(self._clock().timestamp())
        times = {"iat": now, "nbf": now, "exp": now + int(ttl.total_seconds())}
        return sign({**claims, **times}, self._key, kid=self._kid, token_type="at+jwt")  # noqa: S106

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Give the public half, as /.well-known/jwks.json publishes it."""
        return {"keys": [{**self._public, "kid": self._kid, "alg": "RS256", "use": "sig"}]}

    def trusted_for(self, issuer: str, audience: str, kind: IssuerKind) -> TrustedIssuer:
        """Trust ourselves, without asking ourselves over HTTP. One audience per kind of people."""
        return TrustedIssuer(
            issuer=issuer,
            audience=audience,
            kind=kind,
            static_keys=keys_of([*self.jwks()["keys"]]),
            token_types=frozenset({"at+jwt"}),
        )


def _public_members(key: RSAPrivateKey) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": _spelled(numbers.n), "e": _spelled(numbers.e)}


def _spelled(number: int) -> str:
    return base64url.encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))
