"""GET /evidence/{ticket}: one picture, streamed from the register."""

from starlette.requests import Request
from starlette.responses import Response

from domain.deadlines import within
from domain.failures import BadRequest, Failure
from graphql_api.errors import internal_error
from graphql_api.negotiation import Manner, negotiate, raw_headers
from graphql_api.responses import Answer, failed, page, refused
from services.evidence import EvidenceService, InvalidTicket

PRIVATE = "private, no-store"
HEADERS = {
    "cache-control": PRIVATE,
    "content-disposition": "inline",
    "x-content-type-options": "nosniff",
}
RETRY_SECONDS = "5"


class EvidenceDoor:
    """Redeems tickets. A ticket past its time and a forged one look the same."""

    def __init__(self, evidence: EvidenceService, deadline_seconds: float) -> None:
        self._evidence = evidence
        self._deadline = deadline_seconds

    async def __call__(self, request: Request) -> Response:
        """Answer with the picture, or in JSON with the reason why not."""
        answer = await self._redeem(
            request.path_params["ticket"], negotiate(raw_headers(request.scope["headers"]))
        )
        if isinstance(answer, bytes):
            return Response(answer, media_type="image/jpeg", headers=HEADERS)
        response = page(answer)
        response.headers["cache-control"] = PRIVATE
        return response

    async def _redeem(self, ticket: str, manner: Manner) -> bytes | Answer:
        try:
            with within(self._deadline):
                image = await self._evidence.redeem(ticket)
        except InvalidTicket:
            return refused(403, BadRequest("old_link"), manner)
        except Failure as failure:
            # The register's trouble or our own: either passes.
            known = failure.retry_after is not None
            return refused(503, failure, manner, {} if known else {"retry-after": RETRY_SECONDS})
        except Exception as error:
            # Its text may hold personal data, and the server would log it.
            return failed(500, internal_error(error, manner.language, "the evidence"), manner)
        if image is None:
            return refused(404, BadRequest("no_picture"), manner)
        return image.jpeg
