"""JSON of platforms: nothing is read in two ways, and no number becomes a float."""

import json
from typing import Any, NoReturn


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands twice")
    return value


def _no_number(_: str) -> NoReturn:
    raise ValueError("not a number")


# A fraction stays the text that it was.
DECODER = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_no_number, parse_float=str)


def read_object(text: str) -> dict[str, Any]:
    """
    Read one JSON object.

    :raises ValueError: for anything else, duplicate names, and depths that nobody sends
    """
    try:
        value = DECODER.decode(text)
    except RecursionError:
        raise ValueError("too deep") from None
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
