"""Folders of signing keys, as operators fill them."""

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from graphql_api.tokens.key_set import thumbprint
from tests.tokens.kit import rsa_jwk, rsa_private


def pem(key: RSAPrivateKey | EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def put(folder: Path, instant: str, name: str) -> Path:
    """Put the key of that name there, as a whole."""
    return put_bytes(folder, instant, pem(rsa_private(name)))


def put_bytes(folder: Path, instant: str, content: bytes) -> Path:
    draft = folder / ".draft"
    draft.touch(mode=0o600)
    draft.write_bytes(content)
    file = folder / f"{instant}.pem"
    os.replace(draft, file)
    return file


def kid(name: str) -> str:
    """What the key of that name is called: the thumbprint of its content (RFC 7638)."""
    jwk = rsa_jwk("", name)
    return thumbprint({member: jwk[member] for member in ("kty", "n", "e")})
