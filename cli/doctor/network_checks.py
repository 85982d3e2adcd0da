"""Checks of what is elsewhere: the police register, its clock and ours, the issuers' keys."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp

from cli.doctor.finding import Finding
from runtime.issuers import IssuerConfig
from runtime.settings import Settings

SECONDS = 5
# Tokens are refused at 60 seconds; the register stamps what it says with its own time.
TOLERATED_SKEW_SECONDS = 10


async def check_network(settings: Settings) -> list[Finding]:
    """Ask the register for its description, which costs no quota, and the issuers for keys."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=False) as http:
        register = _register(http, settings.police_url)
        issuers = [_issuer(http, issuer) for issuer in settings.issuers]
        found: Sequence[list[Finding]] = await asyncio.gather(register, *issuers)
    return [finding for findings in found for finding in findings]


async def _register(http: aiohttp.ClientSession, url: str) -> list[Finding]:
    name, began = "police register", time.monotonic()
    try:
        async with http.get(f"{url}?wsdl", allow_redirects=False) as response:
            ms = (time.monotonic() - began) * 1000
            date = response.headers.get("Date")
            if response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                mend = "ask its operators; until then the last known records are served"
                return [Finding(name, False, f"{url} answers {response.status}", mend)]
    except (aiohttp.ClientError, TimeoutError) as error:
        mend = "check CLEARWAY_POLICE_URL and the way there, or start clearway dev for a sandbox"
        return [Finding(name, False, f"{url} does not answer ({type(error).__name__})", mend)]
    return [Finding(name, True, f"{url} answers in {ms:.0f} ms"), _clock(date)]


def _clock(date: str | None) -> Finding:
    if date is None:
        return Finding("clock", None, "the police register does not tell its time")
    skew = (datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds()
    found = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the police register"
    # The header has whole seconds.
    if abs(skew) <= TOLERATED_SKEW_SECONDS:
        return Finding("clock", True, f"within {TOLERATED_SKEW_SECONDS} s of the police register")
    return Finding("clock", False, found, "set this machine's clock: timedatectl set-ntp true")


async def _issuer(http: aiohttp.ClientSession, issuer: IssuerConfig) -> list[Finding]:
    name = f"issuer {issuer.issuer}"
    mend = "check jwksUrl in CLEARWAY_ISSUERS and the way there"
    try:
        async with http.get(issuer.jwks_url, allow_redirects=False) as response:
            keys = (await response.json(content_type=None))["keys"]
    except (aiohttp.ClientError, TimeoutError) as error:
        found = f"{issuer.jwks_url} does not answer ({type(error).__name__})"
        return [Finding(name, False, found, mend)]
    except (ValueError, TypeError, KeyError):
        return [Finding(name, False, f"{issuer.jwks_url} answers with something else", mend)]
    if not isinstance(keys, list) or not keys:
        return [Finding(name, False, f"{issuer.jwks_url} holds no key", mend)]
    return [Finding(name, True, f"{len(keys)} keys for {issuer.kind}s")]
