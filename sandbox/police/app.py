"""The HTTP side: three SOAP services, their WSDL, and the control endpoints."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from sandbox.city import City
from sandbox.police.control import add_control
from sandbox.police.desk import Desk, Visit
from sandbox.police.scenarios import Reply
from sandbox.police.scenarios.scenario import Break
from sandbox.police.services import SERVICES, Service, bind
from sandbox.police.settings import PoliceSandboxSettings
from sandbox.police.soap import Fault, answer_envelope, fault_envelope, read_envelope
from sandbox.police.wsdl import wsdl

_POLL_SECONDS = 0.02


def police_app(city: City, settings: PoliceSandboxSettings | None = None) -> web.Application:
    """The police-records service of a city, with its control endpoints (for loopback only)."""
    settings = settings or PoliceSandboxSettings()
    app = web.Application(client_max_size=settings.body_bytes)
    window = Window(Desk.open(city, settings))
    app.on_shutdown.append(window.close)
    for service in SERVICES:
        app.router.add_post(service.path, window.serve(service))
        app.router.add_get(service.path, _describe(service))
    add_control(app, window.desk)
    return app


@dataclass(slots=True)
class Window:
    """Takes calls over HTTP to the desk, and brings them trouble with time and connections."""

    desk: Desk
    _closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def close(self, _: web.Application) -> None:
        self._closing.set()

    def serve(self, service: Service) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            try:
                return await self._answer(service, request)
            except Fault as fault:
                return _response(Reply(fault_envelope(fault.text).encode(), fault.status))

        return handle

    async def _answer(self, service: Service, request: web.Request) -> web.StreamResponse:
        invocation = read_envelope(await _body(request))
        visit = self.desk.receive(bind(service, invocation), request.remote or "")
        await self._wait(request, self.desk.wait_seconds(visit))
        breaks = {one.scenario.breaks for one in visit.active}
        if Break.BEFORE in breaks:
            return _reset(request)
        endpoint = str(request.url.with_query(None))
        envelope = answer_envelope(invocation.operation, endpoint, self.desk.text(visit))
        reply = self._reply(visit, Reply(envelope.encode()))
        if Break.AFTER in breaks:
            return _reset(request)
        if Break.DURING in breaks:
            return await _cut(request, reply)
        return _response(reply)

    def _reply(self, visit: Visit, reply: Reply) -> Reply:
        for one in visit.active:
            if one.scenario.reply:
                reply = one.scenario.reply(reply, self.desk.situation(visit, one))
        return reply

    async def _wait(self, request: web.Request, seconds: float) -> None:
        """Wait, but not for a client that has gone, and not past the end of the sandbox."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while (left := until - loop.time()) > 0 and not self._closing.is_set():
            if request.transport is None or request.transport.is_closing():
                return
            await asyncio.sleep(min(left, _POLL_SECONDS))


async def _body(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise Fault("Request is too large", status=413) from error


def _describe(service: Service) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        if "wsdl" not in {name.lower() for name in request.query}:
            return web.Response(text=f"{service.port}\n\nHi there, this is an AXIS service!")
        address = str(request.url.with_query(None))
        return web.Response(text=wsdl(service, address), content_type="text/xml", charset="utf-8")

    return handle


def _response(reply: Reply) -> web.Response:
    return web.Response(
        body=reply.body, status=reply.status, headers={"Content-Type": reply.content_type}
    )


def _reset(request: web.Request) -> web.Response:
    """Close the connection with a reset, which a client cannot mistake for an empty answer."""
    if request.transport is not None:
        sock = request.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


async def _cut(request: web.Request, reply: Reply) -> web.StreamResponse:
    response = web.StreamResponse(status=reply.status, headers={"Content-Type": reply.content_type})
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
