"""The parameters of GET: application/x-www-form-urlencoded, read strictly."""

import re
from urllib.parse import unquote_to_bytes

from domain.failures import BadRequest

BROKEN_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")
OURS = frozenset({"query", "operationName", "variables", "extensions"})


def parameters(query_string: bytes) -> dict[str, str]:
    """
    The parameters of a GraphQL request; others are nobody's business.

    :raises BadRequest: if one of them is given twice, or is not percent-encoded UTF-8
    """
    found: dict[str, str] = {}
    for pair in query_string.split(b"&"):
        raw_name, _, raw_value = pair.partition(b"=")
        name = _unquoted(raw_name)
        if name in found:
            raise BadRequest("repeated_parameter", part=name)
        if name in OURS:
            found[name] = _unquoted(raw_value)
    return found


def _unquoted(text: bytes) -> str:
    if BROKEN_PERCENT.search(text):
        raise BadRequest("query_string")
    try:
        return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("query_string") from None
