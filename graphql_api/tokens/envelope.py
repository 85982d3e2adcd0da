from dataclasses import dataclass
from typing import Any

from graphql_api.tokens import base64url, strict_json
from graphql_api.tokens.errors import InvalidToken, Reason
from runtime.issuers import TokenType

_ALGORITHMS = {"RS256", "ES256"}
_TOKEN_TYPES: dict[str, TokenType] = {
    "at+jwt": "at+jwt",
    "application/at+jwt": "at+jwt",
    "jwt": "JWT",
}
# Each would change how the token has to be read, or bring its own key along.
_FORBIDDEN = {"crit", "b64", "zip", "enc", "jku", "jwk", "x5u", "x5c"}
_ID_TOKEN_CLAIMS = {"nonce", "at_hash", "c_hash"}
_MAX_BRACKETS = 64
_LONGEST_KID = 64


@dataclass(frozen=True, slots=True)
class Envelope:
    """A token that is well formed. Nothing in it has been verified."""

    token: str
    algorithm: str
    kid: str
    token_type: TokenType
    claims: dict[str, Any]


def open_envelope(token: str) -> Envelope:
    """:raises InvalidToken: if `token` is not a compact JWS of the narrow kind we accept"""
    try:
        header_part, claims_part, signature_part = token.split(".")
        base64url.decode(signature_part)
        header = _object(header_part)
        claims = _object(claims_part)
    except (ValueError, RecursionError):
        raise InvalidToken(Reason.MALFORMED) from None
    if not _FORBIDDEN.isdisjoint(header):
        raise InvalidToken(Reason.MALFORMED)
    return Envelope(
        token=token,
        algorithm=_algorithm(header),
        kid=_kid(header),
        token_type=_token_type(header, claims),
        claims=claims,
    )


def _object(part: str) -> dict[str, Any]:
    return strict_json.parse_object(base64url.decode(part), max_brackets=_MAX_BRACKETS)


def _algorithm(header: dict[str, Any]) -> str:
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise InvalidToken(Reason.MALFORMED)
    return algorithm


def _kid(header: dict[str, Any]) -> str:
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID or not kid.isprintable():
        raise InvalidToken(Reason.MALFORMED)
    return kid


def _token_type(header: dict[str, Any], claims: dict[str, Any]) -> TokenType:
    typ = header.get("typ")
    token_type = _TOKEN_TYPES.get(typ.lower()) if isinstance(typ, str) else None
    if token_type is None:
        raise InvalidToken(Reason.TYPE)
    # An ID token says who signed in at the client; it is not meant to be shown to us.
    if token_type == "JWT" and not _ID_TOKEN_CLAIMS.isdisjoint(claims):  # noqa: S105
        raise InvalidToken(Reason.TYPE)
    return token_type
