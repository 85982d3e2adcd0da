"""A plain client of the Alipay sandbox, written from the wire's description."""

import json
import time
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import Any
from urllib.parse import quote

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from sandbox.alipay import AlipayCredentials, AlipaySandboxSettings, alipay_app
from sandbox.city import City, Person

TOKEN = "alipay.system.oauth.token"
INITIALIZE = "alipay.user.certify.open.initialize"
CERTIFY = "alipay.user.certify.open.certify"
QUERY = "alipay.user.certify.open.query"
BEIJING = timezone(timedelta(hours=8))
Parameters = dict[str, str]


@cache
def credentials() -> AlipayCredentials:
    return AlipayCredentials.new()


@dataclass(frozen=True, slots=True)
class Answered:
    """A document taken apart, with the very bytes of its node."""

    members: tuple[str, ...]
    node: dict[str, Any]
    source: bytes
    sign: str | None

    @property
    def name(self) -> str:
        return next(name for name in self.members if name not in ("sign", "alipay_cert_sn"))

    @property
    def is_genuine(self) -> bool:
        return self.sign is not None and genuine(self.source, self.sign)


@cache
def private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key


def genuine(source: bytes, signature: str) -> bool:
    key = load_pem_public_key(credentials().platform_public_pem.encode())
    assert isinstance(key, RSAPublicKey)
    try:
        key.verify(b64decode(signature), source, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


def opened(body: bytes, charset: str = "utf-8") -> Answered:
    text = body.decode(charset)
    members: dict[str, tuple[Any, str]] = {}
    place = 1
    while text[place - 1] != "}":
        name, place = json.JSONDecoder().raw_decode(text, place)
        assert text[place] == ":"
        value, end = json.JSONDecoder().raw_decode(text, place + 1)
        members[name] = (value, text[place + 1 : end])
        place = end + 1
    [(node, source)] = [pair for pair in members.values() if isinstance(pair[0], dict)]
    sign = members["sign"][0] if "sign" in members else None
    return Answered(tuple(members), node, source.encode(charset), sign)


def signed(
    parameters: Mapping[str, str], key_pem: str | None = None, charset: str = "utf-8"
) -> Parameters:
    key = private_key(key_pem or credentials().app_private_pem)
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    signature = key.sign(text.encode(charset), PKCS1v15(), SHA256())
    return {**parameters, "sign": b64encode(signature).decode()}


def encoded(parameters: Mapping[str, str], charset: str = "utf-8") -> str:
    return "&".join(
        f"{name}={quote(value, safe='', encoding=charset)}" for name, value in parameters.items()
    )


def request(method: str, content: Any = None, **changed: str | None) -> Parameters:
    """All parameters but the signature; None takes one away."""
    parameters: dict[str, str | None] = {
        "app_id": credentials().app_id,
        "method": method,
        "format": "JSON",
        "charset": "utf-8",
        "sign_type": "RSA2",
        "timestamp": f"{datetime.fromtimestamp(time.time(), BEIJING):%Y-%m-%d %H:%M:%S}",
        "version": "1.0",
        "biz_content": None if content is None else json.dumps(content, ensure_ascii=False),
    }
    return {name: value for name, value in (parameters | changed).items() if value is not None}


def claim(person: Person, **changed: Any) -> dict[str, Any]:
    """The biz_content that opens a check of a person."""
    return {
        "outer_order_no": f"{time.monotonic_ns():032d}",
        "biz_code": "FACE",
        "identity_param": {
            "identity_type": "CERT_INFO",
            "cert_type": "IDENTITY_CARD",
            "cert_name": person.name,
            "cert_no": person.identity_number,
        },
        "merchant_config": {"return_url": "https://example.invalid/back?a=1&b=2"},
    } | changed


@dataclass(frozen=True, slots=True)
class Alipay:
    http: TestClient[Request, Application]

    async def send(self, parameters: Mapping[str, str]) -> ClientResponse:
        return await self.http.get(f"/gateway.do?{encoded(parameters)}", allow_redirects=False)

    async def raw(self, method: str, content: Any = None, **changed: str | None) -> ClientResponse:
        return await self.send(signed(request(method, content, **changed)))

    async def ask(self, method: str, content: Any = None, **changed: str | None) -> Answered:
        """The answer, after its status, type and signature have been looked at."""
        response = await self.raw(method, content, **changed)
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/html;charset=utf-8"
        answer = opened(await response.read())
        assert answer.members == (answer.name, "sign")
        assert answer.is_genuine
        return answer

    async def control(self, path: str, **wanted: Any) -> Any:
        response = await self.http.post(f"/control/{path}", json=wanted)
        assert response.status == 200, await response.text()
        return await response.json()

    async def on(self, name: str, **more: Any) -> None:
        await self.control("scenarios", name=name, **more)

    async def outcomes(self) -> list[tuple[str, str, list[str]]]:
        log = await (await self.http.get("/control/log")).json()
        return [(one["method"], one["outcome"], one["scenarios"]) for one in log["calls"]]

    async def auth_code(self, citizen: int, **more: Any) -> str:
        return str((await self.control("auth-codes", citizen=citizen, **more))["authCode"])

    async def check(self, person: Person) -> str:
        """The certify id of a new check."""
        return str((await self.ask(INITIALIZE, claim(person))).node["certify_id"])


@asynccontextmanager
async def served(
    city: City, settings: AlipaySandboxSettings | None = None
) -> AsyncIterator[Alipay]:
    async with TestClient(TestServer(alipay_app(city, credentials(), settings))) as client:
        yield Alipay(client)


def failure(code: str, sub_code: str, sub_msg: str) -> dict[str, str]:
    messages = {
        "20000": "Service Currently Unavailable",
        "40001": "Missing Required Arguments",
        "40002": "Invalid Arguments",
        "40004": "Business Failed",
        "40005": "Call Limited",
    }
    return {"code": code, "msg": messages[code], "sub_code": sub_code, "sub_msg": sub_msg}
