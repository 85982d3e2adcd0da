"""The outermost application: whatever happens inside, the client gets JSON, the log no secret."""

import asyncio
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.serving.answers import busy, instead

HEALTH = ("/livez", "/readyz")


@dataclass(frozen=True, slots=True)
class Guard:
    """Turns what nobody caught into an answer; uvicorn would write its text into the log."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        reply = _Reply(send)
        try:
            await self.app(scope, receive, reply.pass_on)
        except (asyncio.CancelledError, Exception) as error:
            await instead(scope["headers"], error)(scope, receive, reply.replace)


@dataclass(slots=True)
class _Reply:
    """An answer on its way: once it has begun, no other one can take its place."""

    send: Send
    has_begun: bool = False

    async def pass_on(self, message: Message) -> None:
        self.has_begun = True
        await self.send(message)

    async def replace(self, message: Message) -> None:
        if not self.has_begun:
            await self.send(message)


@dataclass(frozen=True, slots=True)
class Crowded:
    """What those get who connect when too many others have: the truth, but health is told."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app if scope["path"] in HEALTH else busy(scope["headers"])
        await app(scope, receive, send)
