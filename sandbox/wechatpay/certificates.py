"""Keys, and the certificates in which an authority of the sandbox vouches for them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

_KEY_BITS = 2048
_LIFE = timedelta(days=5 * 365)
_AUTHORITY = "Clearway sandbox CA"


def new_private_pem() -> str:
    return _pem(generate_private_key(public_exponent=65537, key_size=_KEY_BITS))


def public_pem(private_pem: str) -> str:
    public = private_key(private_pem).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


@cache  # Checking a key takes 30 ms and more.
def private_key(pem: str) -> RSAPrivateKey:
    """:raises ValueError: when the PEM holds no RSA key"""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise ValueError("an RSA key is expected")
    return key


def certificate(pem: str) -> x509.Certificate:
    """:raises ValueError: when the PEM holds none"""
    return x509.load_pem_x509_certificate(pem.encode())


def check_certificate(pem: str, private_pem: str) -> None:
    """:raises ValueError: when the PEM holds no certificate of this key"""
    if certificate(pem).public_key() != private_key(private_pem).public_key():
        raise ValueError("a certificate of another key")


def certificate_pem(name: str, private_pem: str, serial: int | None = None) -> str:
    """A certificate of a key; without a serial, always the same one for the same key."""
    public = private_key(private_pem).public_key()
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(_AUTHORITY))
        .public_key(public)
        .serial_number(_serial_of_key(public) if serial is None else serial)
        # A clock that runs a little behind ours is no reason to refuse it.
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFE)
        .sign(_authority(), SHA256())
        .public_bytes(Encoding.PEM)
        .decode()
    )


def platform_certificate(private_pem: str) -> str:
    """A certificate of WeChat Pay's."""
    return certificate_pem("Tenpay.com", private_pem)


@cache
def _authority() -> EllipticCurvePrivateKey:
    """Nobody checks the chain, so the authority lives no longer than the process."""
    return new_ec_key(SECP256R1())


def _serial_of_key(public: RSAPublicKey) -> int:
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    # 40 digits, of which the first is not 0.
    return int.from_bytes(sha256(der).digest()[:20], "big") >> 1 | 1 << 158


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _pem(key: RSAPrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
