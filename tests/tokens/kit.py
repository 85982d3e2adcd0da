"""Makes tokens, good and bad, with `cryptography` alone: the code under test has no hand in it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from domain.principals import Principal
from graphql_api.tokens import InvalidToken, TrustedIssuer
from graphql_api.tokens.key_set import keys_of
from graphql_api.tokens.verifier import TokenVerifier

ISSUER = "https://id.example.gov.cn"
AUDIENCE = "clearway"
OTHER_ISSUER = "https://police.example.gov.cn"
# The one that seals what it says of a citizen.
SEALING_ISSUER = "urn:clearway"
IDENTITY_NUMBER = "11010519491231002X"
NOW = datetime(2026, 11, 5, 8, 0, tzinfo=UTC)

Signer = Callable[[bytes], bytes]
Build = Callable[[], str]
JsonObject = dict[str, Any]
NOT_A_STRING: tuple[Any, ...] = (None, 1, True, [], {})


class Absent:
    """Marks a member that a token shall not have."""


@dataclass
class Clock:
    """Time that passes only when a test says so."""

    passed: float = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return 1000.0 + self.passed

    def advance(self, seconds: float) -> None:
        self.passed += seconds


def rsa_private(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key per name and session: making them is slow."""
    return _rsa_private(name, bits)


@cache
def _rsa_private(name: str, bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_private(name: str) -> ec.EllipticCurvePrivateKey:
    curve = ec.SECP384R1() if "384" in name else ec.SECP256R1()
    return ec.generate_private_key(curve)


def rs256(name: str = "good", bits: int = 2048) -> Signer:
    return lambda data: rsa_private(name, bits).sign(data, padding.PKCS1v15(), SHA256())


def es256(name: str = "good") -> Signer:
    def sign(data: bytes) -> bytes:
        r, s = decode_dss_signature(ec_private(name).sign(data, ec.ECDSA(SHA256())))
        size = (ec_private(name).key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    return sign


def b64(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(kid: str, name: str = "good", bits: int = 2048, **others: Any) -> JsonObject:
    public = rsa_private(name, bits).public_key().public_numbers()
    return {"kty": "RSA", "kid": kid, "n": number(public.n), "e": number(public.e), **others}


def ec_jwk(kid: str, name: str = "good", **others: Any) -> JsonObject:
    key = ec_private(name)
    size = (key.key_size + 7) // 8
    point = key.public_key().public_numbers()
    crv = "P-384" if "384" in name else "P-256"
    x, y = number(point.x, size), number(point.y, size)
    return {"kty": "EC", "kid": kid, "crv": crv, "x": x, "y": y, **others}


def header(**changes: Any) -> JsonObject:
    return _changed({"alg": "RS256", "typ": "at+jwt", "kid": "r1"}, changes)


def claims(**changes: Any) -> JsonObject:
    now = int(NOW.timestamp())
    usual = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "u-1",
        "iat": now,
        "nbf": now,
        "exp": now + 900,
    }
    return _changed(usual, changes)


def sealed(name: str, identity_number: str, subject: str = "u-1") -> str:
    """Hide who somebody is, for these tests: spelled in base64url, and only for that subject."""
    return b64(json.dumps([subject, name, identity_number]))


def open_identity(text: str, subject: str) -> tuple[str, str]:
    sealed_for, name, identity_number = json.loads(base64.urlsafe_b64decode(text + "=="))
    if sealed_for != subject:
        raise ValueError("sealed for somebody else")
    return name, identity_number


def sealing(**changes: Any) -> JsonObject:
    """Claims of the issuer that seals, about 王小明."""
    usual = {"sealed_identity": sealed("王小明", IDENTITY_NUMBER), "acr": "face"}
    return claims(**{"iss": SEALING_ISSUER, **usual, **changes})


def _changed(usual: JsonObject, changes: JsonObject) -> JsonObject:
    return {k: v for k, v in {**usual, **changes}.items() if not isinstance(v, Absent)}


def pack(
    head: JsonObject | str | bytes, body: JsonObject | str | bytes, sign: Signer | None = None
) -> str:
    """Assemble a token; text and bytes are taken as they are, so that they may be bad JSON."""
    parts = [b64(json.dumps(part) if isinstance(part, dict) else part) for part in (head, body)]
    signed = ".".join(parts)
    return f"{signed}.{b64((sign or rs256())(signed.encode()))}"


def token(**changed_claims: Any) -> str:
    return pack(header(), claims(**changed_claims))


def with_header(**changes: Any) -> Build:
    return lambda: pack(header(**changes), claims())


def with_claims(**changes: Any) -> Build:
    return lambda: token(**changes)


def raw_claims(change: str) -> Build:
    """Put `change` into the claims as text, because json.dumps would not write it."""
    return lambda: pack(header(), json.dumps(claims())[:-1] + change + "}")


def raw_header(change: str) -> Build:
    return lambda: pack(json.dumps(header())[:-1] + change + "}", claims())


def without(name: str) -> Build:
    return lambda: token(**{name: Absent()})


def refused(reason: str) -> pytest.RaisesExc[InvalidToken]:
    return pytest.raises(InvalidToken, check=lambda error: error.reason == reason)


@dataclass
class World:
    """A verifier that trusts one issuer for citizens and another for officers."""

    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.verifier = TokenVerifier(trusted(), clock=self.clock.now)

    def say(self, *headers: bytes) -> Principal:
        """Run the verifier without an event loop: with fixed keys it never has to wait."""
        steps = self.verifier.principal(headers)
        try:
            steps.send(None)
        except StopIteration as end:
            principal: Principal = end.value
            return principal
        raise AssertionError("had to wait")

    def bearer(self, text: str) -> Principal:
        return self.say(b"Bearer " + text.encode("utf-8", "surrogatepass"))


def trusted() -> list[TrustedIssuer]:
    citizens = keys_of([rsa_jwk("r1"), rsa_jwk("r2", "second"), ec_jwk("e1")])
    officers = keys_of([rsa_jwk("o1", "officers")])
    return [
        TrustedIssuer(ISSUER, AUDIENCE, "citizen", local_keys=lambda: citizens),
        TrustedIssuer(
            OTHER_ISSUER,
            AUDIENCE,
            "officer",
            local_keys=lambda: officers,
            open_identity=open_identity,
        ),
        TrustedIssuer(
            SEALING_ISSUER,
            AUDIENCE,
            "citizen",
            local_keys=lambda: citizens,
            open_identity=open_identity,
        ),
    ]
