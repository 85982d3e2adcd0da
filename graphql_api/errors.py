"""How a failure looks to a client: a stable code and a message; nothing internal leaks."""

import logging
import secrets
from typing import Any

from graphql import GraphQLError

from domain.failures import Failure, FailureCode, UpstreamUnavailable, where
from domain.texts import Language, failure_message

log = logging.getLogger("clearway.errors")


def shown_error(error: GraphQLError, language: Language) -> dict[str, Any]:
    """One entry of `errors`. A bug becomes INTERNAL with a reference that finds the log line."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    body: dict[str, Any]
    if cause is None:
        body = error_entry(error.message, FailureCode.BAD_REQUEST)
    elif isinstance(cause, Failure):
        body = shown_failure(cause, language)
    else:
        place = ".".join(str(part) for part in error.path or ())
        body = internal_error(cause, language, place or "the request")
    if error.locations:
        body["locations"] = [
            {"line": place.line, "column": place.column} for place in error.locations
        ]
    if error.path:
        body["path"] = list(error.path)
    return body


def error_entry(message: str, code: FailureCode) -> dict[str, Any]:
    """An entry of `errors`, wherever it stands: in a GraphQL answer or beside an HTTP status."""
    return {"message": message, "extensions": {"code": code.value}}


def shown_failure(failure: Failure, language: Language) -> dict[str, Any]:
    """A failure's text and code; `retryAfter` in seconds where it is known."""
    if isinstance(failure, UpstreamUnavailable):
        log.warning("upstream unavailable", extra={"reason": failure.reason.value})
    extensions: dict[str, Any] = {"code": failure.code.value}
    if failure.retry_after is not None:
        extensions["retryAfter"] = failure.retry_after
    message = failure_message(failure.text_key, language, failure.values)
    return {"message": message, "extensions": extensions}


def internal_error(cause: BaseException, language: Language, place: str) -> dict[str, Any]:
    """A bug, or trouble of our own: only its reference is told, which finds the log line."""
    reference = secrets.token_hex(6)
    log.error("internal error %s at %s: %s", reference, place, where(cause))
    return {
        "message": failure_message("internal", language, {"reference": reference}),
        "extensions": {"code": FailureCode.INTERNAL.value, "reference": reference},
    }
