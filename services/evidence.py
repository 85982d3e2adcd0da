"""Evidence pictures: a short-lived signed ticket for one picture, streamed from the register."""

from dataclasses import dataclass
from datetime import datetime

from domain.records import EvidenceImage
from domain.violations import Violation
from gateways.police_records import PoliceRecords
from services.tickets import Tickets
from services.violations import has_pictures

PICTURES = (1, 2, 3)


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
    signed: Tickets

    def tickets(self, violation: Violation) -> list[Ticket]:
        """One ticket for each picture the register can hold of a camera record."""
        if not has_pictures(violation):
            return []
        return [
            Ticket(index, *self.signed.make(violation.record_number, index)) for index in PICTURES
        ]

    async def redeem(self, token: str) -> EvidenceImage | None:
        """
        The picture behind a ticket; None when the register holds no such picture.

        :raises InvalidTicket: when the ticket is forged, damaged or past its time
        :raises UpstreamUnavailable: when the register does not answer
        """
        record_number, index = self.signed.open(token)
        images = await self.police.pictures(record_number)
        return images[index - 1] if index <= len(images) else None
