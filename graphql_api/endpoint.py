"""POST /graphql as a plain ASGI application."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLError
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionResult

from domain.deadlines import within
from domain.failures import FailureCode
from domain.texts import Language, failure_message
from graphql_api.errors import error_entry, internal_error, shown_error
from graphql_api.languages import preferred_language
from graphql_api.schema import schema
from graphql_api.tokens import InvalidToken, KeysUnavailable, TokenVerifier
from resolvers.context import Context, Services

log = logging.getLogger("clearway.http")

MAX_BODY = 64 * 1024
GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
NO_OPERATION = "The document has no such operation."
NO_STORE = {"cache-control": "no-store"}


class Rejected(Exception):
    """The request is no GraphQL request: its status and what is wrong with it."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Reads a request, says who is calling, executes, and writes the answer."""

    services: Services
    verifier: TokenVerifier
    public_url: str
    deadline_seconds: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        language = preferred_language(headers.get("accept-language"))
        media_type = _media_type(headers.get("accept", ""))
        try:
            response = await self._answer(scope, receive, headers, language, media_type)
        except Rejected as rejected:
            response = _error(rejected, media_type)
        except InvalidToken as invalid:
            log.info("token refused", extra={"reason": invalid.reason.value})
            response = _unauthenticated(language, media_type)
        except KeysUnavailable:
            body = _body(failure_message("retry_later", language, {}), FailureCode.RETRY_LATER)
            response = _response(body, media_type, status=503, headers={"retry-after": "5"})
        except Exception as error:
            # Its text may hold personal data, and the server would log it.
            internal = {"errors": [internal_error(error, language, "the endpoint")]}
            response = _response(internal, media_type, status=500)
        await response(scope, receive, send)

    async def _answer(
        self, scope: Scope, receive: Receive, headers: Headers, language: Language, media_type: str
    ) -> Response:
        if scope["method"] != "POST":
            raise Rejected(405, "Send GraphQL requests with POST.", {"allow": "POST"})
        if headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
            raise Rejected(415, "The body must be application/json.")
        values = [value for name, value in scope["headers"] if name == b"authorization"]
        principal = await self.verifier.principal(values)
        request = _parse(await _read(receive))
        context = Context(self.services, principal, language, self.public_url)
        with within(self.deadline_seconds):
            result = await _execute(request, context)
        return _result(result, language, media_type)


async def _execute(request: dict[str, Any], context: Context) -> ExecutionResult:
    try:
        result = await schema.execute(
            request["query"],
            variable_values=request.get("variables"),
            context_value=context,
            operation_name=request.get("operationName"),
        )
    except CannotGetOperationTypeError:
        return ExecutionResult(data=None, errors=[GraphQLError(NO_OPERATION)])
    assert isinstance(result, ExecutionResult)  # noqa: S101 - no subscriptions here
    return result


def _result(result: ExecutionResult, language: Language, media_type: str) -> Response:
    errors = [shown_error(error, language) for error in result.errors or ()]
    body: dict[str, Any] = {}
    if errors:
        body["errors"] = errors
    # Without a place nothing was executed: the document or its variables were wrong.
    executed = result.data is not None or any(error.path for error in result.errors or ())
    if executed:
        body["data"] = result.data
    refused = not executed and media_type == GRAPHQL_RESPONSE
    return _response(body, media_type, status=400 if refused else 200)


async def _read(receive: Receive) -> bytes:
    chunks, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Rejected(400, "The request ended early.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY:
            raise Rejected(413, f"The body may have {MAX_BODY} bytes at most.")
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def _parse(body: bytes) -> dict[str, Any]:
    try:
        request = orjson.loads(body)
    except (orjson.JSONDecodeError, RecursionError) as error:
        raise Rejected(400, "The body is not JSON.") from error
    if not isinstance(request, dict):
        raise Rejected(400, "The body must be a JSON object with a `query`.")
    if not isinstance(request.get("query"), str) or not request["query"]:
        raise Rejected(400, "`query` must be a string.")
    if not isinstance(request.get("variables"), dict | None):
        raise Rejected(400, "`variables` must be an object.")
    if not isinstance(request.get("operationName"), str | None):
        raise Rejected(400, "`operationName` must be a string.")
    if not isinstance(request.get("extensions"), dict | None):
        raise Rejected(400, "`extensions` must be an object.")
    return request


def _media_type(accept: str) -> str:
    return GRAPHQL_RESPONSE if GRAPHQL_RESPONSE in accept.lower() else JSON


def _error(rejected: Rejected, media_type: str) -> Response:
    body = _body(rejected.message, FailureCode.BAD_REQUEST)
    return _response(body, media_type, status=rejected.status, headers=rejected.headers)


def _unauthenticated(language: Language, media_type: str) -> Response:
    body = _body(failure_message("sign_in", language, {}), FailureCode.UNAUTHENTICATED)
    challenge = {"www-authenticate": 'Bearer error="invalid_token"'}
    return _response(body, media_type, status=401, headers=challenge)


def _body(message: str, code: FailureCode) -> dict[str, Any]:
    return {"errors": [error_entry(message, code)]}


def _response(
    body: dict[str, Any],
    media_type: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    content_type = {"content-type": f"{media_type}; charset=utf-8"}
    return Response(
        orjson.dumps(body),
        status_code=status,
        headers=NO_STORE | content_type | dict(headers or {}),
    )
