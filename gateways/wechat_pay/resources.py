"""What WeChat Pay encrypts for us with the APIv3 key: notices, and its certificates."""

import base64
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateways.wechat_pay.keys import PlatformKey, by_serial, canonical_serial, read_certificate

ALGORITHM = "AEAD_AES_256_GCM"
NONCE_LENGTH = 12
TAG_LENGTH = 16


def open_resource(resource: object, apiv3_key: bytes) -> bytes:
    """
    Decrypt a `resource` and make sure that it was encrypted for us.

    :raises ValueError: if it was not; the text holds nothing of it
    """
    if not isinstance(resource, Mapping) or resource.get("algorithm") != ALGORITHM:
        raise ValueError("no encrypted resource")
    nonce, associated = _ascii(resource, "nonce"), _ascii(resource, "associated_data")
    try:
        sealed = base64.b64decode(_ascii(resource, "ciphertext"), validate=True)
    except ValueError:
        raise ValueError("not base64") from None
    if len(nonce) != NONCE_LENGTH or len(sealed) < TAG_LENGTH:
        raise ValueError("no encrypted resource")
    try:
        return AESGCM(apiv3_key).decrypt(nonce, sealed, associated)
    except InvalidTag:
        raise ValueError("encrypted with another key, or damaged") from None


def open_certificates(answer: Mapping[str, Any], apiv3_key: bytes) -> dict[str, PlatformKey]:
    """
    Take the certificates out of an answer of `GET /v3/certificates`, for a ring.

    :raises ValueError: if there are none, or one of them is not what it should be
    """
    listed = answer.get("data")
    if not isinstance(listed, list) or not listed:
        raise ValueError("no certificates")
    return by_serial(_certificate(entry, apiv3_key) for entry in listed)


def _certificate(entry: object, apiv3_key: bytes) -> PlatformKey:
    if not isinstance(entry, Mapping):
        raise ValueError("no certificate")
    serial = _ascii(entry, "serial_no").decode()
    key = read_certificate(open_resource(entry.get("encrypt_certificate"), apiv3_key))
    if canonical_serial(serial) != canonical_serial(key.serial):
        raise ValueError("a certificate under another's serial")
    return key


def _ascii(node: Mapping[str, Any], name: str) -> bytes:
    """Text of the wire; what is absent is empty."""
    value = node.get(name) or ""
    if not isinstance(value, str) or not value.isascii():
        raise ValueError(f"{name} is no text")
    return value.encode()
