"""Readers of claims: absent or null is None, and anything of the wrong type is refused."""

from typing import Any, NoReturn

from graphql_api.tokens.errors import InvalidToken, Reason

_LONGEST_TEXT = 255
_LATEST_INSTANT = 2**40
_MOST_NAMES = 32
_LONGEST_NAME = 64


def refuse() -> NoReturn:
    raise InvalidToken(Reason.CLAIMS)


def text(claims: dict[str, Any], name: str, longest: int = _LONGEST_TEXT) -> str | None:
    """Read a short, non-empty text without control characters."""
    return None if claims.get(name) is None else _short_text(claims[name], longest)


def required_text(claims: dict[str, Any], name: str) -> str:
    return _short_text(claims.get(name), _LONGEST_TEXT)


def instant(claims: dict[str, Any], name: str) -> float | None:
    """Read seconds since 1970, whole or not."""
    return None if claims.get(name) is None else required_instant(claims, name)


def required_instant(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    # A bool is an int to Python.
    if isinstance(value, bool) or not isinstance(value, int | float):
        refuse()
    if not 0 <= value <= _LATEST_INSTANT:
        refuse()
    return float(value)


def names(claims: dict[str, Any], name: str) -> frozenset[str]:
    """Read a list of short texts; absent is empty."""
    values = claims.get(name, [])
    if not isinstance(values, list) or len(values) > _MOST_NAMES:
        refuse()
    return frozenset(_short_text(value, _LONGEST_NAME) for value in values)


def _short_text(value: object, longest: int) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        refuse()
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in value):
        refuse()
    return value
