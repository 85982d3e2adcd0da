import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import aiohttp

from domain.principals import Anonymous, Citizen, Officer, Principal
from graphql_api.tokens.bearer import bearer_token
from graphql_api.tokens.envelope import open_envelope
from graphql_api.tokens.errors import InvalidToken, KeysUnavailable, Reason
from graphql_api.tokens.jose_backend import signature_holds
from graphql_api.tokens.key_cache import IssuerKeys, KeyPolicy, LocalKeys, RemoteKeys
from graphql_api.tokens.key_fetch import check_jwks_url, fetch_key_set
from graphql_api.tokens.people import principal_of
from graphql_api.tokens.trusted import TrustedIssuer, match_issuer
from graphql_api.tokens.validity import Validity
from graphql_api.tokens.verified_tokens import VerifiedToken, VerifiedTokens
from runtime.issuers import refuse_repeats

log = logging.getLogger(__name__)

# Of whoever shows a token, and when it was issued (`iat`, seconds since 1970).
IsRevoked = Callable[[Citizen | Officer], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """What a token may be at most, and how many verified ones we remember."""

    max_bytes: int = 4096
    max_life: timedelta = timedelta(hours=24)
    remembered: int = 10_000

    def __post_init__(self) -> None:
        if not 0 < self.max_bytes <= 8192:
            raise ValueError("a token may have 8192 bytes at most")


class TokenVerifier:
    """Turns Authorization headers into principals. Belongs to one event loop."""

    def __init__(
        self,
        issuers: Sequence[TrustedIssuer],
        *,
        clock: Callable[[], datetime],
        http: aiohttp.ClientSession | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        limits: TokenLimits = TokenLimits(),
        key_policy: KeyPolicy = KeyPolicy(),
        allow_http_loopback: bool = False,
        is_revoked: IsRevoked | None = None,
    ) -> None:
        """
        :param http: needed for issuers with a `jwks_url`; must have trust_env=False
        :param is_revoked: asked about every token that is good otherwise, on every request
        :raises ValueError: if the issuers contradict each other or could not be fetched safely
        """
        refuse_repeats([(trusted.issuer, trusted.audience) for trusted in issuers])
        self._issuers = tuple(issuers)
        self._clock = clock
        self._limits = limits
        self._is_revoked = is_revoked
        self._remembered = VerifiedTokens(limits.remembered)
        self._remote = _remote_keys(issuers, http, monotonic, key_policy, allow_http_loopback)

    async def start(self) -> None:
        """Fetch the issuers' keys and keep them fresh, in the background; they may be down."""
        for keys in self._remote.values():
            keys.start()

    async def close(self) -> None:
        await asyncio.gather(*(keys.close() for keys in self._remote.values()))

    def forget(self) -> None:
        """Verify every token anew, from now on."""
        self._remembered.clear()

    async def principal(self, authorization_headers: Sequence[bytes]) -> Principal:
        """
        Say who is calling; no header at all is nobody in particular.

        :raises InvalidToken: if the credentials are no good, whatever they are
        :raises KeysUnavailable: if the issuer's keys were never fetched, or too long ago
        :raises TryLater: or whatever else `is_revoked` raises: nobody knows if the token is good
        """
        try:
            token = bearer_token(authorization_headers, max_bytes=self._limits.max_bytes)
            if token is None:
                return Anonymous()
            verified = self._remembered.get(token) or await self._verify(token)
            verified.validity.check(self._clock())
        except (InvalidToken, KeysUnavailable):
            raise
        except Exception as error:
            # Nothing should get here, but what does was brought about by the token: say 401, not
            # 500, and keep what the token says out of the log.
            log.warning("Token refused because of %s", type(error).__name__)
            raise InvalidToken(Reason.MALFORMED) from None
        if self._is_revoked is not None and await self._is_revoked(verified.principal):
            raise InvalidToken(Reason.REVOKED)
        return verified.principal

    async def _verify(self, token: str) -> VerifiedToken:
        envelope = open_envelope(token)
        trusted = match_issuer(self._issuers, envelope.claims)
        if envelope.token_type not in trusted.token_types:
            raise InvalidToken(Reason.TYPE)
        keys = self._keys_of(trusted)
        key = await keys.find(envelope.kid)
        if key is None or key.algorithm != envelope.algorithm:
            raise InvalidToken(Reason.UNKNOWN_KEY)
        if not signature_holds(token, key):
            raise InvalidToken(Reason.SIGNATURE)

        now = self._clock()
        validity = Validity.of(envelope.claims, max_life=self._limits.max_life)
        validity.check(now)
        principal = principal_of(envelope.claims, trusted.kind, now, trusted.open_identity)
        verified = VerifiedToken(principal, validity, key, keys)
        self._remembered.add(token, verified)
        return verified

    def _keys_of(self, trusted: TrustedIssuer) -> IssuerKeys:
        if trusted.jwks_url is not None:
            return self._remote[trusted.jwks_url]
        return LocalKeys(trusted.local_keys or dict)


def _remote_keys(
    issuers: Sequence[TrustedIssuer],
    http: aiohttp.ClientSession | None,
    monotonic: Callable[[], float],
    policy: KeyPolicy,
    allow_http_loopback: bool,
) -> dict[str, RemoteKeys]:
    """Make one cache per address, so that an issuer listed twice is asked once."""
    remote: dict[str, RemoteKeys] = {}
    for trusted in issuers:
        url = trusted.jwks_url
        if url is None:
            continue
        check_jwks_url(url, allow_http_loopback=allow_http_loopback)
        if http is None or http.trust_env:
            raise ValueError("fetching keys needs an HTTP session with trust_env=False")
        fetch = partial(fetch_key_set, http, url, seconds=policy.fetch_timeout)
        remote[url] = RemoteKeys(trusted.issuer, fetch, monotonic=monotonic, policy=policy)
    return remote
