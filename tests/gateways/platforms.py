"""A very small platform for the tests: it answers what it is told, and remembers what came."""

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from domain.failures import UpstreamUnavailable
from gateways.alipay import AlipayClient, AlipayWire
from gateways.breaker import BreakerSettings
from gateways.outcomes import NotDone

APP_ID = "2021000000000001"
NOW = datetime(2026, 11, 1, 23, 30, 5, 999_999, tzinfo=UTC)
NOW_IN_CHINA = "2026-11-02 07:30:05"
QUERY = "alipay.trade.query"
# Never opens unless a test wants it to.
PATIENT = BreakerSettings(minimum_calls=10_000)


@cache
def app_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


@cache
def platform_key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def signature(node: bytes, key: RSAPrivateKey | None = None) -> str:
    signed = (key or platform_key()).sign(node, PKCS1v15(), SHA256())
    return base64.b64encode(signed).decode()


def node_name(method: str) -> str:
    return method.replace(".", "_") + "_response"


def signed(node: Mapping[str, Any] | bytes, *, method: str = QUERY, name: str = "") -> bytes:
    """An answer as Alipay gives it: the node, then its signature."""
    source = node if isinstance(node, bytes) else json.dumps(node, ensure_ascii=False).encode()
    root = name or node_name(method)
    return b'{"%s":%s,"sign":"%s"}' % (root.encode(), source, signature(source).encode())


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came in."""

    method: str
    path: str
    target: str
    query: Mapping[str, str]
    form: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(slots=True)
class Platform:
    """Answers every request with `body` and `status`, after `before`."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "text/html"
    before: Callable[[web.Request], Awaitable[None]] | None = None
    requests: list[Seen] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        target = request.raw_path
        self.requests.append(
            Seen(
                request.method,
                request.path,
                target,
                dict(parse_qsl(target.partition("?")[2], True)),
                dict(parse_qsl((await request.read()).decode(), True)),
                dict(request.headers),
            )
        )
        self.arrived.set()
        if self.before is not None:
            await self.before(request)
        return web.Response(
            body=self.body,
            status=self.status,
            headers=self.headers,
            content_type=self.content_type,
        )


@asynccontextmanager
async def running(platform: Platform) -> AsyncIterator[Platform]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", platform.handle)
    server = TestServer(app)
    # Its lines would hold whole URLs.
    await server.start_server(access_log=None)
    try:
        platform.url = str(server.make_url("/"))
        yield platform
    finally:
        await server.close()


def alipay_wire(url: str, **settings: Any) -> AlipayWire:
    plain = AlipayWire(
        gateway_url=f"{url}gateway.do",
        app_id=APP_ID,
        private_key=app_key(),
        platform_key=platform_key().public_key(),
        timeout_seconds=2.0,
        breaker=PATIENT,
    )
    return replace(plain, **settings)


@asynccontextmanager
async def alipay(platform: Platform, **settings: Any) -> AsyncIterator[AlipayClient]:
    async with AlipayClient.open(alipay_wire(platform.url, **settings), lambda: NOW) as client:
        yield client


def is_not_done(failure: UpstreamUnavailable) -> bool:
    return isinstance(failure, NotDone)


def everything_told(error: BaseException) -> str:
    """All that an error and the errors behind it could print."""

    def chain(one: BaseException | None) -> Iterator[BaseException]:
        while one is not None:
            yield one
            one = one.__cause__ or one.__context__

    return " ".join(f"{one!s} {one!r} {vars(one)!r}" for one in chain(error))


def all_logs(caplog: pytest.LogCaptureFixture) -> str:
    return " ".join(f"{record.getMessage()} {vars(record)!r}" for record in caplog.records)


def listen_to_everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


async def reset(request: web.Request) -> None:
    """Break the connection after the request has been read."""
    assert request.transport is not None
    request.transport.abort()


async def forever(_: web.Request) -> None:
    await asyncio.Event().wait()


def raw(answer: bytes) -> Callable[[web.Request], Awaitable[None]]:
    """Write these bytes instead of an answer, and close."""

    async def write(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.write(answer)
        await asyncio.sleep(0.01)
        request.transport.close()

    return write


GARBAGE_FOR_HTTP = [
    b"\x00\xff\xfe garbage\r\n\r\n",
    b"HTTP/1.1 abc OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
    b"HTTP/1.1 200 OK\r\nX: " + b"a" * 50_000 + b"\r\n\r\n",
]
# Odd, but with a body that was sent as it was.
ODD_HTTP = [
    b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nOK",
    b"HTTP/1.1 200 OK\r\nSet-Cookie: =;;\x80=\r\nContent-Type: \xff/\r\n"
    b"Content-Length: 2\r\n\r\nOK",
    b"HTTP/1.0 200 \r\n\r\nOK",
]
