from ipaddress import ip_address
from urllib.parse import urlsplit

import aiohttp

from graphql_api.tokens.key_set import KeySet, parse_key_set

_MAX_BYTES = 64 * 1024


def check_jwks_url(url: str, *, allow_http_loopback: bool) -> None:
    """:raises ValueError: unless `url` is https, or http to this machine where that is allowed"""
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme != "http":
        raise ValueError(f"jwksUrl {url!r} must begin with https://")
    if not allow_http_loopback or not _is_loopback(parts.hostname or ""):
        raise ValueError(
            f"jwksUrl {url!r} must begin with https://; "
            "http:// is for loopback hosts in development only"
        )


async def fetch_key_set(http: aiohttp.ClientSession, url: str, *, seconds: float) -> KeySet:
    """
    Download a key set within `seconds`.

    :raises aiohttp.ClientError, TimeoutError, ValueError: if no good answer came in time
    """
    async with http.get(
        url,
        # Whoever can make the issuer's host redirect must not choose our keys.
        allow_redirects=False,
        # A bomb unpacks to far more than it weighs.
        auto_decompress=False,
        headers={"Accept": "application/json", "Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=seconds),
    ) as response:
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise ValueError("compressed answer")
        return parse_key_set(await _body(response))


async def _body(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(8192):
        body += chunk
        if len(body) > _MAX_BYTES:
            raise ValueError("answer too large")
    return bytes(body)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
