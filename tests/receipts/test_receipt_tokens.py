"""Tokens of receipts: what is genuine, what is not, and keys that come but never go."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from domain.receipts import Receipt
from graphql_api.tokens import OwnIssuer
from graphql_api.tokens.key_file import write_key
from graphql_api.tokens.key_ring import KeyRing
from graphql_api.tokens.key_rotation import KeyState, add_key, states_of
from graphql_api.tokens.key_set import KeySet, keys_of, parse_key_set
from graphql_api.tokens.receipts import MAX_BYTES, ReceiptIssuer, genuine_claims
from services.receipt_pdf.qr import qr_code
from tests.receipts.kit import ISSUER, claims, receipt
from tests.stack import TestClock
from tests.tokens.corpus import hs256
from tests.tokens.kit import (
    Absent,
    Build,
    b64,
    ec_jwk,
    ec_private,
    es256,
    pack,
    rs256,
    rsa_jwk,
)
from tests.tokens.signing_keys import pem, put_bytes


def keys() -> KeySet:
    return keys_of([ec_jwk("k1"), ec_jwk("k2", "second"), rsa_jwk("r1")])


def head(**changed: Any) -> dict[str, Any]:
    usual = {"alg": "ES256", "kid": "k1", "typ": "receipt+jws"} | changed
    return {name: value for name, value in usual.items() if not isinstance(value, Absent)}


def made(**changed: Any) -> Build:
    return lambda: pack(head(**changed), claims(), es256())


def saying(**changed: Any) -> Build:
    return lambda: pack(head(), claims(**changed), es256())


def swapped(place: int, other: Callable[[], str]) -> Build:
    """A genuine token with one part of another one."""

    def build() -> str:
        parts, others = genuine().split("."), other().split(".")
        parts[place] = others[place]
        return ".".join(parts)

    return build


def genuine() -> str:
    return pack(head(), claims(), es256())


OTHER_ALGORITHMS: tuple[Any, ...] = (
    *("none", "None", "", "RS256", "es256", "ES384", "HS256", "EdDSA"),
    *(None, 1, []),
)
OTHER_TYPES: tuple[Any, ...] = ("", "JWT", "at+jwt", "Receipt+jws", None, [])
OTHER_KEYS: tuple[Any, ...] = ("", "k9", "../k1", None, 1, ["k1"], {"k": 1})
HOSTILE: dict[str, Build] = {
    "nothing": lambda: "",
    "dots": lambda: "..",
    "many dots": lambda: "." * 2000,
    "two parts": lambda: genuine().rpartition(".")[0],
    "four parts": lambda: genuine() + ".AAAA",
    "no signature": lambda: genuine().rpartition(".")[0] + ".",
    "padded": lambda: genuine() + "==",
    "line feed": lambda: genuine() + "\n",
    "space": lambda: genuine().replace(".", ". ", 1),
    "full-width dot": lambda: genuine().replace(".", "．", 1),
    "Chinese": lambda: "凭证.凭证.凭证",
    "half a character": lambda: "\ud800.\ud800.\ud800",
    "NUL": lambda: genuine().replace(".", ".\0", 1),
    "far too long": lambda: "A" * 10_000_000,
    "too long": lambda: pack(head(), claims() | {"x": "x" * MAX_BYTES}, es256()),
    "header is a list": lambda: pack("[]", claims(), es256()),
    "header is null": lambda: pack("null", claims(), es256()),
    "header is no JSON": lambda: pack("{alg: ES256}", claims(), es256()),
    "deep header": lambda: pack("[" * 2000, claims(), es256()),
    "deep header of objects": lambda: pack('{"a":' * 350, claims(), es256()),
    "deep claims": lambda: pack(head(), "[" * 2000, es256()),
    "deep claims of objects": lambda: pack(head(), '{"a":' * 350, es256()),
    "repeated alg": lambda: pack(json.dumps(head())[:-1] + ',"alg":"none"}', claims(), es256()),
    "repeated amount": lambda: pack(head(), json.dumps(claims())[:-1] + ',"amt":1}', es256()),
    "amount NaN": lambda: pack(head(), json.dumps(claims(amt=float("nan"))), es256()),
    "amount of many digits": lambda: pack(
        head(), json.dumps(claims()).replace("20000", "9" * 400), es256()
    ),
    "lone surrogate": saying(num="\ud800"),
    "claims are a list": lambda: pack(head(), "[]", es256()),
    "claims are no UTF-8": lambda: pack(head(), b'{"num":"\xff"}', es256()),
    **{f"alg {alg!r}": made(alg=alg) for alg in OTHER_ALGORITHMS},
    "alg HS256, PEM as secret": lambda: pack(head(alg="HS256"), claims(), hs256(Encoding.PEM)),
    "alg none, no signature": lambda: (
        f"{b64(json.dumps(head(alg='none')))}.{b64(json.dumps(claims()))}."
    ),
    "alg RS256 by the RSA key": lambda: pack(head(alg="RS256", kid="r1"), claims(), rs256()),
    "ES256 by name, RSA by key": lambda: pack(head(kid="r1"), claims(), rs256()),
    **{f"typ {typ!r}": made(typ=typ) for typ in OTHER_TYPES},
    **{f"kid {kid!r}": made(kid=kid) for kid in OTHER_KEYS},
    **{f"no {name}": made(**{name: Absent()}) for name in ("alg", "kid", "typ")},
    "crit": made(crit=["b64"], b64=False),
    "b64": made(b64=True),
    "zip": made(zip="DEF"),
    "jku": made(jku="https://evil.example/keys.json"),
    "own key": lambda: pack(head(jwk=ec_jwk("k1", "evil")), claims(), es256("evil")),
    "x5c": made(x5c=["MIIB"]),
    "stranger's key": lambda: pack(head(), claims(), es256("evil")),
    "another key than it names": lambda: pack(head(kid="k2"), claims(), es256()),
    "P-384": lambda: pack(head(), claims(), es256("384")),
    "signature of zeros": lambda: pack(head(), claims(), lambda _: bytes(64)),
    "signature of ones": lambda: pack(head(), claims(), lambda _: b"\xff" * 64),
    "signature cut": lambda: pack(head(), claims(), lambda data: es256()(data)[:-1]),
    "signature longer": lambda: pack(head(), claims(), lambda data: es256()(data) + b"\0"),
    "another header": swapped(0, lambda: pack(head(kid="k2"), claims(), es256("second"))),
    "another amount": swapped(1, saying(amt=1)),
    "another decision": swapped(1, saying(dec=[["5", 20000, 0]])),
    "another signature": swapped(2, saying(num="CW2")),
}


@pytest.mark.parametrize("build", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_not_genuine(build: Build) -> None:
    assert genuine_claims(build(), keys()) is None


def test_what_is_genuine() -> None:
    assert genuine_claims(genuine(), keys()) == claims()
    assert genuine_claims(pack(head(kid="k2"), claims(), es256("second")), keys()) == claims()
    assert genuine_claims(genuine(), {}) is None


def test_hostile_texts_find_no_deeper_stack() -> None:
    """As deep in calls as a server may be, deep nesting is refused and not a RecursionError."""

    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
            return
        for name, build in HOSTILE.items():
            if name.startswith("deep"):
                assert genuine_claims(build(), keys()) is None

    deeper(sys.getrecursionlimit() - 300)


def test_a_receipt_is_signed_and_read(tmp_path: Path) -> None:
    issuer = ReceiptIssuer.load(tmp_path, create=True)
    issued = receipt(20)

    token = issuer.sign(issued.claims(ISSUER))

    said = issuer.genuine_claims(token)
    assert said == issued.claims(ISSUER)
    assert Receipt.of_claims(said).agrees_with(issued)
    # The same each time: so is the QR code, and the page it is printed on.
    assert issuer.sign(issued.claims(ISSUER)) == token
    published = parse_key_set(json.dumps(issuer.jwks()).encode())
    assert genuine_claims(token, published) == said
    assert [sorted(one) for one in issuer.jwks()["keys"]] == [
        ["alg", "crv", "kid", "kty", "use", "x", "y"]
    ]


def test_how_large_the_code_is(tmp_path: Path) -> None:
    issuer = ReceiptIssuer.load(tmp_path, create=True)

    versions = [
        int(qr_code(issuer.sign(receipt(count).claims(ISSUER))).version) for count in (1, 20, 50)
    ]

    # A module of version 25 is 0.4 mm wide on the page.
    assert versions[0] <= 15
    assert versions[1] <= 25
    assert versions[2] <= 40


def test_an_access_token_is_no_receipt_and_a_receipt_no_access_token(tmp_path: Path) -> None:
    own = OwnIssuer.load_or_create(tmp_path / "signing")
    receipts = ReceiptIssuer.load(tmp_path / "receipts", create=True)

    assert receipts.genuine_claims(own.sign(claims(), timedelta(minutes=5))) is None
    with pytest.raises(ValueError, match="does not hold a key on the curve P-256: remove it"):
        ReceiptIssuer.load(tmp_path / "signing", create=False)
    with pytest.raises(ValueError, match="does not hold an RSA key of 2048 bits or more"):
        OwnIssuer(KeyRing(tmp_path / "receipts"))


def test_old_receipts_verify_after_rotations(tmp_path: Path, clock: TestClock) -> None:
    running = ReceiptIssuer.load(tmp_path, create=True, clock=clock)
    oldest = running.sign(claims())
    for _ in range(3):
        clock.advance(days=400)
        add_key(tmp_path, clock.now, wait=timedelta(minutes=11), algorithm="ES256")
    restarted = ReceiptIssuer.load(tmp_path, create=False, clock=clock)
    assert restarted.genuine_claims(oldest) == claims()

    # The newest is known, and does not sign yet.
    before = restarted.sign(claims())
    clock.advance(minutes=12)
    after = restarted.sign(claims())
    assert len({oldest, before, after}) == 3
    assert restarted.genuine_claims(before) == restarted.genuine_claims(after) == claims()

    states = states_of(KeyRing(tmp_path, "ES256").oldest_first(), clock.now, None)
    assert [state for _, state in states] == [KeyState.VERIFYING] * 3 + [KeyState.SIGNING]
    assert len(restarted.jwks()["keys"]) == 4


def test_a_process_notices_a_new_key_by_itself(tmp_path: Path, clock: TestClock) -> None:
    time = [0.0]
    ReceiptIssuer.load(tmp_path, create=True, clock=clock)
    ring = KeyRing(tmp_path, "ES256", monotonic=lambda: time[0])
    waiting = ReceiptIssuer(ring, clock=clock)
    clock.advance(days=1)
    add_key(tmp_path, clock.now, wait=timedelta(0), algorithm="ES256")
    elsewhere = ReceiptIssuer.load(tmp_path, create=False, clock=clock).sign(claims())
    assert waiting.genuine_claims(elsewhere) is None

    time[0] += 1.0

    assert waiting.genuine_claims(elsewhere) == claims()


def test_no_key_is_made_where_none_may_be(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"run clearway keys rotate --receipts$"):
        ReceiptIssuer.load(tmp_path / "receipts", create=False)
    assert [*tmp_path.iterdir()] == []


def test_a_key_on_another_curve_is_refused(tmp_path: Path) -> None:
    file = put_bytes(tmp_path, "20260101T000000Z", pem(ec_private("384")))

    with pytest.raises(ValueError, match=f"{file} does not hold a key on the curve P-256"):
        ReceiptIssuer.load(tmp_path, create=False)


def test_two_keys_of_one_instant(tmp_path: Path) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    write_key(tmp_path, at, "ES256")

    with pytest.raises(ValueError, match="is there already: choose another instant"):
        add_key(tmp_path, at, wait=timedelta(0), algorithm="ES256")
    assert len([*tmp_path.iterdir()]) == 1
