"""The two key pairs an app and Alipay know each other by."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from sandbox.platforms.folders import load_or_create, publish

SANDBOX_APP_ID = "2021000000000001"
# The account at Alipay that the money goes to (PID).
SANDBOX_SELLER_ID = "2088000000000001"
_KEY_BITS = 2048


@dataclass(frozen=True, slots=True)
class AlipayCredentials:
    """Keys as PEM: private ones in PKCS#8, public ones as SubjectPublicKeyInfo."""

    app_id: str
    app_private_pem: str = field(repr=False)
    app_public_pem: str = field(repr=False)
    platform_private_pem: str = field(repr=False)
    platform_public_pem: str = field(repr=False)

    @classmethod
    def new(cls) -> "AlipayCredentials":
        """Fresh keys that are kept nowhere."""
        return cls._of(_new_private_pem(), _new_private_pem())

    @classmethod
    def load_or_create(cls, folder: Path) -> "AlipayCredentials":
        """
        The keys of a folder, made there once however many processes start together.

        :raises ValueError: when a private key is damaged
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        credentials = cls._of(
            _load_or_create(folder / "alipay-app.pem"),
            _load_or_create(folder / "alipay-platform.pem"),
        )
        publish(folder / "alipay-app-public.pem", credentials.app_public_pem)
        publish(folder / "alipay-platform-public.pem", credentials.platform_public_pem)
        return credentials

    @classmethod
    def _of(cls, app: str, platform: str) -> "AlipayCredentials":
        return cls(SANDBOX_APP_ID, app, _public_pem(app), platform, _public_pem(platform))

    def app_public_key(self) -> RSAPublicKey:
        """:raises ValueError: when the PEM holds no RSA key"""
        key = load_pem_public_key(self.app_public_pem.encode())
        if not isinstance(key, RSAPublicKey):
            raise ValueError("an RSA key is expected")
        return key

    def platform_private_key(self) -> RSAPrivateKey:
        """:raises ValueError: when the PEM holds no RSA key"""
        return _private_key(self.platform_private_pem)


def _new_private_pem() -> str:
    key = generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@cache  # Checking a key takes 30 ms and more.
def _private_key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("an RSA key is expected")
    return key


def _public_pem(private_pem: str) -> str:
    public = _private_key(private_pem).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _load_or_create(path: Path) -> str:
    pem = load_or_create(path, _new_private_pem)
    try:
        _private_key(pem)
    except (ValueError, TypeError):  # TypeError: a key behind a password
        raise ValueError(f"{path} is damaged: delete it to have a new key made.") from None
    return pem
