import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

_BITS = 2048


def load_or_create_key(key_file: Path) -> rsa.RSAPrivateKey:
    """
    Read the signing key (PKCS #8, PEM), making it first if there is none. Blocks: call at start-up.

    :raises ValueError: if the file holds something else, or others may read it
    """
    if not key_file.exists():
        _create(key_file)
    if key_file.stat().st_mode & 0o077:
        raise ValueError(f"{key_file} may be read by others: chmod 600 it, or make a new key")
    key = load_pem_private_key(key_file.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _BITS:
        raise ValueError(f"{key_file} does not hold an RSA key of {_BITS} bits or more")
    return key


def _create(key_file: Path) -> None:
    key_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Made with mode 0600.
    descriptor, temporary = tempfile.mkstemp(prefix=f".{key_file.name}.", dir=key_file.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(_new_key())
            file.flush()
            os.fsync(file.fileno())
        # Unlike a rename, a link fails if another process was faster: its key is the one, then.
        with suppress(FileExistsError):
            os.link(temporary, key_file)
    finally:
        os.unlink(temporary)


def _new_key() -> bytes:
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
