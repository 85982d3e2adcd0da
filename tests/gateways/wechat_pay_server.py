"""A WeChat Pay for the tests: answers what it is told, signed as it is told, and remembers."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from gateways.wechat_pay import WechatPayClient, WechatPayWire
from gateways.wechat_pay.keys import PlatformKey
from tests.gateways.platforms import PATIENT

NOW = datetime(2026, 11, 1, 23, 30, 5, 999_999, tzinfo=UTC)
STAMP = int(NOW.timestamp())
NONCE = "593BEC0C930BF1AFEB40B4A08C8FB242"
APP_ID = "wx2421b1c4370ec43b"
MERCHANT = "1900000109"
OWN_SERIAL = "3775B6A45ACD588826D15E583A95F5DD0E3E5A1C"
KEY_ID = "PUB_KEY_ID_0119000001092026110100000000001"
APIV3_KEY = b"0123456789abcdef0123456789ABCDEF"
OUT_TRADE_NO = "A20261102_-*1"
SCHEME = "WECHATPAY2-SHA256-RSA2048"


@cache
def key(name: str) -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def signature(text: bytes, signer: str = "platform") -> str:
    return base64.b64encode(key(signer).sign(text, PKCS1v15(), SHA256())).decode()


def vouched(
    body: bytes, *, signer: str = "platform", serial: str = KEY_ID, stamp: int | str = STAMP
) -> dict[str, str]:
    """The headers with which WeChat Pay vouches for a body."""
    return {
        "Wechatpay-Timestamp": str(stamp),
        "Wechatpay-Nonce": NONCE,
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature-Type": SCHEME,
        "Wechatpay-Signature": signature(f"{stamp}\n{NONCE}\n".encode() + body + b"\n", signer),
    }


def sealed(content: bytes, associated: str = "transaction", **changes: Any) -> dict[str, Any]:
    nonce = "fdasflkja484"
    text = AESGCM(APIV3_KEY).encrypt(nonce.encode(), content, associated.encode())
    return {
        "original_type": "transaction",
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(text).decode(),
        "associated_data": associated,
        "nonce": nonce,
        **changes,
    }


@cache
def certificate(signer: str, serial: int, days: int = 30) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key(signer).public_key())
        .serial_number(serial)
        .not_valid_before(NOW - timedelta(days=90))
        .not_valid_after(NOW + timedelta(days=days))
        .sign(key(signer), SHA256())
        .public_bytes(Encoding.PEM)
    )


def listed(signer: str, serial: int, days: int = 30) -> dict[str, Any]:
    """One certificate as `GET /v3/certificates` lists it."""
    return {
        "serial_no": f"{serial:040X}",
        "effective_time": "2026-08-01T00:00:00+08:00",
        "expire_time": "2026-12-01T00:00:00+08:00",
        "encrypt_certificate": sealed(certificate(signer, serial, days), "certificate"),
    }


@dataclass(frozen=True, slots=True)
class Seen:
    """A request as it came in."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Server:
    """Answers every request with `status`, `headers` and `body`, after `before`."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    before: Callable[[web.Request], Awaitable[None]] | None = None
    requests: list[Seen] = field(default_factory=list)
    url: str = ""

    def says(self, node: Any, **vouching: Any) -> None:
        """Answer with this, signed."""
        self.status, self.body = 200, json.dumps(node, ensure_ascii=False).encode()
        self.headers = vouched(self.body, **vouching)

    def refuses(self, status: int, code: str, **headers: str) -> None:
        """Answer with an error, which nobody signs."""
        self.status, self.headers = status, headers
        self.body = json.dumps({"code": code, "message": "说明"}).encode()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(Seen(request.method, request.raw_path, dict(request.headers), body))
        if self.before is not None:
            await self.before(request)
        return web.Response(body=self.body, status=self.status, headers=self.headers)


@asynccontextmanager
async def running(server: Server) -> AsyncIterator[Server]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()


def wire(url: str = "http://127.0.0.1:9", **settings: Any) -> WechatPayWire:
    plain = WechatPayWire(
        base_url=url,
        app_id=APP_ID,
        merchant_id=MERCHANT,
        certificate_serial=OWN_SERIAL,
        private_key=key("merchant"),
        apiv3_key=APIV3_KEY,
        platform_keys=(PlatformKey(KEY_ID, key("platform").public_key()),),
        timeout_seconds=2.0,
        breaker=PATIENT,
    )
    return replace(plain, **settings)


@asynccontextmanager
async def wechat_pay(server: Server, **settings: Any) -> AsyncIterator[WechatPayClient]:
    async with WechatPayClient.open(
        wire(server.url, **settings), lambda: NOW, lambda: NONCE
    ) as client:
        yield client


async def forever(_: web.Request) -> None:
    await asyncio.Event().wait()
