"""Tokens in, principals out. Nothing outside this package knows what a JWT is."""

from graphql_api.tokens.errors import InvalidToken, KeysUnavailable, Reason
from graphql_api.tokens.issuer import OwnIssuer
from graphql_api.tokens.key_cache import KeyPolicy
from graphql_api.tokens.key_ring import KeyRing
from graphql_api.tokens.people import OpenIdentity
from graphql_api.tokens.trusted import TrustedIssuer
from graphql_api.tokens.verifier import IsRevoked, TokenLimits, TokenVerifier

__all__ = [
    "InvalidToken",
    "IsRevoked",
    "KeyPolicy",
    "KeyRing",
    "KeysUnavailable",
    "OpenIdentity",
    "OwnIssuer",
    "Reason",
    "TokenLimits",
    "TokenVerifier",
    "TrustedIssuer",
]
