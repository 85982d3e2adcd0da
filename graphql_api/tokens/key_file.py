"""A file with one signing key (PKCS #8, PEM), named after the instant from which it signs."""

import os
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from graphql_api.tokens.jose_backend import Algorithm
from graphql_api.tokens.signing_key import SigningKey

SUFFIX = ".pem"
_NAME = f"%Y%m%dT%H%M%SZ{SUFFIX}"
_BITS = 2048
_MAX_BYTES = 64 * 1024
_KINDS: dict[Algorithm, tuple[type[rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey], str]] = {
    "RS256": (rsa.RSAPrivateKey, f"an RSA key of {_BITS} bits or more"),
    "ES256": (ec.EllipticCurvePrivateKey, "a key on the curve P-256"),
}


def file_name(signs_from: datetime) -> str:
    return signs_from.astimezone(UTC).strftime(_NAME)


def read_key(file: Path, algorithm: Algorithm = "RS256") -> SigningKey:
    """
    Read a key; takes some 30 ms of computing (ES256: 1 ms), in which the key is checked.

    :raises ValueError: if the file is not such a file, or others may read it
    :raises OSError: if it cannot be read
    """
    signs_from = _instant(file)
    with file.open("rb") as opened:
        # A group may read it: that is how Kubernetes hands secrets to a process (fsGroup).
        if os.fstat(opened.fileno()).st_mode & 0o037:
            raise ValueError(f"{file} may be read by others: chmod 600 it, or make a new key")
        pem = opened.read(_MAX_BYTES)
    try:
        private = _parsed(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValueError(f"{file} is damaged, or no private key in PEM: remove it") from None
    kind, wanted = _KINDS[algorithm]
    if isinstance(private, kind):
        with suppress(ValueError):
            return SigningKey.of(private, signs_from)
    raise ValueError(f"{file} does not hold {wanted}: remove it")


@lru_cache(maxsize=8)  # Checking a key takes 30 ms and more.
def _parsed(pem: bytes) -> PrivateKeyTypes:
    return load_pem_private_key(pem, password=None)


def write_key(folder: Path, signs_from: datetime, algorithm: Algorithm = "RS256") -> SigningKey:
    """
    Add a new key to the folder; it is there as a whole, for its owner only, or not at all.

    :raises ValueError: if there is one that signs from then already
    """
    file = folder / file_name(signs_from)
    # Made with mode 0600.
    descriptor, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(_new_key(algorithm))
            opened.flush()
            os.fsync(opened.fileno())
        # Unlike a rename, a link never replaces a key.
        os.link(draft, file)
    except FileExistsError:
        raise ValueError(f"{file} is there already: choose another instant") from None
    finally:
        os.unlink(draft)
    return read_key(file, algorithm)


def _instant(file: Path) -> datetime:
    try:
        instant = datetime.strptime(file.name, _NAME).replace(tzinfo=UTC)
    except ValueError:
        instant = None
    # strptime also reads instants with digits left out.
    if instant is None or file_name(instant) != file.name:
        raise ValueError(
            f"{file} is not named after an instant such as {file_name(datetime.now(UTC))}: "
            "rename or remove it"
        )
    return instant


def _new_key(algorithm: Algorithm) -> bytes:
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
    if algorithm == "RS256":
        key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
