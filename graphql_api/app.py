"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from domain.times import Clock, utc_now
from graphql_api.doors import open_verifier, own_issuer
from graphql_api.endpoint import GraphQLEndpoint
from graphql_api.evidence import EvidenceDoor
from graphql_api.health import Readiness, livez
from runtime.settings import Settings
from runtime.wiring import open_services

JWKS_HEADERS = {"cache-control": "public, max-age=300"}


def create_app(settings: Settings, database_url: str, *, clock: Clock = utc_now) -> Starlette:
    """
    The API of one process. Everything it needs is opened when the server starts.

    What is open can be reached as `app.state.running`.
    """
    own = own_issuer(settings)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            running = await stack.enter_async_context(
                open_services(settings, database_url, clock=clock)
            )
            verifier = await stack.enter_async_context(open_verifier(settings, own, clock))
            deadline = settings.request_deadline_seconds
            app.state.running = running
            app.state.readyz = Readiness(running.db)
            app.state.evidence = EvidenceDoor(running.services.evidence, deadline)
            app.state.graphql = GraphQLEndpoint(
                running.services, verifier, settings.public_url, deadline
            )
            yield

    async def evidence(request: Request) -> Response:
        response: Response = await request.app.state.evidence(request)
        return response

    async def readyz(request: Request) -> Response:
        response: Response = await request.app.state.readyz(request)
        return response

    async def jwks(_: Request) -> Response:
        return JSONResponse(own.jwks() if own else {"keys": []}, headers=JWKS_HEADERS)

    return Starlette(
        routes=[
            Route("/graphql", _GraphQL()),
            Route("/evidence/{ticket}", evidence, methods=["GET"]),
            Route("/.well-known/jwks.json", jwks, methods=["GET"]),
            Route("/livez", livez, methods=["GET"]),
            Route("/readyz", readyz, methods=["GET"]),
        ],
        lifespan=lifespan,
    )


class _GraphQL:
    """Plain ASGI, past Starlette's Request and Response: this is the hot path."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope["app"].state.graphql(scope, receive, send)
