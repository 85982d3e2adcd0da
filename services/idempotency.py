"""Idempotency keys: chosen by the client before it sends, so that it can send again."""

import re

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
