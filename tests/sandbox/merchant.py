"""A merchant's door for notices: keeps what comes, and answers what it is told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from aiohttp import web


@dataclass(slots=True)
class Merchant:
    """Answers every notice with `status` and `answer`, after `before`."""

    answer: bytes = b"success"
    status: int = 200
    before: Callable[[], Awaitable[None]] | None = None
    bodies: list[bytes] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def forms(self) -> list[dict[str, str]]:
        return [dict(parse_qsl(body.decode(), strict_parsing=True)) for body in self.bodies]

    async def told(self, times: int = 1) -> list[bytes]:
        """The notices, once there are so many."""
        async with asyncio.timeout(5):
            while len(self.bodies) < times:  # noqa: ASYNC110 - they come over the network
                await asyncio.sleep(0.01)
        return self.bodies

    async def handle(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        self.types.append(request.headers["Content-Type"])
        if self.before is not None:
            await self.before()
        return web.Response(body=self.answer, status=self.status)


@asynccontextmanager
async def trading() -> AsyncIterator[Merchant]:
    merchant = Merchant()
    app = web.Application()
    app.router.add_post("/notices", merchant.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        merchant.url = f"http://127.0.0.1:{runner.addresses[0][1]}/notices"
        yield merchant
    finally:
        await runner.cleanup()
