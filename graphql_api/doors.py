"""Who may come in: the trusted issuers of a deployment, and the keys of our own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp

from domain.times import Clock, utc_now
from graphql_api.tokens import (
    IsRevoked,
    KeyRing,
    OpenIdentity,
    OwnIssuer,
    TokenLimits,
    TokenVerifier,
    TrustedIssuer,
)
from runtime.keys import signing_keys_dir
from runtime.settings import Settings, SettingsProblem


def own_issuer(settings: Settings, clock: Clock = utc_now) -> OwnIssuer | None:
    """
    Our own issuer; None in a production system where nobody signs in with us.

    :raises SettingsProblem: if a key cannot be used, or there is none and this is production
    """
    folder = signing_keys_dir(settings)
    try:
        if settings.is_dev:
            return OwnIssuer.load_or_create(folder, clock=clock)
        if settings.alipay_app_id or settings.wechat_app_id:
            return OwnIssuer(KeyRing(folder), clock=clock)
    except ValueError as error:
        raise SettingsProblem(f"{error}.") from error
    return None


def trusted_issuers(
    settings: Settings, own: OwnIssuer | None, open_identity: OpenIdentity | None = None
) -> list[TrustedIssuer]:
    """The configured issuers, and our own: for citizens, and in trials for officers too."""
    trusted = [TrustedIssuer.of(config) for config in settings.issuers]
    if own is not None:
        name = settings.own_issuer
        citizens = own.trusted_for(name, settings.citizen_audience, "citizen", open_identity)
        trusted.append(citizens)
        if settings.is_dev:
            trusted.append(own.trusted_for(name, settings.officer_audience, "officer"))
    return trusted


@asynccontextmanager
async def open_verifier(
    settings: Settings,
    own: OwnIssuer | None,
    clock: Clock,
    *,
    open_identity: OpenIdentity | None = None,
    is_revoked: IsRevoked | None = None,
) -> AsyncIterator[TokenVerifier]:
    """A verifier that keeps the issuers' keys fresh, for as long as the block lasts."""
    async with aiohttp.ClientSession(trust_env=False) as http:
        verifier = TokenVerifier(
            trusted_issuers(settings, own, open_identity),
            clock=clock,
            http=http,
            limits=TokenLimits(max_life=timedelta(seconds=settings.longest_token_life)),
            allow_http_loopback=settings.is_dev,
            is_revoked=is_revoked,
        )
        await verifier.start()
        try:
            yield verifier
        finally:
            await verifier.close()
