"""One POST to the police register: bytes back, or the reason why not."""

import asyncio
import re
from collections.abc import Mapping

import aiohttp

from domain.failures import UpstreamReason, UpstreamUnavailable
from gateways.police_wire import PoliceWire

HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '""',
    # Nothing is ever decompressed, so nothing can swell.
    "Accept-Encoding": "identity",
}
CHUNK = 64 * 1024
REASONS = {
    401: UpstreamReason.NOT_AUTHORISED,
    403: UpstreamReason.NOT_AUTHORISED,
    407: UpstreamReason.NOT_AUTHORISED,
    429: UpstreamReason.TOO_MANY_CALLS,
    502: UpstreamReason.UNREACHABLE,
    503: UpstreamReason.UNREACHABLE,
    504: UpstreamReason.UNREACHABLE,
}


def new_session(wire: PoliceWire) -> aiohttp.ClientSession:
    """Open the one session of this upstream; call it inside the running loop."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=wire.max_connections, keepalive_timeout=wire.keepalive_seconds
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers=HEADERS,
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=wire.connect_seconds),
        auto_decompress=False,
        raise_for_status=False,
        trust_env=False,
    )


async def post(
    session: aiohttp.ClientSession, url: str, envelope: bytes, *, seconds: float, cap: int
) -> bytes:
    """
    Send an envelope and read at most `cap` bytes of the answer within `seconds`.

    :raises UpstreamUnavailable: whatever goes wrong on the way
    """
    try:
        async with (
            asyncio.timeout(seconds),
            session.post(url, data=envelope, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise _status_trouble(response.status, response.headers)
            return await _bounded(response.content, cap)
    except aiohttp.ConnectionTimeoutError:
        raise _trouble(UpstreamReason.UNREACHABLE, "no connection in time") from None
    except TimeoutError:
        raise _trouble(UpstreamReason.TIMED_OUT, "no answer in time") from None
    except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch):
        # Somebody else's certificate will not be right the next time either: no retry, an alarm.
        raise _trouble(UpstreamReason.NOT_AUTHORISED, "TLS") from None
    except (aiohttp.ClientConnectionError, OSError):
        raise _trouble(UpstreamReason.UNREACHABLE, "connection lost") from None
    except aiohttp.ClientError:
        raise _trouble(UpstreamReason.BROKEN_ANSWER, "broken HTTP answer") from None


async def _bounded(content: aiohttp.StreamReader, cap: int) -> bytes:
    body = bytearray()
    while chunk := await content.read(min(CHUNK, cap + 1 - len(body))):
        body += chunk
        if len(body) > cap:
            raise _trouble(UpstreamReason.BROKEN_ANSWER, "answer too large")
    return bytes(body)


def _status_trouble(status: int, headers: Mapping[str, str]) -> UpstreamUnavailable:
    reason = REASONS.get(status, UpstreamReason.BROKEN_ANSWER)
    wait = headers.get("Retry-After", "")
    retry_after = float(wait) if re.fullmatch(r"\d{1,5}", wait, re.ASCII) else None
    return UpstreamUnavailable(reason, retry_after=retry_after, detail=f"HTTP {status}")


def _trouble(reason: UpstreamReason, detail: str) -> UpstreamUnavailable:
    return UpstreamUnavailable(reason, detail=detail)
