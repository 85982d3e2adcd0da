"""Requests that another's SDK has signed: what it signs over, and that the gateway lets them in."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from aiohttp.test_utils import TestClient, TestServer

from sandbox.alipay import AlipaySandboxSettings, alipay_app
from sandbox.alipay.signatures import base_string, sign
from sandbox.city import City
from tests.sandbox.alipay_wire import BEIJING, credentials, private_key

GOLDEN = json.loads((Path(__file__).parent / "golden" / "alipay_requests.json").read_text())
SIGNED_AT = datetime(2026, 11, 1, 8, tzinfo=BEIJING)
# What the sandbox says after it has let the request in.
ANSWERS: dict[str, Callable[[str], bool]] = {
    "login": lambda text: "isv.code-invalid" in text,
    "open a check, Chinese as it is": lambda text: '"certify_id"' in text,
    "open a check, Chinese escaped": lambda text: '"certify_id"' in text,
    "the page of a check": lambda text: "OPEN_CERTIFY_BILL_NOT_EXIST" in text,
    "a trade, with signs that need encoding": lambda text: "ACQ.INVALID_PARAMETER" in text,
    "a trade of a mini-program": lambda text: '"trade_no"' in text,
    "asking for a trade": lambda text: "ACQ.TRADE_NOT_EXIST" in text,
    "closing a trade": lambda text: "ACQ.TRADE_NOT_EXIST" in text,
}


@pytest.mark.parametrize("request_", GOLDEN["requests"], ids=lambda one: one["name"])
def test_we_sign_over_the_same_and_come_to_the_same(request_: dict[str, Any]) -> None:
    signed = base_string(request_["parameters"] | {"sign": "not part of it"}, "utf-8")

    assert dict(parse_qsl(request_["query"])) == request_["parameters"] | {"sign": request_["sign"]}
    assert signed.decode() == request_["base_string"]
    assert sign(private_key(GOLDEN["private_key"]), signed) == request_["sign"]


@pytest.mark.parametrize("notice", GOLDEN["notices"], ids=lambda one: one["name"])
def test_notices_are_signed_without_their_sign_type(notice: dict[str, Any]) -> None:
    form = dict(parse_qsl(notice["body"]))
    signed = base_string(notice["fields"], "utf-8")

    assert form == notice["fields"] | {"sign": notice["sign"], "sign_type": "RSA2"}
    assert signed.decode() == notice["base_string"]
    assert sign(private_key(GOLDEN["private_key"]), signed) == notice["sign"]


@pytest.mark.parametrize("request_", GOLDEN["requests"], ids=lambda one: one["name"])
async def test_the_gateway_lets_them_in(city: City, request_: dict[str, Any]) -> None:
    theirs = replace(credentials(), app_public_pem=GOLDEN["public_key"])
    settings = AlipaySandboxSettings(clock=SIGNED_AT.timestamp)
    async with TestClient(TestServer(alipay_app(city, theirs, settings))) as client:
        text = await (await client.get(f"/gateway.do?{request_['query']}")).text()
        forged = await (await client.get(f"/gateway.do?{request_['query']}&x=1")).text()

    assert ANSWERS[request_["name"]](text)
    assert "isv.invalid-signature" in forged
