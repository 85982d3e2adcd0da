"""GET /receipts/{ticket}: one receipt as PDF."""

from domain.failures import BadRequest
from graphql_api.tickets import TicketDoor
from services.receipts import ReceiptService
from services.tickets import InvalidTicket


def receipt_door(receipts: ReceiptService, deadline_seconds: float) -> TicketDoor:
    """The door of the receipts."""
    return TicketDoor(
        receipts.pdf,
        InvalidTicket,
        "application/pdf",
        "receipt.pdf",
        "the receipt",
        BadRequest("old_link"),
        deadline_seconds,
    )
