"""One HTTP exchange with a platform, never repeated: bytes back, or why not and whether it left."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace

import aiohttp
from yarl import URL

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.outcomes import NotDone

CHUNK = 64 * 1024
MOST_OF_A_REFUSAL = 64 * 1024
REASONS = {
    401: UpstreamReason.NOT_AUTHORISED,
    403: UpstreamReason.NOT_AUTHORISED,
    407: UpstreamReason.NOT_AUTHORISED,
    429: UpstreamReason.TOO_MANY_CALLS,
    502: UpstreamReason.UNREACHABLE,
    503: UpstreamReason.UNREACHABLE,
    504: UpstreamReason.UNREACHABLE,
}
TLS_TROUBLE = (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch)


@dataclass(slots=True)
class Sending:
    """Whether there was a connection on which something may have left us."""

    begun: bool = False


class _ConnectionLost(aiohttp.ClientError):
    """An error that aiohttp does not answer by sending again."""


@dataclass(frozen=True, slots=True)
class Request:
    """One message to an upstream. `url` goes out as it is; `headers` beside the session's own."""

    upstream: Upstream
    method: str
    url: URL = field(repr=False)
    data: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an upstream answered, whatever the status."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def new_session(
    *, connections: int, connect_seconds: float, headers: Mapping[str, str]
) -> aiohttp.ClientSession:
    """Open the one session of an upstream; call it inside the running loop."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(_note_connection)
    return aiohttp.ClientSession(
        # A kept connection may close while we write to it, and nobody would know what arrived.
        connector=aiohttp.TCPConnector(limit=connections, force_close=True),
        cookie_jar=aiohttp.DummyCookieJar(),
        # Nothing is ever decompressed, so nothing can swell.
        headers={**headers, "Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_seconds),
        auto_decompress=False,
        raise_for_status=False,
        trust_env=False,
        trace_configs=[trace],
        middlewares=(_send_once,),
    )


async def exchange(
    session: aiohttp.ClientSession, request: Request, *, seconds: float, cap: int
) -> bytes:
    """
    Send a request once and read at most `cap` bytes of the answer within `seconds`.

    :raises NotDone: if there was no connection to send it on
    :raises UpstreamUnavailable: if there was, and the answer is none
    """

    async def body(response: aiohttp.ClientResponse) -> bytes:
        is_wanted = response.status == 200
        return await bounded(response.content, request.upstream, cap) if is_wanted else b""

    answer = await _sent(session, request, seconds=seconds, read=body)
    if answer.status == 200:
        return answer.body
    raise status_trouble(answer.status, answer.headers, request.upstream)


async def answered(
    session: aiohttp.ClientSession, request: Request, *, seconds: float, cap: int
) -> Answer:
    """
    Do as `exchange` does, for an upstream that says something with its statuses and headers.

    :raises NotDone: if there was no connection to send it on
    :raises UpstreamUnavailable: if there was, and there is no whole answer
    """

    async def body(response: aiohttp.ClientResponse) -> bytes:
        return await bounded(response.content, request.upstream, cap)

    return await _sent(session, request, seconds=seconds, read=body)


async def downloaded(
    session: aiohttp.ClientSession,
    request: Request,
    keep: Callable[[bytes], None],
    *,
    seconds: float,
    cap: int,
) -> Answer:
    """
    Do as `answered` does, but give the body of a 200 to `keep`, piece by piece.

    :raises NotDone: if there was no connection to send it on
    :raises UpstreamUnavailable: if there was, and there is no whole answer
    """

    async def body(response: aiohttp.ClientResponse) -> bytes:
        if response.status != 200:
            return await bounded(response.content, request.upstream, MOST_OF_A_REFUSAL)
        left = cap
        while piece := await response.content.read(CHUNK):
            left -= len(piece)
            if left < 0:
                raise _too_large(request.upstream)
            keep(piece)
        return b""

    return await _sent(session, request, seconds=seconds, read=body)


async def _sent(
    session: aiohttp.ClientSession,
    request: Request,
    *,
    seconds: float,
    read: Callable[[aiohttp.ClientResponse], Awaitable[bytes]],
) -> Answer:
    """
    Send a request once; the errors never carry aiohttp's own.

    Its texts hold whole URLs, and URLs hold secrets.
    """
    sending = Sending()
    try:
        async with (
            asyncio.timeout(seconds),
            session.request(
                request.method,
                request.url,
                data=request.data,
                headers=request.headers,
                allow_redirects=False,
                trace_request_ctx=sending,
            ) as response,
        ):
            return Answer(response.status, response.headers, await read(response))
    except (aiohttp.ClientError, OSError) as error:
        failure = _trouble(error, sending, request.upstream)
    raise failure


async def bounded(content: aiohttp.StreamReader, upstream: Upstream, cap: int) -> bytes:
    """Read a body of at most `cap` bytes. :raises UpstreamUnavailable: if there is more"""
    body = bytearray()
    while chunk := await content.read(min(CHUNK, cap + 1 - len(body))):
        body += chunk
        if len(body) > cap:
            raise _too_large(upstream)
    return bytes(body)


def status_trouble(
    status: int, headers: Mapping[str, str], upstream: Upstream
) -> UpstreamUnavailable:
    """What an HTTP status other than 200 means."""
    wait = headers.get("Retry-After", "")
    return UpstreamUnavailable(
        REASONS.get(status, UpstreamReason.BROKEN_ANSWER),
        upstream=upstream,
        retry_after=float(wait) if re.fullmatch(r"\d{1,5}", wait, re.ASCII) else None,
        detail=f"HTTP {status}",
    )


def _too_large(upstream: Upstream) -> UpstreamUnavailable:
    return UpstreamUnavailable(
        UpstreamReason.BROKEN_ANSWER, upstream=upstream, detail="answer too large"
    )


def _trouble(error: Exception, sending: Sending, upstream: Upstream) -> UpstreamUnavailable:
    if not sending.begun:
        # Somebody else's certificate will not be right the next time either.
        tls = isinstance(error, TLS_TROUBLE)
        reason = UpstreamReason.NOT_AUTHORISED if tls else UpstreamReason.UNREACHABLE
        return NotDone(reason, upstream=upstream, detail="TLS" if tls else "no connection")
    if isinstance(error, TimeoutError):
        reason, detail = UpstreamReason.TIMED_OUT, "no answer in time"
    elif isinstance(error, _ConnectionLost | aiohttp.ClientConnectionError | OSError):
        reason, detail = UpstreamReason.UNREACHABLE, "connection lost"
    else:
        reason, detail = UpstreamReason.BROKEN_ANSWER, "broken HTTP answer"
    return UpstreamUnavailable(reason, upstream=upstream, detail=detail)


async def _note_connection(
    _: aiohttp.ClientSession,
    context: SimpleNamespace,
    __: aiohttp.TraceConnectionCreateEndParams,
) -> None:
    context.trace_request_ctx.begun = True


async def _send_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """
    Keep aiohttp from sending a GET again by itself when the connection breaks.

    It does so even on a fresh connection; an authorisation code is good for one use.
    """
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
        raise _ConnectionLost from None
