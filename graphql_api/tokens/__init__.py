"""Tokens in, principals out. Nothing outside this package knows what a JWT is."""

from graphql_api.tokens.errors import InvalidToken, KeysUnavailable, Reason
from graphql_api.tokens.issuer import OwnIssuer
from graphql_api.tokens.key_cache import KeyPolicy
from graphql_api.tokens.trusted import TrustedIssuer
from graphql_api.tokens.verifier import TokenLimits, TokenVerifier

__all__ = [
    "InvalidToken",
    "KeyPolicy",
    "KeysUnavailable",
    "OwnIssuer",
    "Reason",
    "TokenLimits",
    "TokenVerifier",
    "TrustedIssuer",
]
