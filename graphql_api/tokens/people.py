from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from domain.principals import Citizen, Officer, VerificationLevel, is_document_number
from graphql_api.tokens import base64url
from graphql_api.tokens import claims as read
from graphql_api.tokens.validity import LEEWAY_SECONDS
from runtime.issuers import IssuerKind

# Of the sealed text and the subject it was sealed for: name and identity number. ValueError if it
# does not open.
OpenIdentity = Callable[[str, str], tuple[str, str]]

SEALED_IDENTITY = "sealed_identity"
_LONGEST_SEAL = 1024
_IN_CLEAR = ("name", "id_number")


def principal_of(
    claims: dict[str, Any], kind: IssuerKind, now: datetime, open_identity: OpenIdentity | None
) -> Citizen | Officer:
    """
    Say whom a verified token speaks of.

    :param open_identity: opens the `sealed_identity` of a citizen, if the issuer may seal one
    :raises InvalidToken: if a claim is missing or not what it should be
    """
    match kind:
        case "citizen":
            return _citizen(_unsealed(claims, open_identity), now)
        case "officer":
            return _officer(_unsealed(claims, None), now)


def _unsealed(claims: dict[str, Any], open_identity: OpenIdentity | None) -> dict[str, Any]:
    """Put name and number where a token in clear has them; they are judged there."""
    sealed = read.text(claims, SEALED_IDENTITY, _LONGEST_SEAL)
    if sealed is None:
        return claims
    if open_identity is None or any(claims.get(name) is not None for name in _IN_CLEAR):
        read.refuse()
    try:
        base64url.decode(sealed)
        identity = open_identity(sealed, read.required_text(claims, "sub"))
    except ValueError:
        read.refuse()
    return {**claims, **dict(zip(_IN_CLEAR, identity, strict=True))}


def _citizen(claims: dict[str, Any], now: datetime) -> Citizen:
    verification = _verification(claims)
    identity_number = _identity_number(claims)
    return Citizen(
        issuer=read.required_text(claims, "iss"),
        subject=read.required_text(claims, "sub"),
        name=read.text(claims, "name"),
        # A number that nobody checked is what the person typed: it must open no records.
        identity_number=None if verification is VerificationLevel.NONE else identity_number,
        verification=verification,
        authenticated_at=_authenticated_at(claims, now),
        session_id=read.text(claims, "sid"),
    )


def _officer(claims: dict[str, Any], now: datetime) -> Officer:
    return Officer(
        issuer=read.required_text(claims, "iss"),
        subject=read.required_text(claims, "sub"),
        roles=read.names(claims, "roles"),
        district=read.text(claims, "district"),
        unit=read.text(claims, "unit"),
        authenticated_at=_authenticated_at(claims, now),
        session_id=read.text(claims, "sid"),
    )


def _verification(claims: dict[str, Any]) -> VerificationLevel:
    level = read.text(claims, "acr") or VerificationLevel.NONE
    if level not in set(VerificationLevel):
        read.refuse()
    return VerificationLevel(level)


def _identity_number(claims: dict[str, Any]) -> str | None:
    number = read.text(claims, "id_number")
    if number is None:
        return None
    number = number.upper()
    if not is_document_number(number):
        read.refuse()
    return number


def _authenticated_at(claims: dict[str, Any], now: datetime) -> datetime | None:
    instant = read.instant(claims, "auth_time")
    if instant is None:
        return None
    # A sign-in still to come would count as fresh for ever.
    if instant > now.timestamp() + LEEWAY_SECONDS:
        read.refuse()
    return datetime.fromtimestamp(instant, UTC)
