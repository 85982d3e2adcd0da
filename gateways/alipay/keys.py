"""RSA keys as the Alipay console gives them: PEM, or the bare base64 of the same."""

import base64
from codecs import BOM_UTF8
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

LEAST_BITS = 2048  # what RSA2 asks for


def load_private_key(file: Path) -> RSAPrivateKey:
    """
    Read our application's key, PKCS#1 or PKCS#8.

    :raises ValueError: if the file is no such key of at least 2048 bits
    """
    data, is_pem = _content(file)
    try:
        key = _parsed(data, is_pem=is_pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unfit(file, "private") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise _unfit(file, "private")
    return key


def load_public_key(file: Path) -> RSAPublicKey:
    """
    Read Alipay's key.

    :raises ValueError: if the file is no such key of at least 2048 bits
    """
    data, is_pem = _content(file)
    try:
        key = load_pem_public_key(data) if is_pem else load_der_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _unfit(file, "public") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise _unfit(file, "public")
    return key


@lru_cache(maxsize=8)  # Checking a key takes 30 ms and more.
def _parsed(data: bytes, *, is_pem: bool) -> PrivateKeyTypes:
    load = load_pem_private_key if is_pem else load_der_private_key
    return load(data, password=None)


def _content(file: Path) -> tuple[bytes, bool]:
    try:
        data = file.read_bytes().removeprefix(BOM_UTF8)
    except OSError as error:
        raise ValueError(f"{file} cannot be read ({error.strerror}).") from None
    if b"-----BEGIN" in data:
        return data, True
    try:
        return base64.b64decode(b"".join(data.split()), validate=True), False
    except ValueError:
        return b"", False


def _unfit(file: Path, kind: str) -> ValueError:
    return ValueError(
        f"{file} holds no RSA {kind} key of at least {LEAST_BITS} bits"
        " (PEM, or the base64 text from the Alipay console, without a password)."
    )
