"""Keys in all the forms people have them in, and the sentences for those that do not fit."""

import base64
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_ec_key
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateways.alipay import AlipayWire
from tests.gateways.platforms import app_key, platform_key

PLAIN = NoEncryption()
FORMS = {
    "PEM": Encoding.PEM,
    "bare base64": Encoding.DER,
}


def written(data: bytes, encoding: Encoding) -> bytes:
    return data if encoding is Encoding.PEM else base64.b64encode(data)


def wrapped(data: bytes) -> bytes:
    """As an editor leaves it."""
    return b"\xef\xbb\xbf" + textwrap.fill(data.decode(), 64).encode() + b"\r\n"


def load(folder: Path, private: bytes, public: bytes) -> AlipayWire:
    (folder / "app.pem").write_bytes(private)
    (folder / "alipay.pem").write_bytes(public)
    return AlipayWire.load(
        gateway_url="http://x/gateway.do",
        app_id="2021",
        private_key_file=folder / "app.pem",
        public_key_file=folder / "alipay.pem",
        timeout_seconds=3.0,
    )


def private_of(form: PrivateFormat, encoding: Encoding) -> bytes:
    return written(app_key().private_bytes(encoding, form, PLAIN), encoding)


def public_of(form: PublicFormat, encoding: Encoding) -> bytes:
    return written(platform_key().public_key().public_bytes(encoding, form), encoding)


GOOD_PRIVATE = private_of(PrivateFormat.PKCS8, Encoding.PEM)
GOOD_PUBLIC = public_of(PublicFormat.SubjectPublicKeyInfo, Encoding.PEM)


@pytest.mark.parametrize("encoding", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("public", [PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1])
def test_every_form_of_a_key(
    tmp_path: Path, encoding: Encoding, form: PrivateFormat, public: PublicFormat
) -> None:
    wire = load(tmp_path, private_of(form, encoding), public_of(public, encoding))

    assert wire.private_key.private_numbers() == app_key().private_numbers()
    assert wire.platform_key == platform_key().public_key()
    assert (wire.gateway_url, wire.app_id, wire.timeout_seconds) == (
        *("http://x/gateway.do", "2021"),
        3.0,
    )


def test_line_breaks_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    private = wrapped(private_of(PrivateFormat.PKCS8, Encoding.DER))
    public = wrapped(public_of(PublicFormat.SubjectPublicKeyInfo, Encoding.DER))

    assert load(tmp_path, private, public).platform_key == platform_key().public_key()


UNFIT: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "a word": lambda: b"key",
    "binary": lambda: b"\x00\xff" * 100,
    "damaged": lambda: GOOD_PRIVATE.replace(b"A", b"B"),
    "short": lambda: generate_private_key(65537, 1024).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, PLAIN
    ),
    "elliptic": lambda: new_ec_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, PLAIN
    ),
    "with a password": lambda: app_key().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
    ),
    "the public one": lambda: GOOD_PUBLIC,
}


@pytest.mark.parametrize("name", UNFIT)
def test_no_private_key(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no RSA private key of at least 2048 bits") as raised:
        load(tmp_path, UNFIT[name](), GOOD_PUBLIC)

    assert str(tmp_path / "app.pem") in str(raised.value)
    assert raised.value.__cause__ is None


PUBLIC_UNFIT: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "a word": lambda: b"key",
    "short": lambda: (
        generate_private_key(65537, 1024)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ),
    "elliptic": lambda: (
        new_ec_key(SECP256R1())
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ),
    "the private one": lambda: GOOD_PRIVATE,
}


@pytest.mark.parametrize("name", PUBLIC_UNFIT)
def test_no_public_key(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no RSA public key of at least 2048 bits"):
        load(tmp_path, GOOD_PRIVATE, PUBLIC_UNFIT[name]())


def test_our_own_public_key_is_the_wrong_one(tmp_path: Path) -> None:
    own = app_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    with pytest.raises(ValueError, match="not the application's own"):
        load(tmp_path, GOOD_PRIVATE, own)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"absent.pem cannot be read \(No such file"):
        AlipayWire.load(
            gateway_url="http://x/",
            app_id="2021",
            private_key_file=tmp_path / "absent.pem",
            public_key_file=tmp_path / "absent.pem",
        )


def test_keys_do_not_print(tmp_path: Path) -> None:
    assert "key" not in repr(load(tmp_path, GOOD_PRIVATE, GOOD_PUBLIC))
