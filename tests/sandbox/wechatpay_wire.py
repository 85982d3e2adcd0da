"""A plain client of the WeChat Pay sandbox, written from the wire's description."""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate
from yarl import URL

from sandbox.city import City
from sandbox.wechat import WECHAT_APP_ID
from sandbox.wechat.logins import open_id
from sandbox.wechatpay import WechatPayCredentials, WechatPaySandboxSettings, wechatpay_app
from tests.sandbox.alipay_wire import private_key

SCHEME = "WECHATPAY2-SHA256-RSA2048"
NUMBER = "CW0001_-*"
JSAPI = "/v3/pay/transactions/jsapi"
BY_NUMBER = f"/v3/pay/transactions/out-trade-no/{NUMBER}"
NOWHERE = "http://127.0.0.1:9/notices"
PREFIX = "/wechatpay"


@cache
def credentials() -> WechatPayCredentials:
    return WechatPayCredentials.new()


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer with its status, its JSON, and whoever signed it."""

    status: int
    node: Any
    body: bytes
    headers: Mapping[str, str]

    def is_signed_by(self, key: RSAPublicKey) -> bool:
        return is_signed_by(key, self.headers, self.body)

    @property
    def serial(self) -> str | None:
        return self.headers.get("Wechatpay-Serial")

    @property
    def code(self) -> tuple[int, str, str]:
        """Status, code, and the number at the end of Request-ID."""
        tail = self.headers["Request-ID"].rpartition("-")[2]
        return self.status, self.node["code"], tail


def is_signed_by(key: RSAPublicKey, headers: Mapping[str, str], body: bytes) -> bool:
    text = f"{headers['Wechatpay-Timestamp']}\n{headers['Wechatpay-Nonce']}\n".encode()
    try:
        signature = b64decode(headers["Wechatpay-Signature"], validate=True)
        key.verify(signature, text + body + b"\n", PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return headers["Wechatpay-Signature-Type"] == SCHEME


def public_key() -> RSAPublicKey:
    key = load_pem_public_key(credentials().public_pem.encode())
    assert isinstance(key, RSAPublicKey)
    return key


def certified_key(pem: str) -> RSAPublicKey:
    key = load_pem_x509_certificate(pem.encode()).public_key()
    assert isinstance(key, RSAPublicKey)
    return key


def unsealed(resource: Mapping[str, str]) -> str:
    assert resource["algorithm"] == "AEAD_AES_256_GCM"
    assert len(resource["nonce"]) == 12
    return (
        AESGCM(credentials().apiv3_key.encode())
        .decrypt(
            resource["nonce"].encode(),
            b64decode(resource["ciphertext"], validate=True),
            resource["associated_data"].encode(),
        )
        .decode()
    )


def signature(text: bytes, key_pem: str | None = None) -> str:
    key = private_key(key_pem or credentials().merchant_private_pem)
    return b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def authorization(verb: str, target: str, body: bytes, **changed: str) -> str:
    """The header, with other members for those that are given."""
    members = {
        "mchid": credentials().merchant_id,
        "nonce_str": "593BEC0C930BF1AFEB40B4A08C8FB242",
        "timestamp": str(int(time.time())),
        "serial_no": credentials().certificate_serial,
    } | changed
    text = f"{verb}\n{target}\n{members['timestamp']}\n{members['nonce_str']}\n".encode()
    members.setdefault("signature", signature(text + body + b"\n"))
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in members.items())


def prepay(**changed: Any) -> dict[str, Any]:
    """The body that begins a payment; None takes a member away."""
    body = {
        "appid": WECHAT_APP_ID,
        "mchid": credentials().merchant_id,
        "description": "交通违法罚款",
        "out_trade_no": NUMBER,
        "notify_url": NOWHERE,
        "amount": {"total": 15000, "currency": "CNY"},
        "payer": {"openid": open_id(WECHAT_APP_ID, 0)},
    } | changed
    return {name: value for name, value in body.items() if value is not None}


@dataclass(frozen=True, slots=True)
class WechatPay:
    http: TestClient[Request, Application]

    async def send(
        self, verb: str, path: str, body: bytes = b"", header: str = "", wanted: str = ""
    ) -> Answered:
        """Send this, signed if no header is given; `wanted` names a key to be answered with."""
        target = PREFIX + path
        headers = {"Authorization": header or authorization(verb, target, body)}
        if wanted:
            headers["Wechatpay-Serial"] = wanted
        url = URL(target, encoded=True)
        response = await self.http.request(verb, url, data=body or None, headers=headers)
        return await _answered(response)

    async def begin(self, **changed: Any) -> Answered:
        return await self.send("POST", JSAPI, json.dumps(prepay(**changed)).encode())

    async def query(self, **rest: Any) -> Answered:
        return await self.send("GET", f"{BY_NUMBER}?mchid={credentials().merchant_id}", **rest)

    async def close(self, path: str = BY_NUMBER) -> Answered:
        body = json.dumps({"mchid": credentials().merchant_id}).encode()
        return await self.send("POST", f"{path}/close", body)

    async def control(self, path: str, wanted: Mapping[str, Any] | None = None) -> Any:
        verb = "GET" if wanted is None else "POST"
        url = f"{PREFIX}/control/{path}"
        response = await self.http.request(verb, url, json=wanted)
        assert response.status == 200, await response.text()
        return await response.json()

    async def on(self, name: str, **more: Any) -> None:
        await self.control("scenarios", {"name": name, **more})


async def _answered(response: ClientResponse) -> Answered:
    body = await response.read()
    node = json.loads(body) if body else None
    return Answered(response.status, node, body, response.headers)


@asynccontextmanager
async def served(
    city: City, settings: WechatPaySandboxSettings | None = None
) -> AsyncIterator[WechatPay]:
    app = Application()
    app.add_subapp(PREFIX, wechatpay_app(city, credentials(), settings))
    async with TestClient(TestServer(app)) as client:
        yield WechatPay(client)
