"""Requests as they go out: what is signed is the encoded path and query, and the bytes."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from yarl import URL

from domain.failures import Upstream
from gateways.upstream_http import Request
from gateways.wechat_pay.signing import authorization
from gateways.wechat_pay.wire import WechatPayWire


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
    signed = authorization(wire, method, target, timestamp, nonce, data)
    return Request(
        upstream=Upstream.WECHAT,
        method=method,
        url=URL(f"{base.origin()}{target}", encoded=True),
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
