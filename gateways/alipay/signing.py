"""RSA2 signatures: SHA-256 with RSA, PKCS#1 v1.5."""

import base64
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256


def base_string(params: Mapping[str, str]) -> str:
    """
    The text of a request that is signed: all but `sign` and what is empty, sorted, not encoded.

    `sign_type` is part of it, unlike in a notice.
    """
    kept = sorted((name, value) for name, value in params.items() if value and name != "sign")
    return "&".join(f"{name}={value}" for name, value in kept)


def signature_of(params: Mapping[str, str], key: RSAPrivateKey) -> str:
    """Sign a request; the same request always gets the same signature."""
    data = base_string(params).encode("utf-8")
    return base64.b64encode(key.sign(data, PKCS1v15(), SHA256())).decode("ascii")


def base_string_of_notice(params: Mapping[str, str]) -> str:
    """The same for a notice, of which `sign_type` is not signed either."""
    return base_string({name: value for name, value in params.items() if name != "sign_type"})


def is_genuine(data: bytes, signature: bytes, key: RSAPublicKey) -> bool:
    """Whether these very bytes were signed with the key."""
    try:
        key.verify(signature, data, PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True
