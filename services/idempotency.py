"""Idempotency keys: chosen by the client before it sends, so that it can send again."""

import re
from hashlib import sha256

import orjson

from domain.failures import BadRequest

# Printable ASCII without blanks: a UUID, or anything else that a client makes up once.
KEY = re.compile(r"[!-~]{8,255}")


def check_key(key: str) -> str:
    """
    A key as it was given.

    :raises BadRequest: if it could not serve as one
    """
    if not KEY.fullmatch(key):
        raise BadRequest("idempotency_key")
    return key


def request_hash(**given: object) -> bytes:
    """What a request asks for, to tell a repeat from another request under the same key."""
    return sha256(orjson.dumps(given, option=orjson.OPT_SORT_KEYS)).digest()
