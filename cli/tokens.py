"""Access tokens for trials."""

import re
import secrets
import time
from datetime import timedelta
from typing import Any

from cli.dev_settings import token_signer
from cli.durations import parse_duration
from cli.problems import Problem
from runtime.settings import Settings
from sandbox.city import Person

# Of the sandbox city: Yuzhong District and its traffic police.
DISTRICT = "500103"
UNIT = "500103000000"
# An officer of this role is shown to whoever tries things.
OFFICER_ROLE = "reviewer"
ROLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


def citizen_token(settings: Settings, person: Person, ttl: timedelta) -> str:
    """A token of somebody whose face was checked."""
    return _sign(settings, ttl, citizen_claims(settings, person))


def citizen_claims(settings: Settings, person: Person) -> dict[str, Any]:
    """Who a citizen is, as a token says it."""
    return {
        "aud": settings.citizen_audience,
        "sub": f"citizen-{person.index}",
        "name": person.name,
        "id_number": person.identity_number,
        "acr": "face",
    }


def officer_token(settings: Settings, role: str, ttl: timedelta) -> str:
    """
    A token of an officer of one role.

    :raises Problem: if that cannot be the name of a role
    """
    return _sign(settings, ttl, officer_claims(settings, role))


def officer_claims(settings: Settings, role: str) -> dict[str, Any]:
    """
    Who an officer of one role is, as a token says it.

    :raises Problem: if that cannot be the name of a role
    """
    if not ROLE.fullmatch(role):
        raise Problem(
            f"{role!r} cannot be a role: give letters, digits, - and _, such as reviewer."
        )
    return {
        "aud": settings.officer_audience,
        "sub": f"officer-{role}",
        "roles": [role],
        "district": DISTRICT,
        "unit": UNIT,
    }


def longest_life(settings: Settings) -> timedelta:
    """How long a token may live at most."""
    return timedelta(seconds=int(settings.longest_token_life))


def parse_life(text: str, settings: Settings) -> timedelta:
    """
    Read 90s, 15m, 1h or 1d.

    :raises Problem: if it is none of these, nothing, or longer than the API accepts
    """
    life = parse_duration(text)
    if not life:
        raise Problem("A token must live for a while: give a --ttl such as 90s, 15m or 1h.")
    if life > longest_life(settings):
        raise Problem(
            f"The API accepts tokens of at most {int(longest_life(settings).total_seconds())} "
            "seconds: give a shorter --ttl, or raise CLEARWAY_TOKEN_MAX_LIFE_SECONDS."
        )
    return life


def _sign(settings: Settings, ttl: timedelta, claims: dict[str, Any]) -> str:
    times = {"auth_time": int(time.time()), "sid": secrets.token_hex(8)}
    return token_signer(settings).sign({"iss": settings.own_issuer, **claims, **times}, ttl)
