import json
import math
from typing import Any, NoReturn

_LONGEST_INTEGER = 20


def parse_object(data: bytes, *, max_brackets: int) -> dict[str, Any]:
    """
    Parse a JSON object that leaves no room for two readings of it.

    :raises ValueError: on bad UTF-8, repeated names, numbers that are not finite, lone surrogates,
        or more than `max_brackets` arrays and objects
    """
    text = data.decode("utf-8")
    # As many brackets as that bound the nesting too. Deep nesting is a RecursionError in the
    # parser, whose limit depends on how deep the caller already is.
    if text.count("[") + text.count("{") > max_brackets:
        raise ValueError("too many arrays and objects")
    value = json.loads(
        text,
        object_pairs_hook=_without_repeats,
        parse_constant=_not_a_number,
        parse_float=_finite,
        parse_int=_integer,
    )
    if not isinstance(value, dict):
        raise ValueError("not an object")
    if "\\u" in text:
        # Escapes can spell half a character, which no database or log accepts: fails to encode.
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("repeated name")
    return members


def _not_a_number(_: str) -> NoReturn:
    raise ValueError("not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER:
        raise ValueError("number out of range")
    return int(text)
