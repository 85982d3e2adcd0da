"""Requests as they go out: what is signed is the encoded path and query, and the bytes."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from yarl import URL

from domain.failures import Upstream
from gateways.upstream_http import Request
from gateways.wechat_pay.signing import authorization
from gateways.wechat_pay.wire import WechatPayWire

ADDRESS = re.compile(r"[!-~]{1,2048}")


def signed_request(
    wire: WechatPayWire,
    method: str,
    path: str,
    query: Mapping[str, str],
    body: Mapping[str, Any] | None,
    timestamp: int,
    nonce: str,
) -> Request:
    """Sign a call; `path` is not encoded yet, and follows the path of the base URL."""
    base = URL(wire.base_url)
    target = base.raw_path.rstrip("/") + quote(path) + _query(query)
    data = b"" if body is None else _json(body)
    return _signed(wire, method, target, data, timestamp, nonce)


def download_request(wire: WechatPayWire, url: str, timestamp: int, nonce: str) -> Request:
    """
    Sign the download of a file; the address is taken as it was told.

    :raises ValueError: if it is not below the configured one
    """
    base, told = URL(wire.base_url), URL(url, encoded=True)
    below = base.raw_path.rstrip("/") + "/"
    is_ours = told.origin() == base.origin() and told.user is None
    if not (is_ours and told.raw_path.startswith(below) and ADDRESS.fullmatch(url)):
        raise ValueError("an address of somebody else")
    return _signed(wire, "GET", told.raw_path_qs, b"", timestamp, nonce)


def _signed(
    wire: WechatPayWire, method: str, target: str, data: bytes, timestamp: int, nonce: str
) -> Request:
    signed = authorization(wire, method, target, timestamp, nonce, data)
    return Request(
        upstream=Upstream.WECHAT,
        method=method,
        url=URL(f"{URL(wire.base_url).origin()}{target}", encoded=True),
        data=data or None,
        headers={"Authorization": signed, **_wanted_key(wire)},
    )


def _wanted_key(wire: WechatPayWire) -> dict[str, str]:
    """Name the key that is to sign the answer; certificates follow by themselves."""
    return {} if wire.public_key_id is None else {"Wechatpay-Serial": wire.public_key_id}


def _query(query: Mapping[str, str]) -> str:
    return f"?{urlencode(query, quote_via=quote)}" if query else ""


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
