"""Doors that redeem a ticket from a link: GET /evidence/{ticket} and GET /receipts/{ticket}."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from domain.deadlines import within
from domain.failures import BadRequest, Failure
from graphql_api.errors import internal_error
from graphql_api.negotiation import Manner, negotiate, raw_headers
from graphql_api.responses import Answer, failed, page, refused

PRIVATE = "private, no-store"
RETRY_SECONDS = "5"


@dataclass(frozen=True, slots=True)
class TicketDoor:
    """
    Redeems tickets. A ticket past its time and a forged one look the same.

    :ivar redeem: the bytes behind a ticket; None if there are none any more
    :ivar invalid: what `redeem` raises for a ticket that is not good
    :ivar shows: what is behind it, for the log
    :ivar absent: what is said if there is nothing behind it
    """

    redeem: Callable[[str], Awaitable[bytes | None]]
    invalid: type[Exception]
    media_type: str
    file_name: str | None
    shows: str
    absent: BadRequest
    deadline_seconds: float

    async def __call__(self, request: Request) -> Response:
        """Answer with what is behind the ticket, or in JSON with the reason why not."""
        manner = negotiate(raw_headers(request.scope["headers"]))
        answer = await self._redeem(request.path_params["ticket"], manner)
        if isinstance(answer, bytes):
            return Response(answer, media_type=self.media_type, headers=self._headers())
        response = page(answer)
        response.headers["cache-control"] = PRIVATE
        return response

    async def _redeem(self, ticket: str, manner: Manner) -> bytes | Answer:
        try:
            with within(self.deadline_seconds):
                found = await self.redeem(ticket)
        except self.invalid:
            return refused(403, BadRequest("old_link"), manner)
        except Failure as failure:
            # An upstream's trouble or our own: either passes.
            known = failure.retry_after is not None
            return refused(503, failure, manner, {} if known else {"retry-after": RETRY_SECONDS})
        except Exception as error:
            # Its text may hold personal data, and the server would log it.
            return failed(500, internal_error(error, manner.language, self.shows), manner)
        return refused(404, self.absent, manner) if found is None else found

    def _headers(self) -> dict[str, str]:
        name = f'; filename="{self.file_name}"' if self.file_name else ""
        return {
            "cache-control": PRIVATE,
            "content-disposition": f"inline{name}",
            "x-content-type-options": "nosniff",
        }
