import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from domain.principals import Principal
from graphql_api.tokens import KeyPolicy, TokenVerifier, TrustedIssuer
from tests.tokens.kit import AUDIENCE, ISSUER, Clock, Signer, claims, header, pack, rs256, rsa_jwk


class JwksServer:
    """An issuer's key endpoint, with a switch for every way it may fail."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [rsa_jwk("k1", "k1")]
        self.answer: Callable[[], web.StreamResponse] | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.asked = asyncio.Event()
        self.hits = 0
        self.evil_hits = 0

    async def jwks(self, _: web.Request) -> web.StreamResponse:
        self.hits += 1
        self.asked.set()
        await self.gate.wait()
        return self.answer() if self.answer else web.json_response({"keys": self.keys})

    async def evil(self, _: web.Request) -> web.StreamResponse:
        self.evil_hits += 1
        return web.json_response({"keys": [rsa_jwk("k1", "k1"), rsa_jwk("evil", "evil")]})


class RemoteWorld:
    """A verifier whose only issuer publishes its keys at a `JwksServer`."""

    def __init__(
        self, server: JwksServer, http: aiohttp.ClientSession, url: str, policy: KeyPolicy
    ) -> None:
        self.server = server
        self.clock = Clock()
        trusted = [
            TrustedIssuer(ISSUER, AUDIENCE, "citizen", jwks_url=url),
            TrustedIssuer(ISSUER, "officers", "officer", jwks_url=url),
        ]
        self.verifier = TokenVerifier(
            trusted,
            http=http,
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
            key_policy=policy,
            allow_http_loopback=True,
        )

    async def present(self, kid: str, **changes: Any) -> Principal:
        """Show a token signed with the key of that name, fresh by the test's clock."""
        return await self.show(kid, rs256(kid), **changes)

    async def flood(self, size: int) -> set[str]:
        """Show as many tokens at once, each of a key that nobody knows; tell what comes of it."""
        shown = [self.show(f"x{n}", lambda _: b"forged") for n in range(size)]
        return {str(answer) for answer in await asyncio.gather(*shown, return_exceptions=True)}

    async def show(self, kid: str, sign: Signer, **changes: Any) -> Principal:
        now = int(self.clock.now().timestamp())
        times = {"iat": now, "nbf": now, "exp": now + 900}
        token = pack(header(kid=kid), claims(**{**times, **changes}), sign)
        return await self.verifier.principal([b"Bearer " + token.encode()])

    async def settle(self) -> None:
        """Wait until the refresh in the background is over."""
        await asyncio.sleep(0)
        for keys in self.verifier._remote.values():
            if keys._flight is not None:
                await keys._flight


@asynccontextmanager
async def remote_world(
    policy: KeyPolicy = KeyPolicy(fetch_timeout=0.3),
) -> AsyncIterator[RemoteWorld]:
    server = JwksServer()
    app = web.Application()
    app.router.add_get("/jwks.json", server.jwks)
    app.router.add_get("/evil.json", server.evil)
    async with TestServer(app) as running, aiohttp.ClientSession(trust_env=False) as http:
        world = RemoteWorld(server, http, str(running.make_url("/jwks.json")), policy)
        try:
            yield world
        finally:
            server.gate.set()
            await world.verifier.close()


def json_answer(value: object) -> Callable[[], web.StreamResponse]:
    return lambda: web.Response(text=json.dumps(value), content_type="application/json")
