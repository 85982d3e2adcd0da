"""GET /evidence/{ticket}: one picture, streamed from the register."""

from domain.failures import BadRequest
from graphql_api.tickets import TicketDoor
from services.evidence import EvidenceService
from services.tickets import InvalidTicket


def evidence_door(evidence: EvidenceService, deadline_seconds: float) -> TicketDoor:
    """The door of the pictures."""

    async def picture(ticket: str) -> bytes | None:
        image = await evidence.redeem(ticket)
        return image.jpeg if image is not None else None

    return TicketDoor(
        picture,
        InvalidTicket,
        "image/jpeg",
        None,
        "the evidence",
        BadRequest("no_picture"),
        deadline_seconds,
    )
