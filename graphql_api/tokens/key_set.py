import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers

from graphql_api.tokens import base64url, strict_json
from graphql_api.tokens.jose_backend import VerificationKey, ec_key, rsa_key

KeySet = Mapping[str, VerificationKey]

_MAX_BRACKETS = 512
_LONGEST_KID = 64
# A key that is secret, or was published by mistake, vouches for nothing.
_SECRET_PARTS = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_RSA_BITS = range(2048, 8193)
# FIPS 186-5, A.1.1: 2^16 < e < 2^256.
_RSA_EXPONENTS = range(2**16 + 1, 2**256)
_P256_BYTES = 32


def parse_key_set(document: bytes) -> KeySet:
    """
    Read a JWKS; keys that we could not use safely are left out.

    :raises ValueError: if it is no JWKS, or has no key that we can use
    """
    listed = strict_json.parse_object(document, max_brackets=_MAX_BRACKETS).get("keys")
    if not isinstance(listed, list):
        raise ValueError("a key set needs a list of keys")
    usable = keys_of([jwk for jwk in listed if isinstance(jwk, dict)])
    if not usable:
        raise ValueError("no usable key")
    return usable


def keys_of(jwks: list[dict[str, Any]]) -> KeySet:
    """Load each key that we can use safely, unless another one bears the same `kid`."""
    kids = Counter(jwk["kid"] for jwk in jwks if isinstance(jwk.get("kid"), str))
    keys: dict[str, VerificationKey] = {}
    for jwk in jwks:
        key = _key_or_none(jwk)
        if key is not None and kids[key.kid] == 1:
            keys[key.kid] = key
    return keys


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Name a key after its content (RFC 7638); `jwk` holds the required members only."""
    canonical = json.dumps(jwk, separators=(",", ":"), sort_keys=True)
    return base64url.encode(hashlib.sha256(canonical.encode("ascii")).digest())


def _key_or_none(jwk: dict[str, Any]) -> VerificationKey | None:
    kid = jwk.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID or not _is_for_verifying(jwk):
        return None
    try:
        match jwk.get("kty"), jwk.get("alg"):
            case "RSA", None | "RS256":
                return _rsa(kid, jwk)
            case "EC", None | "ES256":
                return _p256(kid, jwk)
    except (ValueError, TypeError, KeyError):
        return None
    return None


def _is_for_verifying(jwk: dict[str, Any]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    return (
        _SECRET_PARTS.isdisjoint(jwk)
        and jwk.get("use", "sig") == "sig"
        and isinstance(operations, list)
        and "verify" in operations
    )


def _rsa(kid: str, jwk: dict[str, Any]) -> VerificationKey:
    modulus, exponent = _integer(jwk["n"]), _integer(jwk["e"])
    if modulus.bit_length() not in _RSA_BITS or exponent not in _RSA_EXPONENTS:
        raise ValueError("weak or absurd RSA key")
    name = thumbprint({"kty": "RSA", "n": jwk["n"], "e": jwk["e"]})
    return rsa_key(kid, name, RSAPublicNumbers(exponent, modulus).public_key())


def _p256(kid: str, jwk: dict[str, Any]) -> VerificationKey:
    if jwk.get("crv") != "P-256":
        raise ValueError("ES256 is P-256")
    x, y = (base64url.decode(jwk[axis]) for axis in ("x", "y"))
    if len(x) != _P256_BYTES or len(y) != _P256_BYTES:
        raise ValueError("not a coordinate of P-256")
    # Refuses a point that is not on the curve.
    point = EllipticCurvePublicNumbers(_number(x), _number(y), SECP256R1()).public_key()
    name = thumbprint({"kty": "EC", "crv": "P-256", "x": jwk["x"], "y": jwk["y"]})
    return ec_key(kid, name, point)


def _integer(text: str) -> int:
    return _number(base64url.decode(text))


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
