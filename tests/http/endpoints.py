"""The endpoint by itself, set up otherwise than the application of a trial does."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx2

from graphql_api.doors import open_verifier
from graphql_api.endpoint import GraphQLEndpoint
from tests.stack import Api, TestClock


@asynccontextmanager
async def endpoint_beside(
    api: Api, clock: TestClock, **changed: Any
) -> AsyncIterator[GraphQLEndpoint]:
    """Another endpoint on the services of a running API; `changed` are its fields."""
    settings = api.settings
    async with open_verifier(settings, api.issuer, clock) as verifier:
        usual: dict[str, Any] = {
            "services": api.running.services,
            "verifier": verifier,
            "public_url": settings.public_url,
            "deadline_seconds": settings.request_deadline_seconds,
            "open_schema": True,
        }
        yield GraphQLEndpoint(**usual | changed)


@asynccontextmanager
async def api_beside(api: Api, clock: TestClock, **changed: Any) -> AsyncIterator[Api]:
    """The same API through another endpoint."""
    async with endpoint_beside(api, clock, **changed) as endpoint:
        transport = httpx2.ASGITransport(app=endpoint)
        async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as http:
            yield replace(api, http=http)
