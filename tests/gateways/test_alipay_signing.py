"""Signatures of requests, by the letter of the platform's rules."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateways.alipay.signing import base_string, is_genuine, signature_of
from tests.gateways.platforms import app_key, platform_key

# Made by python-alipay-sdk; see tests/sandbox/test_alipay_golden.py.
GOLDEN = json.loads(
    (Path(__file__).parents[1] / "sandbox" / "golden" / "alipay_requests.json").read_text()
)


@pytest.mark.parametrize("request_", GOLDEN["requests"], ids=lambda one: one["name"])
def test_another_sdk_signs_the_same(request_: dict[str, Any]) -> None:
    key = load_pem_private_key(GOLDEN["private_key"].encode(), None)
    assert isinstance(key, RSAPrivateKey)

    assert base_string(request_["parameters"]) == request_["base_string"]
    assert signature_of(request_["parameters"], key) == request_["sign"]


def test_what_is_signed() -> None:
    params = {
        "sign_type": "RSA2",
        "b": "a=1&b=2",
        "a": "空格 ' \" + %20",
        "sign": "whatever",
        "empty": "",
        "B": "capitals come first",
    }

    assert base_string(params) == (
        "B=capitals come first&a=空格 ' \" + %20&b=a=1&b=2&sign_type=RSA2"
    )


def test_a_signature_is_the_same_every_time_and_is_the_keys_own() -> None:
    params = {"method": "alipay.trade.query", "biz_content": '{"subject":"罚款"}'}
    data = '{"subject":"罚款"}'.join(["biz_content=", "&method=alipay.trade.query"]).encode()

    signature = signature_of(params, app_key())

    assert signature == signature_of(dict(reversed(params.items())), app_key())
    assert is_genuine(data, base64.b64decode(signature), app_key().public_key())
    assert not is_genuine(data + b" ", base64.b64decode(signature), app_key().public_key())
    assert not is_genuine(data, base64.b64decode(signature), platform_key().public_key())
    for broken in (b"", b"\x00" * 256, b"\xff" * 255, b"\xff" * 257):
        assert not is_genuine(data, broken, app_key().public_key())
