"""What the server says instead of the application, in the application's words."""

from asyncio import CancelledError
from collections.abc import Iterable
from functools import lru_cache

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from domain.failures import FailureCode, TryLater
from graphql_api.errors import internal_error
from graphql_api.negotiation import Manner, negotiate, raw_headers
from graphql_api.responses import Answer, RawHeader, failed, refused
from graphql_api.serving.heads import Unacceptable

BUSY_SECONDS = 1
CLOSE = (b"connection", b"close")
MANNERS = 16
REMEMBERED = 64


def busy(headers: list[RawHeader]) -> Answer:
    """503 RETRY_LATER to a request with these headers: nothing was done, later it may work."""
    return _busy(negotiate(raw_headers(headers)))


def instead(headers: list[RawHeader], error: CancelledError | Exception) -> Answer:
    """
    What is said when no answer came of a request with these headers.

    500 INTERNAL, with the reference of a log line that does not tell the error's text.
    """
    if isinstance(error, CancelledError):
        # Only the server cancels us, when its own time is over.
        return busy(headers)
    manner = negotiate(raw_headers(headers))
    return failed(500, internal_error(error, manner.language, "the server"), manner)


def refusal(reason: Unacceptable) -> Answer:
    """What is said to a request that never became one; its language is not known yet."""
    error = {"message": reason.message, "extensions": {"code": FailureCode.BAD_REQUEST.value}}
    body = orjson.dumps({"errors": [error]})
    headers = (
        (b"content-type", b"application/json; charset=utf-8"),
        (b"cache-control", b"no-store"),
        CLOSE,
    )
    return Answer(reason.status, body, headers)


def on_wire(answer: Answer, headers: Iterable[RawHeader], *, is_last: bool) -> bytes:
    """An answer as HTTP/1.1, after more headers: to the byte what uvicorn makes of it."""
    return b"".join(
        (
            STATUS_LINE[answer.status],
            _lines(tuple(headers)),
            _lines(answer.headers),
            b"content-length: %d\r\n" % len(answer.body),
            _lines((CLOSE,)) if is_last and CLOSE not in answer.headers else b"",
            b"\r\n",
            answer.body,
        )
    )


@lru_cache(maxsize=REMEMBERED)
def _lines(headers: tuple[RawHeader, ...]) -> bytes:
    return b"".join(name + b": " + value + b"\r\n" for name, value in headers)


@lru_cache(maxsize=MANNERS)
def _busy(manner: Manner) -> Answer:
    failure = TryLater("retry_later", retry_after=float(BUSY_SECONDS))
    return refused(503, failure, manner, {"retry-after": str(BUSY_SECONDS)})
