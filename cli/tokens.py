"""Access tokens for trials."""

import re
import secrets
import time
from datetime import timedelta
from typing import Any

from cli.dev_settings import token_signer
from cli.problems import Problem
from runtime.settings import Settings
from sandbox.city import Person

# Of the sandbox city: Yuzhong District and its traffic police.
DISTRICT = "500103"
UNIT = "500103000000"
ROLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
DURATION = re.compile(r"(\d{1,6})([smhd])")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def citizen_token(settings: Settings, person: Person, ttl: timedelta) -> str:
    """A token of somebody whose face was checked."""
    return _sign(
        settings,
        ttl,
        aud=settings.citizen_audience,
        sub=f"citizen-{person.index}",
        name=person.name,
        id_number=person.identity_number,
        acr="face",
    )


def officer_token(settings: Settings, role: str, ttl: timedelta) -> str:
    """
    A token of an officer of one role.

    :raises Problem: if that cannot be the name of a role
    """
    if not ROLE.fullmatch(role):
        raise Problem(
            f"{role!r} cannot be a role: give letters, digits, - and _, such as reviewer."
        )
    return _sign(
        settings,
        ttl,
        aud=settings.officer_audience,
        sub=f"officer-{role}",
        roles=[role],
        district=DISTRICT,
        unit=UNIT,
    )


def longest_life(settings: Settings) -> timedelta:
    """How long a token may live at most."""
    return timedelta(seconds=int(settings.longest_token_life))


def parse_life(text: str, settings: Settings) -> timedelta:
    """
    Read 90s, 15m, 1h or 1d.

    :raises Problem: if it is none of these, or longer than the API accepts
    """
    found = DURATION.fullmatch(text)
    life = timedelta(seconds=int(found[1]) * SECONDS[found[2]]) if found else timedelta()
    if not life:
        raise Problem(f"{text!r} is no length of time: give one such as 90s, 15m, 1h or 1d.")
    if life > longest_life(settings):
        raise Problem(
            f"The API accepts tokens of at most {int(longest_life(settings).total_seconds())} "
            "seconds: give a shorter --ttl, or raise CLEARWAY_TOKEN_MAX_LIFE_SECONDS."
        )
    return life


def _sign(settings: Settings, ttl: timedelta, **claims: Any) -> str:
    times = {"auth_time": int(time.time()), "sid": secrets.token_hex(8)}
    return token_signer(settings).sign({"iss": settings.own_issuer, **claims, **times}, ttl)
