"""Personal data at rest: sealed with AES-256-GCM, found again by keyed digest."""

import hashlib
import hmac
import secrets
from functools import lru_cache

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
KEY_BYTES = 32
# Of people who ask; the verified tokens in memory know the same numbers.
REMEMBERED = 4096


class Vault:
    """
    Seals names, identity, VIN and engine numbers before they reach a table.

    One secret of 32 bytes; the sealing key and the digest key are derived from it, so that a
    digest never helps to open a seal.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"the data key must have {KEY_BYTES} bytes")
        self._secret = secret
        self._cipher = AESGCM(hmac.digest(secret, b"clearway seal v1", hashlib.sha256))
        self._digest_key = hmac.digest(secret, b"clearway digest v1", hashlib.sha256)
        self._digest_of_person = lru_cache(maxsize=REMEMBERED)(self.digest)

    def seal(self, values: dict[str, str | None], *, belongs_to: str) -> bytes:
        """Encrypt values; `belongs_to` names the row, and the seal opens nowhere else."""
        return self.seal_bytes(orjson.dumps(values), belongs_to=belongs_to)

    def open(self, sealed: bytes, *, belongs_to: str) -> dict[str, str | None]:
        """
        Decrypt what `seal` made.

        :raises cryptography.exceptions.InvalidTag: if key, row or content are not the sealed ones
        """
        values: dict[str, str | None] = orjson.loads(self.open_bytes(sealed, belongs_to=belongs_to))
        return values

    def seal_bytes(self, plain: bytes, *, belongs_to: str) -> bytes:
        """Encrypt a piece of a file; `belongs_to` names its row."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, belongs_to.encode())

    def open_bytes(self, sealed: bytes, *, belongs_to: str) -> bytes:
        """
        Decrypt what `seal_bytes` made.

        :raises cryptography.exceptions.InvalidTag: if key, row or content are not the sealed ones
        """
        return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], belongs_to.encode())

    def digest(self, value: str) -> bytes:
        """A keyed digest for equality look-ups; plain hashes of plates or ids can be guessed."""
        return hmac.digest(self._digest_key, value.encode(), hashlib.sha256)

    def digest_of_person(self, identity_number: str) -> bytes:
        """The digest of who is asking: worked out once for many requests."""
        return self._digest_of_person(identity_number)

    def derive(self, purpose: str) -> bytes:
        """A key of its own for another purpose."""
        return hmac.digest(self._secret, f"clearway {purpose} v1".encode(), hashlib.sha256)
