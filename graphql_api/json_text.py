"""JSON that leaves no room for two readings of it."""

import re
from typing import Any

import orjson

from domain.failures import BadRequest

MAX_VALUES = 2000
# A string and the colon after it, if it is a name. Possessive: there is nothing to try again.
STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"[ \t\r\n]*+(:?)', re.DOTALL)

# Where a name may end; inside of a string it can look like that, too.
END_OF_NAME = re.compile(rb'"[ \t\r\n]*+:')


def parse_json(text: bytes, name: str) -> Any:
    """
    Parse JSON; `name` is what the message calls it.

    orjson itself refuses bad UTF-8, lone surrogates, NaN, a byte order mark, floats out of range
    and nesting deeper than 1024.

    :raises BadRequest: if it is no JSON, repeats a name within an object, or has too many values
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest("not_json", part=name) from None
    names = _count_names(value)
    # There cannot be fewer ends than names. Mostly there are as many, and none was repeated.
    if len(END_OF_NAME.findall(text)) != names and STRING.findall(text).count(b":") != names:
        raise BadRequest("repeated_name", part=name)
    return value


def _count_names(value: Any) -> int:
    """How many names all objects have together: fewer than in the text if one was repeated."""
    names, values, waiting = 0, 0, [value]
    while waiting:
        one = waiting.pop()
        if type(one) is dict:
            names += len(one)
            waiting.extend(one.values())
        elif type(one) is list:
            waiting.extend(one)
        values += 1
        if values > MAX_VALUES:
            raise BadRequest("too_many_values", limit=str(MAX_VALUES))
    return names
