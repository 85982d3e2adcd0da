"""Evidence pictures: a short-lived signed ticket for one picture, streamed from the register."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from domain.records import EvidenceImage
from domain.times import Clock
from domain.violations import Violation
from gateways.police_records import PoliceRecords
from services.violations import has_pictures

PICTURES = (1, 2, 3)
TICKET_LIFE = timedelta(minutes=5)
SIGNATURE_BYTES = 16


class InvalidTicket(Exception):
    """A ticket that is forged, damaged or past its time."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """The right to fetch one picture until an instant. `token` goes into a URL as it is."""

    index: int
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceService:
    """Hands out tickets and redeems them. No picture is ever stored."""

    police: PoliceRecords
    key: bytes
    clock: Clock

    def tickets(self, violation: Violation) -> list[Ticket]:
        """One ticket for each picture the register can hold of a camera record."""
        if not has_pictures(violation):
            return []
        expires_at = (self.clock() + TICKET_LIFE).replace(microsecond=0)
        return [
            Ticket(index, self._sign([violation.record_number, index, expires_at]), expires_at)
            for index in PICTURES
        ]

    async def redeem(self, token: str) -> EvidenceImage | None:
        """
        The picture behind a ticket; None when the register holds no such picture.

        :raises InvalidTicket: when the ticket is forged, damaged or past its time
        :raises UpstreamUnavailable: when the register does not answer
        """
        record_number, index, expires_at = self._read(token)
        if self.clock() > expires_at:
            raise InvalidTicket("past its time")
        images = await self.police.pictures(record_number)
        return images[index - 1] if index <= len(images) else None

    def _sign(self, claims: list[object]) -> str:
        body = orjson.dumps(claims)
        return base64.urlsafe_b64encode(self._signature(body) + body).decode().rstrip("=")

    def _read(self, token: str) -> tuple[str, int, datetime]:
        try:
            raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        except (binascii.Error, ValueError) as error:
            raise InvalidTicket("damaged") from error
        signature, body = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(body)):
            raise InvalidTicket("forged")
        record_number, index, expires_at = orjson.loads(body)
        return record_number, index, datetime.fromisoformat(expires_at)

    def _signature(self, body: bytes) -> bytes:
        return hmac.digest(self.key, b"clearway evidence v1" + body, hashlib.sha256)[
            :SIGNATURE_BYTES
        ]
