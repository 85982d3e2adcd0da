"""
Keys: our own, and those that WeChat Pay signs with.

WeChat Pay has a public key with an id, or certificates with serial numbers; while a merchant
moves from these to that, both are in use.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

LEAST_BITS = 2048
PUBLIC_KEY_ID = "PUB_KEY_ID_"
NUMBER = re.compile(r"[0-9A-Fa-f]+")
UNREADABLE = (ValueError, TypeError, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """A key of WeChat Pay's: a certificate's, which has its time, or the public key, for ever."""

    serial: str
    key: RSAPublicKey = field(repr=False)
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """Whether it may have signed something at this instant."""
        begun = self.valid_from is None or self.valid_from <= at
        return begun and (self.valid_until is None or at <= self.valid_until)


@dataclass(slots=True)
class KeyRing:
    """All keys that may have signed: the configured ones, and the certificates downloaded last."""

    configured: Mapping[str, PlatformKey]
    downloaded: Mapping[str, PlatformKey] = field(default_factory=dict)

    def find(self, serial: str) -> PlatformKey | None:
        """Look a key up by the serial that stands beside a signature."""
        name = canonical_serial(serial)
        return self.configured.get(name) or self.downloaded.get(name)


def by_serial(keys: Iterable[PlatformKey]) -> dict[str, PlatformKey]:
    """Arrange keys for a ring."""
    return {canonical_serial(key.serial): key for key in keys}


def canonical_serial(serial: str) -> str:
    """Serial numbers of certificates are numbers: some write them without a leading zero."""
    return serial.upper().lstrip("0") if NUMBER.fullmatch(serial) else serial


def read_certificate(pem: bytes) -> PlatformKey:
    """
    Take the key out of a certificate.

    :raises ValueError: if this is no certificate with an RSA key of at least 2048 bits
    """
    try:
        certificate = load_pem_x509_certificate(pem)
        key = certificate.public_key()
        if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_BITS:
            return PlatformKey(
                f"{certificate.serial_number:040X}",
                key,
                certificate.not_valid_before_utc,
                certificate.not_valid_after_utc,
            )
    except UNREADABLE:
        pass
    raise ValueError(f"no certificate with an RSA key of at least {LEAST_BITS} bits")


def load_certificate(file: Path) -> PlatformKey:
    """Read a platform certificate. :raises ValueError: in one sentence, if the file holds none"""
    data = content(file)
    try:
        return read_certificate(data)
    except ValueError as error:
        message = f"{file} holds {error} (PEM)."
    raise ValueError(message)


def load_private_key(file: Path) -> RSAPrivateKey:
    """Read the merchant's key. :raises ValueError: in one sentence, if the file holds none"""
    data = content(file)
    try:
        key = _parsed(data)
    except UNREADABLE:
        raise _unfit(file, "private") from None
    if not isinstance(key, RSAPrivateKey) or key.key_size < LEAST_BITS:
        raise _unfit(file, "private")
    return key


@lru_cache(maxsize=8)  # Checking a key takes 30 ms and more.
def _parsed(data: bytes) -> PrivateKeyTypes:
    return load_pem_private_key(data, password=None)


def load_public_key(file: Path) -> RSAPublicKey:
    """Read WeChat Pay's key. :raises ValueError: in one sentence, if the file holds none"""
    data = content(file)
    try:
        key = load_pem_public_key(data)
    except UNREADABLE:
        raise _unfit(file, "public") from None
    if not isinstance(key, RSAPublicKey) or key.key_size < LEAST_BITS:
        raise _unfit(file, "public")
    return key


def content(file: Path) -> bytes:
    """Read a file. :raises ValueError: in one sentence, if it cannot be read"""
    try:
        return file.read_bytes()
    except OSError as error:
        message = f"{file} cannot be read ({error.strerror})."
    raise ValueError(message)


def _unfit(file: Path, kind: str) -> ValueError:
    return ValueError(
        f"{file} holds no RSA {kind} key of at least {LEAST_BITS} bits (PEM, without a password)."
    )
