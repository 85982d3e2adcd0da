"""Who may come in: the trusted issuers of a deployment, and the keys of our own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp

from domain.times import Clock
from graphql_api.tokens import OwnIssuer, TokenLimits, TokenVerifier, TrustedIssuer
from runtime.keys import signing_key_file
from runtime.settings import Settings


def own_issuer(settings: Settings) -> OwnIssuer | None:
    """Our own issuer; only the dev profile signs tokens."""
    return OwnIssuer.load_or_create(signing_key_file(settings)) if settings.is_dev else None


def trusted_issuers(settings: Settings, own: OwnIssuer | None) -> list[TrustedIssuer]:
    """The configured issuers, and in the dev profile our own, for citizens and for officers."""
    trusted = [TrustedIssuer.of(config) for config in settings.issuers]
    if own is not None:
        name = settings.own_issuer
        trusted.append(own.trusted_for(name, settings.citizen_audience, "citizen"))
        trusted.append(own.trusted_for(name, settings.officer_audience, "officer"))
    return trusted


@asynccontextmanager
async def open_verifier(
    settings: Settings, own: OwnIssuer | None, clock: Clock
) -> AsyncIterator[TokenVerifier]:
    """A verifier that keeps the issuers' keys fresh, for as long as the block lasts."""
    async with aiohttp.ClientSession(trust_env=False) as http:
        verifier = TokenVerifier(
            trusted_issuers(settings, own),
            clock=clock,
            http=http,
            limits=TokenLimits(max_life=timedelta(seconds=settings.longest_token_life)),
            allow_http_loopback=settings.is_dev,
        )
        await verifier.start()
        try:
            yield verifier
        finally:
            await verifier.close()
