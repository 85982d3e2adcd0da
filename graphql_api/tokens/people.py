from datetime import UTC, datetime
from typing import Any

from domain.principals import Citizen, Officer, VerificationLevel, is_document_number
from graphql_api.tokens import claims as read
from graphql_api.tokens.validity import LEEWAY_SECONDS
from runtime.issuers import IssuerKind


def principal_of(claims: dict[str, Any], kind: IssuerKind, now: datetime) -> Citizen | Officer:
    """
    Say whom a verified token speaks of.

    :raises InvalidToken: if a claim is missing or not what it should be
    """
    match kind:
        case "citizen":
            return _citizen(claims, now)
        case "officer":
            return _officer(claims, now)


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
