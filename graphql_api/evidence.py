"""GET /evidence/{ticket}: one picture, streamed from the register."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.deadlines import within
from domain.failures import Failure, FailureCode
from domain.texts import failure_message
from graphql_api.errors import error_entry, internal_error
from graphql_api.languages import preferred_language
from services.evidence import EvidenceService, InvalidTicket

HEADERS = {
    "cache-control": "private, no-store",
    "content-disposition": "inline",
    "x-content-type-options": "nosniff",
}


class EvidenceDoor:
    """Redeems tickets. A ticket past its time and a forged one look the same."""

    def __init__(self, evidence: EvidenceService, deadline_seconds: float) -> None:
        self._evidence = evidence
        self._deadline = deadline_seconds

    async def __call__(self, request: Request) -> Response:
        try:
            with within(self._deadline):
                image = await self._evidence.redeem(request.path_params["ticket"])
        except InvalidTicket:
            return _said(403, "Ask for the violation again: this link is no longer good.")
        except Failure as failure:
            # The register's trouble or our own: either passes.
            language = preferred_language(request.headers.get("accept-language"))
            message = failure_message(failure.text_key, language, failure.values)
            return _said(503, message, failure.code, {"retry-after": "5"})
        except Exception as error:
            # Its text may hold personal data, and the server would log it.
            language = preferred_language(request.headers.get("accept-language"))
            internal = {"errors": [internal_error(error, language, "the evidence")]}
            return JSONResponse(internal, status_code=500, headers=HEADERS)
        if image is None:
            return _said(404, "The register holds no such picture.")
        return Response(image.jpeg, media_type="image/jpeg", headers=HEADERS)


def _said(
    status: int,
    message: str,
    code: FailureCode = FailureCode.BAD_REQUEST,
    headers: dict[str, str] | None = None,
) -> Response:
    body = {"errors": [error_entry(message, code)]}
    return JSONResponse(body, status_code=status, headers=HEADERS | (headers or {}))
