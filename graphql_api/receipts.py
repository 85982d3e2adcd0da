"""GET /receipts/{ticket}: one receipt as PDF."""

from starlette.requests import Request
from starlette.responses import Response

from domain.deadlines import within
from domain.failures import BadRequest, Failure
from graphql_api.errors import internal_error
from graphql_api.negotiation import Manner, negotiate, raw_headers
from graphql_api.responses import Answer, failed, page, refused
from services.receipts import InvalidReceiptTicket, ReceiptService

PRIVATE = "private, no-store"
HEADERS = {
    "cache-control": PRIVATE,
    "content-disposition": 'inline; filename="receipt.pdf"',
    "x-content-type-options": "nosniff",
}
RETRY_SECONDS = "5"


class ReceiptDoor:
    """Redeems tickets. A ticket past its time and a forged one look the same."""

    def __init__(self, receipts: ReceiptService, deadline_seconds: float) -> None:
        self._receipts = receipts
        self._deadline = deadline_seconds

    async def __call__(self, request: Request) -> Response:
        """Answer with the page, or in JSON with the reason why not."""
        answer = await self._redeem(
            request.path_params["ticket"], negotiate(raw_headers(request.scope["headers"]))
        )
        if isinstance(answer, bytes):
            return Response(answer, media_type="application/pdf", headers=HEADERS)
        response = page(answer)
        response.headers["cache-control"] = PRIVATE
        return response

    async def _redeem(self, ticket: str, manner: Manner) -> bytes | Answer:
        try:
            with within(self._deadline):
                return await self._receipts.pdf(ticket)
        except InvalidReceiptTicket:
            return refused(403, BadRequest("old_link"), manner)
        except Failure as failure:
            known = failure.retry_after is not None
            return refused(503, failure, manner, {} if known else {"retry-after": RETRY_SECONDS})
        except Exception as error:
            # Its text may tell what was paid for, and the server would log it.
            return failed(500, internal_error(error, manner.language, "the receipt"), manner)
