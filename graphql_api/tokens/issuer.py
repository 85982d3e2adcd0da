from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from domain.times import Clock, utc_now
from graphql_api.tokens.jose_backend import sign
from graphql_api.tokens.key_ring import KeyRing
from graphql_api.tokens.key_rotation import make_first_key
from graphql_api.tokens.people import OpenIdentity
from graphql_api.tokens.trusted import TrustedIssuer
from runtime.issuers import IssuerKind


class OwnIssuer:
    """Our own issuer of tokens: of citizens who sign in with us, and in trials of everybody."""

    def __init__(self, ring: KeyRing, *, clock: Clock = utc_now) -> None:
        self._ring = ring
        self._clock = clock

    @classmethod
    def load_or_create(cls, folder: Path, *, clock: Clock = utc_now) -> Self:
        """
        Use the keys of a folder; the first one is made if there is none. Blocks.

        :raises ValueError: if a key in it cannot be used
        """
        make_first_key(folder, clock())
        return cls(KeyRing(folder), clock=clock)

    def sign(self, claims: Mapping[str, Any], ttl: timedelta) -> str:
        """Sign an access token good for `ttl` from now; `claims` bring `iss`, `aud` and `sub`."""
        instant = self._clock()
        now = int(instant.timestamp())
        times = {"iat": now, "nbf": now, "exp": now + int(ttl.total_seconds())}
        key = self._ring.signing(instant)
        return sign({**claims, **times}, key.private, kid=key.kid, token_type="at+jwt")  # noqa: S106

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """Give the public halves, as /.well-known/jwks.json publishes them."""
        # By name: whoever reads a key set with the same key twice may use neither.
        published = {key.kid: {**key.jwk} for key in self._ring.oldest_first()}
        return {"keys": [*published.values()]}

    def trusted_for(
        self,
        issuer: str,
        audience: str,
        kind: IssuerKind,
        open_identity: OpenIdentity | None = None,
    ) -> TrustedIssuer:
        """Trust ourselves, without asking ourselves over HTTP. One audience per kind of people."""
        return TrustedIssuer(
            issuer=issuer,
            audience=audience,
            kind=kind,
            local_keys=self._ring.verifying,
            token_types=frozenset({"at+jwt"}),
            open_identity=open_identity,
        )
