"""The HTTP door of a platform: brings calls the trouble with time and connections they meet."""

import asyncio
import socket
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.platforms.scenario import Active, Break, Reply

_POLL_SECONDS = 0.02


@dataclass(slots=True)
class Door:
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def close(self, _: web.Application) -> None:
        self._closing.set()

    async def answer(
        self, request: web.Request, active: Sequence[Active[Any]], work: Callable[[], Reply]
    ) -> web.StreamResponse:
        """Wait as the scenarios say, have the work done, and send what they make of its reply."""
        waits = (
            one.scenario.wait_seconds(one.parameters) for one in active if one.scenario.wait_seconds
        )
        try:
            await self._wait(request, sum(waits))
        except asyncio.CancelledError:
            work()  # Who hangs up does not take back what was asked.
            raise
        reply = work()
        for one in active:
            if one.scenario.reply:
                reply = one.scenario.reply(reply, one.parameters)
        breaks = {one.scenario.breaks for one in active}
        if Break.INSTEAD in breaks:
            return _reset(request)
        if Break.DURING in breaks:
            return await _cut(request, reply)
        return response(reply)

    async def _wait(self, request: web.Request, seconds: float) -> None:
        """Wait, but not for a client that has gone, and not past the end of the sandbox."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0 and not self._closing.is_set():
            if request.transport is None or request.transport.is_closing():
                return
            await asyncio.sleep(min(left, _POLL_SECONDS))


def response(reply: Reply) -> web.Response:
    headers = {"Content-Type": reply.content_type, **reply.headers}
    return web.Response(body=reply.body, status=reply.status, headers=headers)


def _reset(request: web.Request) -> web.Response:
    """Close the connection with a reset, which a client cannot mistake for an empty answer."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _cut(request: web.Request, reply: Reply) -> web.StreamResponse:
    cut = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type})
    cut.content_length = len(reply.body)
    await cut.prepare(request)
    await cut.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return cut
