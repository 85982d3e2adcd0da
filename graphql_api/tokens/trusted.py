from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from graphql_api.tokens.errors import InvalidToken, Reason
from graphql_api.tokens.key_set import KeySet
from graphql_api.tokens.people import OpenIdentity
from runtime.issuers import IssuerConfig, IssuerKind, TokenType

_MOST_AUDIENCES = 10


@dataclass(frozen=True, slots=True)
class TrustedIssuer:
    """
    An issuer whose tokens for one audience we believe, about one kind of people.

    A token belongs to the entry of its (`iss`, `aud`): list an issuer twice, with two audiences,
    and it may speak for citizens and for officers. Its keys are fetched, or asked of `local_keys`
    every time if they are ours. Only we can seal an identity, so only our entry opens one.
    """

    issuer: str
    audience: str
    kind: IssuerKind
    jwks_url: str | None = None
    local_keys: Callable[[], KeySet] | None = None
    token_types: frozenset[TokenType] = frozenset({"at+jwt", "JWT"})
    open_identity: OpenIdentity | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if (self.jwks_url is None) == (self.local_keys is None):
            raise ValueError(f"issuer {self.issuer!r} needs either a jwksUrl or keys")

    @classmethod
    def of(cls, config: IssuerConfig) -> Self:
        return cls(
            issuer=config.issuer,
            audience=config.audience,
            kind=config.kind,
            jwks_url=config.jwks_url,
            token_types=config.token_types,
        )


def match_issuer(issuers: Iterable[TrustedIssuer], claims: dict[str, Any]) -> TrustedIssuer:
    """
    Choose the one entry that the token says it is for.

    :raises InvalidToken: if there is none, or if it would be for citizens and officers at once
    """
    issuer = claims.get("iss")
    known = [trusted for trusted in issuers if trusted.issuer == issuer]
    if not known:
        raise InvalidToken(Reason.UNKNOWN_ISSUER)
    audiences = _audiences(claims)
    addressed = [trusted for trusted in known if trusted.audience in audiences]
    if len(addressed) != 1:
        raise InvalidToken(Reason.CLAIMS)
    return addressed[0]


def _audiences(claims: dict[str, Any]) -> list[str]:
    audience = claims.get("aud")
    listed = audience if isinstance(audience, list) else [audience]
    audiences = [one for one in listed if isinstance(one, str)]
    if len(listed) > _MOST_AUDIENCES or len(audiences) < len(listed):
        raise InvalidToken(Reason.CLAIMS)
    return audiences
