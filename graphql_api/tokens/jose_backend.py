"""The only module that knows python-jose, so that it can be changed in an hour."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from jose import jws
from jose.backends import ECKey, RSAKey
from jose.exceptions import JOSEError

Algorithm = Literal["RS256", "ES256"]

# Without `cryptography` jose falls back, silently, on pure Python: slow, and for ECDSA with a
# timing leak that its authors will not mend (CVE-2024-23342).
if {RSAKey.__module__, ECKey.__module__} != {
    "jose.backends.cryptography_backend"
} or "jose.backends.ecdsa_backend" in sys.modules:  # pragma: no cover
    raise RuntimeError("python-jose must run on `cryptography`: install python-jose[cryptography]")


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """One public key for one algorithm; `thumbprint` (RFC 7638) is the name of its content."""

    kid: str
    algorithm: Algorithm
    thumbprint: str
    material: Any = field(repr=False, compare=False)


def rsa_key(kid: str, thumbprint: str, key: RSAPublicKey) -> VerificationKey:
    return VerificationKey(kid, "RS256", thumbprint, RSAKey(key, "RS256"))


def ec_key(kid: str, thumbprint: str, key: EllipticCurvePublicKey) -> VerificationKey:
    return VerificationKey(kid, "ES256", thumbprint, ECKey(key, "ES256"))


def signature_holds(token: str, key: VerificationKey) -> bool:
    """Verify with exactly this key and its algorithm: given a key set, jose ignores `kid`."""
    try:
        jws.verify(token, key.material, algorithms=[key.algorithm])
    except JOSEError:
        return False
    return True


def sign(claims: Mapping[str, Any], key: RSAPrivateKey, *, kid: str, token_type: str) -> str:
    headers = {"kid": kid, "typ": token_type}
    token: str = jws.sign(claims, RSAKey(key, "RS256"), headers=headers, algorithm="RS256")
    return token
