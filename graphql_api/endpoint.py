"""/graphql: GraphQL over HTTP by POST, GET and HEAD, as an ASGI application and without ASGI."""

import logging
from dataclasses import dataclass, field
from functools import partial
from random import random
from typing import Any

from starlette.types import Receive, Scope, Send

from domain.deadlines import within
from domain.failures import BadRequest, Failure, FailureCode, TryLater, Unauthenticated
from domain.principals import Officer, Principal
from graphql_api.documents import DocumentCache
from graphql_api.errors import Problem, internal_error
from graphql_api.execution_report import report_differences
from graphql_api.negotiation import Manner, RawHeaders, negotiate, raw_headers
from graphql_api.requests import (
    Disconnected,
    GraphQLRequest,
    Rejected,
    check_body_headers,
    read_body,
    read_get,
    read_post,
)
from graphql_api.responses import Answer, RawHeader, executed, failed, not_executed, refused
from graphql_api.tokens import InvalidToken, KeysUnavailable, TokenVerifier
from resolvers.context import Context, Services

log = logging.getLogger("clearway.http")

BODY_SECONDS = 10.0
MAX_COERCION_ERRORS = 5
METHODS = "GET, HEAD, OPTIONS, POST"
SAFE = frozenset({"GET", "HEAD"})
# Of whole requests that fail before they are executed; all else is trouble that passes.
STATUSES = {FailureCode.RATE_LIMITED: 429}
# No browser's page from elsewhere is trusted: nothing about origins is ever said.
OPTIONS = Answer(204, b"", ((b"allow", METHODS.encode()), (b"cache-control", b"no-store")))


@dataclass(frozen=True, slots=True)
class GraphQLEndpoint:
    """Reads a request, says who is calling, executes, and writes the answer."""

    services: Services
    verifier: TokenVerifier
    public_url: str
    deadline_seconds: float
    open_schema: bool
    compared_share: float = 0.0
    body_seconds: float = BODY_SECONDS
    open_documents: DocumentCache = field(default_factory=lambda: DocumentCache(open_schema=True))
    closed_documents: DocumentCache = field(
        default_factory=lambda: DocumentCache(open_schema=False)
    )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, whatever it is."""
        headers = raw_headers(scope["headers"])
        manner = negotiate(headers)
        try:
            answer = await self._answer(scope, receive, headers, manner)
        except Disconnected:
            return
        except Exception as error:
            answer = _answer_to(error, manner)
        await answer(scope, receive, send)

    async def answer_post(self, pairs: list[RawHeader], body: bytes) -> Answer:
        """Answer a POST that is here as a whole: the same, without ASGI."""
        headers = raw_headers(pairs)
        manner = negotiate(headers)
        try:
            principal = await self._sender(headers, manner, has_body=True)
            return await self._execute(read_post(body), principal, manner, safe=False)
        except Exception as error:
            return _answer_to(error, manner)

    async def _answer(
        self, scope: Scope, receive: Receive, headers: RawHeaders, manner: Manner
    ) -> Answer:
        method = scope["method"]
        if method == "OPTIONS":
            return OPTIONS
        if method != "POST" and method not in SAFE:
            raise Rejected(405, BadRequest("method", part="POST, GET"), {"allow": METHODS})
        principal = await self._sender(headers, manner, has_body=method == "POST")
        if method == "POST":
            request = read_post(await read_body(receive, seconds=self.body_seconds))
        else:
            request = read_get(scope["query_string"])
        return await self._execute(request, principal, manner, safe=method in SAFE)

    async def _sender(self, headers: RawHeaders, manner: Manner, *, has_body: bool) -> Principal:
        """Who is calling; all that a head can be refused for is looked at here."""
        if not manner.acceptable:
            raise Rejected(406, BadRequest("not_acceptable"))
        if has_body:
            check_body_headers(headers)
        return await self.verifier.principal(headers.get(b"authorization", ()))

    def _is_compared(self) -> bool:
        return random() < self.compared_share  # noqa: S311 - a sample, no secret

    async def _execute(
        self, request: GraphQLRequest, principal: Principal, manner: Manner, *, safe: bool
    ) -> Answer:
        open_schema = self.open_schema or isinstance(principal, Officer)
        documents = self.open_documents if open_schema else self.closed_documents
        prepared = documents.prepare(request.query)
        if safe and prepared.changes:
            raise Rejected(405, BadRequest("mutation_by_get"), {"allow": "POST"})
        if prepared.executable is None:
            return not_executed(prepared.problems, manner)
        try:
            prepared.find(request.operation_name)
        except BadRequest as unclear:
            return not_executed((Problem(unclear),), manner)
        given: dict[str, Any] = {
            "variables": request.variables,
            "operation_name": request.operation_name,
            "max_coercion_errors": MAX_COERCION_ERRORS,
            "hide_suggestions": not open_schema,
        }
        context = partial(Context, self.services, principal, manner.language, self.public_url)
        with within(self.deadline_seconds):
            if self.compared_share and not prepared.changes and self._is_compared():
                result, places = await prepared.executable.compare(context, **given)
                report_differences(request.query, places)
            else:
                result = await prepared.executable.execute(context=context(), **given)
        return executed(result, manner)


def _answer_to(error: Exception, manner: Manner) -> Answer:
    """What is said to a request that came to nothing."""
    match error:
        case Rejected():
            return refused(error.status, error.failure, manner, error.headers)
        case InvalidToken():
            log.info("token refused", extra={"reason": error.reason.value})
            challenge = {"www-authenticate": 'Bearer error="invalid_token"'}
            return refused(401, Unauthenticated("sign_in"), manner, challenge)
        case KeysUnavailable():
            wait = {"retry-after": str(error.retry_after_seconds)}
            return refused(503, TryLater("retry_later"), manner, wait)
        case Failure():
            return refused(STATUSES.get(error.code, 503), error, manner)
        case _:
            # Its text may hold personal data, and the server would log it.
            return failed(500, internal_error(error, manner.language, "the endpoint"), manner)
