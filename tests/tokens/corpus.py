"""Tokens that must be refused, each with the reason we want to see in the metrics."""

import hashlib
import hmac
import json

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.tokens.corpus_claims import (
    bad_claims,
    bad_issuers,
    bad_officers,
    bad_seals,
    bad_times,
    early_times,
)
from tests.tokens.kit import (
    NOT_A_STRING,
    Absent,
    Build,
    Signer,
    b64,
    claims,
    es256,
    header,
    pack,
    raw_claims,
    raw_header,
    rs256,
    rsa_jwk,
    rsa_private,
    token,
    with_claims,
    with_header,
)

public_key = PublicFormat.SubjectPublicKeyInfo


def hs256(encoding: Encoding, *, body_only: bool = False) -> Signer:
    secret = rsa_private("good").public_key().public_bytes(encoding, public_key)
    if body_only:
        secret = b"".join(secret.splitlines()[1:-1])
    return lambda data: hmac.digest(secret, data, hashlib.sha256)


def bad_parts() -> dict[str, Build]:
    return {
        "empty-ish": lambda: ".",
        "one part": lambda: token().split(".")[0],
        "two parts": lambda: token().rpartition(".")[0],
        "four parts": lambda: token() + ".AAAA",
        "JWE, five parts": lambda: f"{b64(json.dumps({'alg': 'dir', 'enc': 'A128GCM'}))}..AA.AA.AA",
        "empty header": lambda: "." + token().partition(".")[2],
        "empty claims": lambda: token().split(".")[0] + ".." + token().split(".")[2],
        "empty signature": lambda: token().rpartition(".")[0] + ".",
        "padded": lambda: token() + "==",
        "standard base64": lambda: token().replace("-", "+").replace("_", "/") + "+",
        "space inside": lambda: token().replace(".", ". ", 1),
        "line feed at the end": lambda: token() + "\n",
        "tab at the end": lambda: token() + "\t",
        "NUL inside": lambda: token().replace(".", ".\0", 1),
        "full-width dot": lambda: token().replace(".", "．", 1),
        "Chinese": lambda: "令牌.令牌.令牌",
        "loose bits": loose_bits,
        "impossible length": lambda: token() + "A" * (5 - len(token().rpartition(".")[2]) % 4),
        "too long": lambda: token(padding="x" * 4096),
        "dots only": lambda: "." * 4000,
        "header is a list": lambda: pack("[]", claims()),
        "header is text": lambda: pack('"RS256"', claims()),
        "header is null": lambda: pack("null", claims()),
        "header is not JSON": lambda: pack("{alg: RS256}", claims()),
        "header is not UTF-8": lambda: pack(b'{"alg":"\xff"}', claims()),
        "header in UTF-16": lambda: pack(json.dumps(header()).encode("utf-16"), claims()),
        "header with a BOM": lambda: pack("\ufeff" + json.dumps(header()), claims()),
        "deep header": lambda: pack('{"a":' * 400 + "1" + "}" * 400, claims()),
        "deep header of lists": lambda: pack('{"a":' + "[" * 1300 + "]" * 1300 + "}", claims()),
        "deep open header": lambda: pack("[" * 2500, claims()),
        "claims are a list": lambda: pack(header(), "[]"),
        "claims are a number": lambda: pack(header(), "1"),
        "claims are null": lambda: pack(header(), "null"),
        "claims are not JSON": lambda: pack(header(), "sub=u-1"),
        "claims are not UTF-8": lambda: pack(header(), b'{"sub":"\xc3\x28"}'),
        "deep claims": raw_claims(', "x": ' + "[" * 500 + "]" * 500),
        "wide claims": raw_claims(', "x": [' + ",".join(["{}"] * 100) + "]"),
        "trailing data": lambda: pack(header(), json.dumps(claims()) + "{}"),
        "lone surrogate in sub": with_claims(sub="\ud800"),
        "lone surrogate elsewhere": with_claims(other=["\udfff"]),
        "repeated sub": raw_claims(', "sub": "u-2"'),
        "repeated exp, deep": raw_claims(', "x": {"a": 1, "a": 2}'),
        "repeated alg": raw_header(', "alg": "RS256"'),
        "repeated kid": raw_header(', "kid": "r1"'),
        "exp Infinity": raw_claims(', "x": Infinity'),
        "exp -Infinity": raw_claims(', "x": -Infinity'),
        "exp NaN": raw_claims(', "x": NaN'),
        "exp 1e999": raw_claims(', "x": 1e999'),
        "number of 400 digits": raw_claims(', "x": ' + "9" * 400),
        "number of 2,500 digits": raw_claims(', "x": ' + "9" * 2500),
    }


def loose_bits() -> str:
    """Change bits of the last character that do not count: same signature, another spelling."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    good = token()
    return good[:-1] + alphabet[alphabet.index(good[-1]) + 1]


def bad_headers() -> dict[str, Build]:
    forged = {
        "alg HS256, PEM key": Encoding.PEM,
        "alg HS256, DER key": Encoding.DER,
    }
    cases: dict[str, Build] = {
        name: (lambda e=encoding: pack(header(alg="HS256"), claims(), hs256(e)))  # type: ignore[misc]
        for name, encoding in forged.items()
    }
    cases["alg HS256, base64 body"] = lambda: pack(
        header(alg="HS256"), claims(), hs256(Encoding.PEM, body_only=True)
    )
    for alg in ("none", "None", "NONE", "nOnE", "", "RS384", "RS512", "PS256", "ES384", "EdDSA"):
        cases[f"alg {alg!r}"] = with_header(alg=alg)
    for alg in ("rs256", " RS256", "RSA1_5", "dir"):
        cases[f"alg {alg!r}"] = with_header(alg=alg)
    for odd in (*NOT_A_STRING, ["RS256"]):
        cases[f"alg {odd!r}"] = with_header(alg=odd)
        cases[f"kid {odd!r}"] = with_header(kid=odd)
    return cases | {
        "no alg": with_header(alg=Absent()),
        "no kid": with_header(kid=Absent()),
        "kid empty": with_header(kid=""),
        "kid long": with_header(kid="k" * 65),
        "kid with line feed": with_header(kid="r1\n"),
        "crit": with_header(crit=["exp"]),
        "crit empty": with_header(crit=[]),
        "crit unknown": with_header(crit=["x"], x=1),
        "b64 false": with_header(b64=False),
        "zip": with_header(zip="DEF"),
        "enc": with_header(enc="A128GCM"),
        "jku": with_header(jku="https://evil.example/jwks.json"),
        "x5u": with_header(x5u="https://evil.example/cert.pem"),
        "x5c": with_header(x5c=["MIIB"]),
        "own jwk": lambda: pack(header(jwk=rsa_jwk("r1", "evil")), claims(), rs256("evil")),
        "jwk null": with_header(jwk=None),
    }


def bad_types() -> dict[str, Build]:
    kinds = (
        "",
        "jwt+at",
        "id+jwt",
        "JWE",
        "application/jwt",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
    )
    cases = {f"typ {kind!r}": with_header(typ=kind) for kind in kinds}
    for odd in (*NOT_A_STRING, ["at+jwt"]):
        cases[f"typ {odd!r}"] = with_header(typ=odd)
    for claim in ("nonce", "at_hash", "c_hash"):
        cases[f"ID token with {claim}"] = lambda claim=claim: pack(  # type: ignore[misc]
            header(typ="JWT"), claims(**{claim: "x"})
        )
    return cases | {"no typ": with_header(typ=Absent())}


def bad_keys() -> dict[str, Build]:
    return {
        "kid unknown": with_header(kid="r9"),
        "kid is a path": with_header(kid="../../dev/null"),
        "kid is SQL": with_header(kid="' OR 1=1 --"),
        "kid of the other issuer": with_header(kid="o1"),
        "kid of RSA under ES256": lambda: pack(header(alg="ES256"), claims(), es256()),
        "kid of EC under RS256": with_header(kid="e1"),
    }


def bad_signatures() -> dict[str, Build]:
    return {
        "stranger's key": lambda: pack(header(), claims(), rs256("evil")),
        "other issuer's key": lambda: pack(header(), claims(), rs256("officers")),
        "kid names another key": lambda: pack(header(kid="r2"), claims()),
        "RSA-1024": lambda: pack(header(), claims(), rs256("weak", 1024)),
        "P-384 under ES256": lambda: pack(header(alg="ES256", kid="e1"), claims(), es256("384")),
        "ECDSA of zeros": lambda: pack(
            header(alg="ES256", kid="e1"), claims(), lambda _: bytes(64)
        ),
        "ECDSA one byte short": lambda: pack(
            header(alg="ES256", kid="e1"), claims(), lambda data: es256()(data)[:-1]
        ),
        "RSA of zeros": lambda: pack(header(), claims(), lambda _: bytes(256)),
        "signature cut": lambda: pack(header(), claims(), lambda data: rs256()(data)[:-1]),
        "signature longer": lambda: pack(header(), claims(), lambda data: rs256()(data) + b"\0"),
        "one byte": lambda: pack(header(), claims(), lambda _: b"\0"),
        "claims swapped": lambda: ".".join(
            [token().split(".")[0], token(sub="u-2").split(".")[1], token().split(".")[2]]
        ),
        "header swapped": lambda: ".".join(
            [pack(header(typ="JWT"), claims()).split(".")[0], *token().split(".")[1:]]
        ),
    }


CORPUS: list[tuple[str, str, Build]] = [
    (name, reason, build)
    for reason, cases in [
        ("malformed", bad_parts() | bad_headers()),
        ("type", bad_types()),
        ("unknown-issuer", bad_issuers()),
        ("unknown-key", bad_keys()),
        ("signature", bad_signatures()),
        ("claims", bad_claims() | bad_officers() | bad_seals()),
        ("expired", bad_times()),
        ("not-yet-valid", early_times()),
    ]
    for name, build in cases.items()
]
