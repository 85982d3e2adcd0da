import json
import sys
from typing import Any

import pytest

from graphql_api.tokens.key_set import keys_of, parse_key_set, thumbprint
from tests.tokens.kit import ec_jwk, number, rsa_jwk

good = rsa_jwk("r1")

USABLE: dict[str, dict[str, Any]] = {
    "RSA": good,
    "RSA with all the trimmings": {**good, "alg": "RS256", "use": "sig", "key_ops": ["verify"]},
    "RSA with a certificate": {**good, "x5c": ["MIIB"], "x5t": "x"},
    "P-256": ec_jwk("e1"),
    "long kid": rsa_jwk("k" * 64),
    "P-256 with alg": ec_jwk("e1", alg="ES256"),
}

UNUSABLE: dict[str, dict[str, Any]] = {
    "RSA-1024": rsa_jwk("w", "weak", 1024),
    "RSA of 16,384 bits": {**good, "n": number(2**16383 + 1)},
    "exponent 3": {**good, "e": number(3)},
    "exponent 1": {**good, "e": number(1)},
    "exponent even": {**good, "e": number(2**17)},
    "modulus missing": {k: v for k, v in good.items() if k != "n"},
    "modulus null": {**good, "n": None},
    "modulus padded": {**good, "n": good["n"] + "=="},
    "private": {**good, "d": "AQAB"},
    "private prime": {**good, "p": "AQAB"},
    "oct": {"kty": "oct", "kid": "o", "k": "c2VjcmV0", "alg": "HS256"},
    "OKP": {"kty": "OKP", "kid": "o", "crv": "Ed25519", "x": "AAAA"},
    "no kty": {k: v for k, v in good.items() if k != "kty"},
    "kty list": {**good, "kty": ["RSA"]},
    "alg RS512": {**good, "alg": "RS512"},
    "alg HS256": {**good, "alg": "HS256"},
    "alg ES256 on RSA": {**good, "alg": "ES256"},
    "alg list": {**good, "alg": ["RS256"]},
    "use enc": {**good, "use": "enc"},
    "use null": {**good, "use": None},
    "key_ops sign": {**good, "key_ops": ["sign"]},
    "key_ops text": {**good, "key_ops": "verify"},
    "no kid": {k: v for k, v in good.items() if k != "kid"},
    "kid number": {**good, "kid": 1},
    "kid empty": {**good, "kid": ""},
    "kid long": {**good, "kid": "k" * 65},
    "P-384": ec_jwk("e", "384"),
    "P-384 called P-256": {**ec_jwk("e", "384"), "crv": "P-256"},
    "not on the curve": {**ec_jwk("e"), "y": number(1, 32)},
    "coordinate short": {**ec_jwk("e"), "x": number(1, 31)},
    "secp256k1": {**ec_jwk("e"), "crv": "secp256k1"},
}


def test_jose_runs_on_cryptography() -> None:
    keys = keys_of([rsa_jwk("r1"), ec_jwk("e1")])

    modules = {type(key.material).__module__ for key in keys.values()}
    assert modules == {"jose.backends.cryptography_backend"}
    assert "jose.backends.ecdsa_backend" not in sys.modules


@pytest.mark.parametrize("jwk", USABLE.values(), ids=USABLE)
def test_usable(jwk: dict[str, Any]) -> None:
    assert list(keys_of([jwk])) == [jwk["kid"]]


@pytest.mark.parametrize("jwk", UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_keys_are_left_out(jwk: dict[str, Any]) -> None:
    assert keys_of([jwk]) == {}
    assert list(keys_of([jwk, rsa_jwk("other", "second")])) == ["other"]


def test_two_keys_of_one_name_are_no_key() -> None:
    assert keys_of([good, rsa_jwk("r1", "second")]) == {}
    assert keys_of([good, {**good, "use": "enc"}]) == {}


BAD_DOCUMENTS = {
    "empty": b"",
    "HTML": b"<html>",
    "list": json.dumps([good]).encode(),
    "no keys": b"{}",
    "keys null": b'{"keys": null}',
    "keys object": json.dumps({"keys": good}).encode(),
    "no key": b'{"keys": []}',
    "no usable key": b'{"keys": [1, null, "x", {"kty": "oct"}]}',
    "repeated keys": b'{"keys": [], "keys": []}',
    "deep": b'{"keys": ' + b"[" * 20_000,
    "not UTF-8": b'{"keys": ["\xff"]}',
}


@pytest.mark.parametrize("document", BAD_DOCUMENTS.values(), ids=BAD_DOCUMENTS)
def test_bad_documents(document: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_key_set(document)


def test_thumbprint_of_rfc_7638() -> None:
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_"
        "BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0"
        "_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWh"
        "AI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    )

    assert thumbprint({"kty": "RSA", "n": n, "e": "AQAB"}) == (
        "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    )
