"""The HTTP application."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from domain.times import Clock, utc_now
from graphql_api.doors import open_verifier, own_issuer
from graphql_api.endpoint import GraphQLEndpoint
from graphql_api.evidence import evidence_door
from graphql_api.execution_report import metrics
from graphql_api.graphiql import graphiql_routes, redirect_to_graphiql
from graphql_api.health import Readiness, livez
from graphql_api.receipt_keys import receipt_issuer, receipt_tokens
from graphql_api.receipts import receipt_door
from graphql_api.responses import Answer, RawHeader, refuse_route
from graphql_api.webhooks import Webhooks
from runtime.settings import GraphiQLDoor, Settings
from runtime.wiring import open_services
from services.access_tokens import nobody_signs

GRAPHQL = "/graphql"
JWKS_HEADERS = {"cache-control": "public, max-age=60"}


def create_app(settings: Settings, database_url: str, *, clock: Clock = utc_now) -> Starlette:
    """
    The API of one process. Everything it needs is opened when the server starts.

    What is open can be reached as `app.state.running`.
    """
    own = own_issuer(settings, clock)
    sign = own.sign if own is not None else nobody_signs
    receipts = receipt_issuer(settings, clock)
    pages = graphiql_routes(settings, sign, clock=clock)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            running = await stack.enter_async_context(
                open_services(
                    settings, database_url, sign, receipt_tokens(settings, receipts), clock=clock
                )
            )
            verifier = await stack.enter_async_context(
                open_verifier(
                    settings,
                    own,
                    clock,
                    open_identity=running.identities.open,
                    is_revoked=running.revocations.is_revoked,
                )
            )
            deadline = settings.request_deadline_seconds
            app.state.running = running
            app.state.webhooks = Webhooks(running.paying.notices)
            app.state.readyz = Readiness(running.db, police=running.police.calls.breaker)
            app.state.evidence = evidence_door(running.services.evidence, deadline)
            app.state.receipts = receipt_door(running.services.receipts, deadline)
            app.state.shows_graphiql = bool(pages)
            app.state.graphql = GraphQLEndpoint(
                running.services,
                verifier,
                settings.public_url,
                deadline,
                open_schema=settings.graphiql_door is GraphiQLDoor.OPEN,
                compared_share=settings.compare_executions,
            )
            yield

    async def evidence(request: Request) -> Response:
        response: Response = await request.app.state.evidence(request)
        return response

    async def receipt(request: Request) -> Response:
        response: Response = await request.app.state.receipts(request)
        return response

    async def alipay(request: Request) -> Response:
        response: Response = await request.app.state.webhooks.alipay(request)
        return response

    async def wechatpay(request: Request) -> Response:
        response: Response = await request.app.state.webhooks.wechatpay(request)
        return response

    async def readyz(request: Request) -> Response:
        response: Response = await request.app.state.readyz(request)
        return response

    async def jwks(_: Request) -> Response:
        return JSONResponse(own.jwks() if own else {"keys": []}, headers=JWKS_HEADERS)

    async def receipt_jwks(_: Request) -> Response:
        return JSONResponse(receipts.jwks() if receipts else {"keys": []}, headers=JWKS_HEADERS)

    app = Starlette(
        routes=[
            Route(GRAPHQL, _GraphQL()),
            Route("/evidence/{ticket}", evidence, methods=["GET"]),
            Route("/receipts/{ticket}", receipt, methods=["GET"]),
            Route("/webhooks/alipay", alipay, methods=["POST"]),
            Route("/webhooks/wechatpay", wechatpay, methods=["POST"]),
            Route("/.well-known/jwks.json", jwks, methods=["GET"]),
            Route("/.well-known/receipt-keys.json", receipt_jwks, methods=["GET"]),
            Route("/livez", livez, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
            *([Route("/metrics", metrics, methods=["GET"])] if settings.metrics else []),
            *pages,
        ],
        lifespan=lifespan,
        exception_handlers={404: refuse_route, 405: refuse_route},
    )
    # A redirect would be made from the Host header, which is whatever the caller likes.
    app.router.redirect_slashes = False
    return app


class _GraphQL:
    """Plain ASGI, past Starlette's Request and Response: this is the hot path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope["app"].state
        leads = redirect_to_graphiql(scope) if state.shows_graphiql else None
        await (leads or state.graphql)(scope, receive, send)


@dataclass(frozen=True, slots=True)
class Front:
    """The application for a server: /graphql goes straight to its endpoint, past the routes."""

    app: Starlette
    _graphql: _GraphQL = field(default_factory=_GraphQL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or take part in the lifespan."""
        if scope["type"] == "http" and scope["path"] == GRAPHQL:
            scope["app"] = self.app
            await self._graphql(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def answer_post(self, headers: list[RawHeader], body: bytes) -> Awaitable[Answer]:
        """Answer what was posted to /graphql, without ASGI."""
        endpoint: GraphQLEndpoint = self.app.state.graphql
        return endpoint.answer_post(headers, body)
