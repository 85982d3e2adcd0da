"""Tickets: short-lived signed rights to fetch one thing, fit for a URL and without any table."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson

from domain.times import Clock

LIFE = timedelta(minutes=5)
SIGNATURE_BYTES = 16


class InvalidTicket(Exception):
    """A ticket that is forged, damaged or past its time."""


@dataclass(frozen=True, slots=True)
class Tickets:
    """
    Makes tickets and opens them.

    :ivar purpose: what they are good for; those of another purpose are forged
    """

    key: bytes = field(repr=False)
    purpose: str
    clock: Clock

    def make(self, *claims: object) -> tuple[str, datetime]:
        """A ticket, and until when it is good."""
        expires_at = (self.clock() + LIFE).replace(microsecond=0)
        body = orjson.dumps([*claims, expires_at])
        text = base64.urlsafe_b64encode(self._signature(body) + body).decode().rstrip("=")
        return text, expires_at

    def open(self, ticket: str) -> list[Any]:
        """
        What `make` was given.

        :raises InvalidTicket: when the ticket is forged, damaged or past its time
        """
        try:
            raw = base64.urlsafe_b64decode(ticket + "=" * (-len(ticket) % 4))
        except (binascii.Error, ValueError) as error:
            raise InvalidTicket("damaged") from error
        signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(body)):
            raise InvalidTicket("forged")
        claims: list[Any] = orjson.loads(body)
        if self.clock() > datetime.fromisoformat(claims.pop()):
            raise InvalidTicket("past its time")
        return claims

    def _signature(self, body: bytes) -> bytes:
        said = f"clearway {self.purpose} v1".encode() + body
        return hmac.digest(self.key, said, hashlib.sha256)[:SIGNATURE_BYTES]
