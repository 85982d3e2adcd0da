from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from graphql_api.tokens.claims import refuse, required_instant
from graphql_api.tokens.errors import InvalidToken, Reason

LEEWAY_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Validity:
    """When a token may be used, in seconds since 1970."""

    issued_at: float
    not_before: float
    expires_at: float

    @classmethod
    def of(cls, claims: dict[str, Any], *, max_life: timedelta) -> Self:
        """:raises InvalidToken: if a claim is missing or the token is made to last too long"""
        validity = cls(
            issued_at=required_instant(claims, "iat"),
            not_before=required_instant(claims, "nbf"),
            expires_at=required_instant(claims, "exp"),
        )
        if not 0 < validity.expires_at - validity.issued_at <= max_life.total_seconds():
            refuse()
        return validity

    def check(self, now: datetime) -> None:
        """:raises InvalidToken: unless the token may be used now, give or take the leeway"""
        seconds = now.timestamp()
        if seconds >= self.expires_at + LEEWAY_SECONDS:
            raise InvalidToken(Reason.EXPIRED)
        if max(self.issued_at, self.not_before) > seconds + LEEWAY_SECONDS:
            raise InvalidToken(Reason.NOT_YET_VALID)
