"""How a failure looks to a client: a stable code and a message; nothing internal leaks."""

import logging
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError, Node

from domain.failures import (
    BadRequest,
    Failure,
    FailureCode,
    StepUpRequired,
    UpstreamUnavailable,
    where,
)
from domain.texts import Language, failure_message

log = logging.getLogger("clearway.errors")

MAX_DETAIL = 500
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a document: kept with it, and told in each caller's language."""

    failure: Failure
    places: tuple[Place, ...] = ()


def problem_of(error: GraphQLError) -> Problem:
    """A mistake that graphql-core found: in its words, which are English and precise."""
    return Problem(_mistake(error), _places(error))


def problem_at(failure: Failure, node: Node | None) -> Problem:
    """A mistake that we found at a node."""
    return Problem(failure, _starts([node] if node else []))


def shown_problem(problem: Problem, language: Language) -> dict[str, Any]:
    """The entry of `errors` for a problem."""
    return shown_failure(problem.failure, language) | _locations(problem.places)


def shown_error(error: GraphQLError, language: Language) -> dict[str, Any]:
    """One entry of `errors`. A bug becomes INTERNAL with a reference that finds the log line."""
    entry = _entry(error, language) | _locations(_places(error))
    if error.path:
        entry["path"] = list(error.path)
    return entry


def shown_failure(failure: Failure, language: Language) -> dict[str, Any]:
    """
    A failure's text and code; `retryAfter` in seconds where it is known.

    A token that is not good enough is told what a good one has: `acr`, and `maxAge` in seconds.
    """
    if isinstance(failure, UpstreamUnavailable):
        log.warning("upstream unavailable", extra={"reason": failure.reason.value})
    extensions: dict[str, Any] = {"code": failure.code.value}
    if failure.retry_after is not None:
        extensions["retryAfter"] = failure.retry_after
    if isinstance(failure, StepUpRequired) and failure.acr is not None:
        extensions |= {"acr": failure.acr, "maxAge": failure.max_age}
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


def _entry(error: GraphQLError, language: Language) -> dict[str, Any]:
    cause = _cause(error)
    if isinstance(cause, Failure):
        return shown_failure(cause, language)
    # A resolver's value that does not fit its type raises a GraphQLError too, but one that knows
    # of no place in the document: that is a bug. A request error has no path in the answer.
    if isinstance(cause, GraphQLError) and (cause.nodes or error.path is None):
        return shown_failure(_mistake(error), language)
    place = ".".join(str(part) for part in error.path or ())
    return internal_error(cause, language, place or "the request")


def _cause(error: GraphQLError) -> Exception:
    cause: Exception = error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def _mistake(error: GraphQLError) -> BadRequest:
    detail = error.message
    if len(detail) > MAX_DETAIL:
        detail = detail[:MAX_DETAIL] + "…"
    return BadRequest("bad_document", part=detail)


def _places(error: GraphQLError) -> tuple[Place, ...]:
    """Where the nodes begin; only an error of syntax has none, and knows its line itself."""
    if error.nodes:
        return _starts(error.nodes)
    return tuple((place.line, place.column) for place in error.locations or ())


def _starts(nodes: Sequence[Node]) -> tuple[Place, ...]:
    tokens = [node.loc.start_token for node in nodes if node.loc is not None]
    return tuple((token.line, token.column) for token in tokens)


def _locations(places: tuple[Place, ...]) -> dict[str, Any]:
    if not places:
        return {}
    return {"locations": [{"line": line, "column": column} for line, column in places]}
