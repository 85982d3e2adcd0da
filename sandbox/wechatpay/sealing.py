"""What is encrypted with the APIv3 key: AES-256-GCM, in Base64."""

import secrets
from base64 import b64encode

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 6  # Twelve characters as text.


def seal(plain: bytes, associated: str, apiv3_key: str) -> dict[str, str]:
    """A `resource` or an `encrypt_certificate`, without what only one of them has."""
    nonce = secrets.token_hex(_NONCE_BYTES)
    sealed = AESGCM(apiv3_key.encode()).encrypt(nonce.encode(), plain, associated.encode())
    return {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": nonce,
        "associated_data": associated,
        "ciphertext": b64encode(sealed).decode(),
    }
