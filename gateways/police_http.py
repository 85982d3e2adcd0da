"""One POST to the police register: bytes back, or the reason why not."""

import asyncio

import aiohttp

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.police_wire import PoliceWire
from gateways.upstream_http import bounded, status_trouble

HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '""',
    # Nothing is ever decompressed, so nothing can swell.
    "Accept-Encoding": "identity",
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
                raise status_trouble(response.status, response.headers, Upstream.POLICE)
            return await bounded(response.content, Upstream.POLICE, cap)
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


def _trouble(reason: UpstreamReason, detail: str) -> UpstreamUnavailable:
    return UpstreamUnavailable(reason, detail=detail)
