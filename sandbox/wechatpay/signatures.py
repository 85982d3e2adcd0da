"""WECHATPAY2-SHA256-RSA2048: SHA256withRSA with PKCS#1 v1.5 padding, in Base64."""

from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

SCHEME = "WECHATPAY2-SHA256-RSA2048"


def request_text(verb: str, target: str, timestamp: str, nonce: str, body: bytes) -> bytes:
    """Five lines; `target` and `body` are what was on the wire."""
    return f"{verb}\n{target}\n{timestamp}\n{nonce}\n".encode() + body + b"\n"


def message_text(timestamp: str, nonce: str, body: bytes) -> bytes:
    """Three lines, of an answer or a notice."""
    return f"{timestamp}\n{nonce}\n".encode() + body + b"\n"


def sign(key: RSAPrivateKey, text: bytes) -> str:
    return b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def verifies(key: RSAPublicKey, text: bytes, signature: str) -> bool:
    try:
        key.verify(b64decode(signature, validate=True), text, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True
