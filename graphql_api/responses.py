"""Answers as bytes: of GraphQL, and what is said beside an HTTP status."""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

import orjson
from graphql import ExecutionResult
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.failures import BadRequest, Failure
from graphql_api.errors import Problem, shown_error, shown_failure, shown_problem
from graphql_api.negotiation import Manner, negotiate, raw_headers

RawHeader = tuple[bytes, bytes]


class Answer(NamedTuple):
    """A complete answer; how long it is is said when it is sent."""

    status: int
    body: bytes
    headers: tuple[RawHeader, ...]

    @property
    def sent_headers(self) -> tuple[RawHeader, ...]:
        """All of them; 204 must not say how long it is (RFC 9110, 8.6)."""
        if self.status == HTTPStatus.NO_CONTENT:
            return self.headers
        return (*self.headers, (b"content-length", b"%d" % len(self.body)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it as plain ASGI; to HEAD without its body (RFC 9110, 9.3.2)."""
        start = {
            "type": "http.response.start",
            "status": self.status,
            "headers": self.sent_headers,
        }
        await send(start)
        body = b"" if scope["method"] == "HEAD" else self.body
        await send({"type": "http.response.body", "body": body})


def executed(result: ExecutionResult, manner: Manner) -> Answer:
    """
    The result of an operation, with its errors first.

    Errors without a path and no data: variables did not fit, and nothing was executed.
    """
    errors = result.errors or ()
    shown = [shown_error(error, manner.language) for error in errors]
    if result.data is None and not any(error.path for error in errors):
        return _not_executed(shown, manner)
    body = {"errors": shown, "data": result.data} if shown else {"data": result.data}
    return _answer(manner, 200, body)


def not_executed(problems: tuple[Problem, ...], manner: Manner) -> Answer:
    """What is wrong with a document that was not executed."""
    return _not_executed([shown_problem(one, manner.language) for one in problems], manner)


def refused(
    status: int, failure: Failure, manner: Manner, headers: Mapping[str, str] | None = None
) -> Answer:
    """A request that was not taken at all, with its status in every media type."""
    wait = failure.retry_after
    waiting = {} if wait is None else {"retry-after": str(math.ceil(wait))}
    return failed(
        status, shown_failure(failure, manner.language), manner, waiting | dict(headers or {})
    )


def failed(
    status: int, entry: dict[str, Any], manner: Manner, headers: Mapping[str, str] | None = None
) -> Answer:
    """One entry of `errors` beside an HTTP status."""
    more = tuple((name.encode(), value.encode()) for name, value in (headers or {}).items())
    return _answer(manner, status, {"errors": [entry]}, more)


def page(answer: Answer) -> Response:
    """The same answer for Starlette's routes."""
    response = Response(status_code=answer.status)
    response.body, response.raw_headers = answer.body, list(answer.sent_headers)
    return response


async def refuse_route(request: Request, error: Exception) -> Response:
    """What Starlette refuses: unknown addresses, and methods that an address does not know."""
    manner = negotiate(raw_headers(request.scope["headers"]))
    if isinstance(error, HTTPException) and error.status_code == 405:
        allowed = ", ".join(sorted((error.headers or {}).get("Allow", "GET").split(", ")))
        failure = BadRequest("method", part=allowed)
        return page(refused(405, failure, manner, {"allow": allowed}))
    return page(refused(404, BadRequest("no_such_address"), manner))


def _not_executed(errors: list[dict[str, Any]], manner: Manner) -> Answer:
    return _answer(manner, 400 if manner.tells_by_status else 200, {"errors": errors})


def _answer(
    manner: Manner, status: int, body: dict[str, Any], more: tuple[RawHeader, ...] = ()
) -> Answer:
    return Answer(status, orjson.dumps(body), manner.headers + more)
