"""What the server says instead of the application, in the application's words."""

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus

import orjson

from domain.failures import FailureCode, TryLater
from graphql_api.errors import internal_error
from graphql_api.negotiation import Manner, negotiate, raw_headers
from graphql_api.responses import Answer, RawHeader, failed, refused
from graphql_api.serving.heads import Unacceptable

BUSY_SECONDS = 1
MANNERS = 16


def busy(headers: list[RawHeader]) -> Answer:
    """503 RETRY_LATER to a request with these headers: nothing was done, later it may work."""
    return _busy(negotiate(raw_headers(headers)))


def internal(headers: list[RawHeader], error: Exception) -> Answer:
    """500 INTERNAL, with the reference of a log line that does not tell the error's text."""
    manner = negotiate(raw_headers(headers))
    return failed(500, internal_error(error, manner.language, "the server"), manner)


def refusal(reason: Unacceptable) -> Answer:
    """What is said to a request that never became one; its language is not known yet."""
    error = {"message": reason.message, "extensions": {"code": FailureCode.BAD_REQUEST.value}}
    body = orjson.dumps({"errors": [error]})
    headers = (
        (b"content-type", b"application/json; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
    )
    return Answer(reason.status, body, headers)


def on_wire(answer: Answer, headers: Iterable[RawHeader]) -> bytes:
    """An answer as HTTP/1.1, with more headers."""
    status = HTTPStatus(answer.status)
    lines = [
        b"HTTP/1.1 %d %s" % (status, status.phrase.encode()),
        *(name + b": " + value for name, value in headers),
        *(name + b": " + value for name, value in answer.headers),
        b"",
        answer.body,
    ]
    return b"\r\n".join(lines)


@lru_cache(maxsize=MANNERS)
def _busy(manner: Manner) -> Answer:
    failure = TryLater("retry_later", retry_after=float(BUSY_SECONDS))
    return refused(503, failure, manner, {"retry-after": str(BUSY_SECONDS)})
