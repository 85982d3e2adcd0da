"""One exchange: how often the upstream sees it, and what its failure says about that."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from yarl import URL

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.upstream_http import Request, exchange, new_session
from tests.gateways.platforms import (
    GARBAGE_FOR_HTTP,
    ODD_HTTP,
    Platform,
    everything_told,
    forever,
    is_not_done,
    raw,
    reset,
    running,
)

SECRET = "c4nary"
CAP = 1000


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running(Platform(b"answer")) as one:
        yield one


async def asked(
    url: str, *, method: str = "GET", seconds: float = 2.0, data: bytes | None = None
) -> bytes:
    request = Request(Upstream.WECHAT, method, URL(url) % {"secret": SECRET}, data)
    async with new_session(connections=2, connect_seconds=1.0, headers={}) as session:
        return await exchange(session, request, seconds=seconds, cap=CAP)


async def failure(url: str, *, method: str = "GET", seconds: float = 2.0) -> UpstreamUnavailable:
    with pytest.raises(UpstreamUnavailable) as raised:
        await asked(url, method=method, seconds=seconds)
    assert raised.value.upstream is Upstream.WECHAT
    assert SECRET not in everything_told(raised.value)
    return raised.value


async def test_an_answer(platform: Platform) -> None:
    assert await asked(platform.url, method="POST", data=b"a=1") == b"answer"

    seen = platform.requests[0]
    assert (seen.method, seen.query) == ("POST", {"secret": SECRET})
    assert seen.headers["Accept-Encoding"] == "identity"
    assert seen.headers["Connection"] == "close"
    assert "Cookie" not in seen.headers


async def test_neither_cookies_nor_proxies(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.headers = {"Set-Cookie": "session=1"}
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    # Cookies of addresses are not kept in any case.
    url = URL(platform.url).with_host("localhost")

    async with new_session(connections=2, connect_seconds=1.0, headers={}) as session:
        for _ in range(2):
            request = Request(Upstream.WECHAT, "GET", url)
            assert await exchange(session, request, seconds=2.0, cap=CAP) == b"answer"

    assert ["Cookie" in seen.headers for seen in platform.requests] == [False, False]


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_broken_connection_is_not_tried_again(platform: Platform, method: str) -> None:
    platform.before = reset

    told = await failure(platform.url, method=method)

    assert (told.reason, told.detail) == (UpstreamReason.UNREACHABLE, "connection lost")
    assert not is_not_done(told)
    assert len(platform.requests) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_silence_after_the_request(platform: Platform, method: str) -> None:
    platform.before = forever

    told = await failure(platform.url, method=method, seconds=0.2)

    assert (told.reason, told.detail) == (UpstreamReason.TIMED_OUT, "no answer in time")
    assert not is_not_done(told)
    assert len(platform.requests) == 1


async def test_nobody_listens() -> None:
    told = await failure("http://127.0.0.1:9/", method="POST")

    assert (told.reason, told.detail) == (UpstreamReason.UNREACHABLE, "no connection")
    assert is_not_done(told)


async def test_no_such_name() -> None:
    told = await failure("http://nobody.invalid/")

    assert (told.reason, is_not_done(told)) == (UpstreamReason.UNREACHABLE, True)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "http:///x", "127.0.0.1"])
async def test_an_address_that_is_none(url: str) -> None:
    told = await failure(url)

    assert (told.reason, is_not_done(told)) == (UpstreamReason.UNREACHABLE, True)


async def test_silence_before_the_request() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        told = await failure(f"https://127.0.0.1:{port}/", method="POST", seconds=0.2)

    assert (told.reason, is_not_done(told)) == (UpstreamReason.UNREACHABLE, True)


async def test_an_unsafe_connection(platform: Platform) -> None:
    told = await failure(platform.url.replace("http://", "https://"), method="POST")

    assert (told.reason, told.detail) == (UpstreamReason.NOT_AUTHORISED, "TLS")
    assert is_not_done(told)
    assert platform.requests == []


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (201, UpstreamReason.BROKEN_ANSWER),
        (204, UpstreamReason.BROKEN_ANSWER),
        (302, UpstreamReason.BROKEN_ANSWER),
        (400, UpstreamReason.BROKEN_ANSWER),
        (401, UpstreamReason.NOT_AUTHORISED),
        (403, UpstreamReason.NOT_AUTHORISED),
        (404, UpstreamReason.BROKEN_ANSWER),
        (429, UpstreamReason.TOO_MANY_CALLS),
        (500, UpstreamReason.BROKEN_ANSWER),
        (502, UpstreamReason.UNREACHABLE),
        (503, UpstreamReason.UNREACHABLE),
        (504, UpstreamReason.UNREACHABLE),
    ],
)
async def test_http_statuses(platform: Platform, status: int, reason: UpstreamReason) -> None:
    platform.status = status
    platform.headers = {"Location": "/elsewhere", "Retry-After": "7"}

    told = await failure(platform.url, method="POST")

    assert (told.reason, told.retry_after, told.detail) == (reason, 7.0, f"HTTP {status}")
    assert not is_not_done(told)
    assert len(platform.requests) == 1


async def test_a_strange_retry_after_is_left_out(platform: Platform) -> None:
    platform.status = 503
    platform.headers = {"Retry-After": "Fri, 31 Dec 2027 23:59:59 GMT"}

    assert (await failure(platform.url)).retry_after is None


@pytest.mark.parametrize("garbage", GARBAGE_FOR_HTTP)
async def test_garbage_for_http(platform: Platform, garbage: bytes) -> None:
    platform.before = raw(garbage)

    told = await failure(platform.url)

    assert (told.reason, is_not_done(told)) == (UpstreamReason.BROKEN_ANSWER, False)
    assert len(platform.requests) == 1


@pytest.mark.parametrize("odd", ODD_HTTP)
async def test_odd_http(platform: Platform, odd: bytes) -> None:
    platform.before = raw(odd)

    assert await asked(platform.url) == b"OK"


async def test_an_answer_above_the_cap_is_not_read_to_its_end(platform: Platform) -> None:
    platform.body = b"x" * CAP
    assert await asked(platform.url) == platform.body

    platform.body += b"x"
    told = await failure(platform.url)
    assert (told.reason, told.detail) == (UpstreamReason.BROKEN_ANSWER, "answer too large")


async def test_an_endless_answer(platform: Platform) -> None:
    async def pour(request: web.Request) -> None:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not request.transport.is_closing():
            request.transport.write(b"x" * CAP)
            await asyncio.sleep(0)

    platform.before = pour

    assert (await failure(platform.url)).detail == "answer too large"


async def test_the_caller_may_give_up(platform: Platform) -> None:
    platform.before = forever
    task = asyncio.create_task(asked(platform.url))
    await platform.arrived.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
