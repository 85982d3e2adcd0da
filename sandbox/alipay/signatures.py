"""RSA2: SHA256withRSA with PKCS#1 v1.5 padding, in Base64."""

from base64 import b64decode, b64encode
from collections.abc import Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256


def base_string(parameters: Mapping[str, str], charset: str) -> bytes:
    """What a request is signed over: everything but `sign` and what is empty, sorted by name."""
    signed = sorted((name, value) for name, value in parameters.items() if value)
    text = "&".join(f"{name}={value}" for name, value in signed if name != "sign")
    return text.encode(charset, errors="replace")


def sign(key: RSAPrivateKey, data: bytes) -> str:
    return b64encode(key.sign(data, PKCS1v15(), SHA256())).decode()


def verifies(key: RSAPublicKey, data: bytes, signature: str) -> bool:
    try:
        key.verify(b64decode(signature, validate=True), data, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
