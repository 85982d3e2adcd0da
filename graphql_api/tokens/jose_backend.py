"""The only module that knows python-jose, so that it can be changed in an hour."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from jose import jws
from jose.backends import ECKey, RSAKey
from jose.exceptions import JOSEError

Algorithm = Literal["RS256", "ES256"]
PrivateKey = RSAPrivateKey | EllipticCurvePrivateKey

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


def sign(claims: Mapping[str, Any], key: PrivateKey, *, kid: str, token_type: str) -> str:
    """Sign with the algorithm of the key. The same claims and key always make the same token."""
    headers = {"kid": kid, "typ": token_type}
    if isinstance(key, RSAPrivateKey):
        material, algorithm = RSAKey(key, "RS256"), "RS256"
    else:
        material, algorithm = _RepeatableECKey(key, "ES256"), "ES256"
    token: str = jws.sign(claims, material, headers=headers, algorithm=algorithm)
    return token


class _RepeatableECKey(ECKey):  # type: ignore[misc]
    """ECDSA after RFC 6979: what is signed twice has one signature, and no bad luck leaks a key."""

    def sign(self, message: bytes) -> bytes:
        signature = self.prepared_key.sign(message, ECDSA(SHA256(), deterministic_signing=True))
        return b"".join(part.to_bytes(32, "big") for part in decode_dss_signature(signature))
