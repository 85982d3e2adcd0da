"""The settings of WeChat Pay: keys from files, and the sentences for what does not fit."""

from datetime import timedelta
from pathlib import Path
from typing import Any

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

from gateways.wechat_pay import WechatPayWire
from gateways.wechat_pay.keys import PlatformKey
from tests.gateways.wechat_pay_server import (
    APIV3_KEY,
    APP_ID,
    KEY_ID,
    MERCHANT,
    NOW,
    OWN_SERIAL,
    certificate,
    key,
    wire,
)

PRIVATE = (Encoding.PEM, PrivateFormat.PKCS8)
PUBLIC = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    merchant, platform = key("merchant"), key("platform").public_key()
    (tmp_path / "own.pem").write_bytes(merchant.private_bytes(*PRIVATE, NoEncryption()))
    (tmp_path / "platform.pem").write_bytes(platform.public_bytes(*PUBLIC))
    (tmp_path / "old.pem").write_bytes(certificate("old", 17))
    (tmp_path / "new.pem").write_bytes(certificate("new", 18))
    (tmp_path / "apiv3.txt").write_bytes(APIV3_KEY + b"\n")
    return tmp_path


def load(folder: Path, **changes: Any) -> WechatPayWire:
    plain: dict[str, Any] = {
        "base_url": "http://x",
        "app_id": APP_ID,
        "merchant_id": MERCHANT,
        "certificate_serial": OWN_SERIAL,
        "private_key_file": folder / "own.pem",
        "apiv3_key_file": folder / "apiv3.txt",
        "public_key_id": KEY_ID,
        "public_key_file": folder / "platform.pem",
        "certificate_files": [folder / "old.pem", folder / "new.pem"],
        "timeout_seconds": 3.0,
    }
    return WechatPayWire.load(**(plain | changes))


def test_both_ways_at_once(folder: Path) -> None:
    loaded = load(folder)

    assert loaded.private_key.private_numbers() == key("merchant").private_numbers()
    assert (loaded.apiv3_key, loaded.public_key_id, loaded.timeout_seconds) == (
        *(APIV3_KEY, KEY_ID),
        3.0,
    )
    since, until = (NOW + timedelta(days=days) for days in (-90, 30))
    times = (since.replace(microsecond=0), until.replace(microsecond=0))
    assert loaded.platform_keys == (
        PlatformKey(KEY_ID, key("platform").public_key()),
        PlatformKey(f"{17:040X}", key("old").public_key(), *times),
        PlatformKey(f"{18:040X}", key("new").public_key(), *times),
    )


def test_only_certificates_or_none_yet(folder: Path) -> None:
    without = {"public_key_id": None, "public_key_file": None}

    assert load(folder, **without).public_key_id is None
    assert load(folder, **without, certificate_files=()).platform_keys == ()


def unfit(folder: Path) -> dict[str, Path]:
    forms: dict[str, bytes] = {
        "empty": b"",
        "a word": b"key",
        "short": generate_private_key(65537, 1024).private_bytes(*PRIVATE, NoEncryption()),
        "elliptic": new_ec_key(SECP256R1()).private_bytes(*PRIVATE, NoEncryption()),
        "with a password": key("merchant").private_bytes(*PRIVATE, BestAvailableEncryption(b"x")),
    }
    for name, data in forms.items():
        (folder / name).write_bytes(data)
    return {name: folder / name for name in forms}


def test_files_that_do_not_hold_what_they_should(folder: Path) -> None:
    for file in [*unfit(folder).values(), folder / "platform.pem"]:
        with pytest.raises(ValueError, match="no RSA private key of at least 2048 bits") as raised:
            load(folder, private_key_file=file)
        assert str(file) in str(raised.value)
        assert raised.value.__cause__ is None
    for file in [*unfit(folder).values(), folder / "own.pem", folder / "old.pem"]:
        with pytest.raises(ValueError, match="no RSA public key of at least 2048 bits"):
            load(folder, public_key_file=file)
    for file in [*unfit(folder).values(), folder / "platform.pem"]:
        with pytest.raises(ValueError, match="no certificate with an RSA key"):
            load(folder, certificate_files=[file])


@pytest.mark.parametrize("name", ["private_key_file", "apiv3_key_file", "public_key_file"])
def test_no_file(folder: Path, name: str) -> None:
    with pytest.raises(ValueError, match=r"absent.pem cannot be read \(No such file"):
        load(folder, **{name: folder / "absent.pem"})


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"app_id": 'wx"1'}, "app_id is not one"),
        ({"app_id": ""}, "app_id is not one"),
        ({"merchant_id": "19 00"}, "merchant_id is not one"),
        ({"certificate_serial": '1"'}, "certificate_serial is not one"),
        ({"certificate_serial": "1\n"}, "certificate_serial is not one"),
        ({"public_key_id": None}, "give both"),
        ({"public_key_file": None}, "give both"),
        ({"public_key_id": "0119"}, "begins with PUB_KEY_ID_"),
        ({"public_key_id": KEY_ID + "\n"}, "begins with PUB_KEY_ID_"),
    ],
)
def test_what_does_not_fit(folder: Path, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        load(folder, **changes)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_the_key_of_the_wrong_length(folder: Path, length: int) -> None:
    (folder / "apiv3.txt").write_bytes(b"s" * length)

    with pytest.raises(ValueError, match="not 32 bytes long") as raised:
        load(folder)
    assert "sss" not in str(raised.value)


def test_the_merchants_own_key_is_the_wrong_one(folder: Path) -> None:
    own = key("merchant").public_key().public_bytes(*PUBLIC)
    (folder / "platform.pem").write_bytes(own)

    with pytest.raises(ValueError, match="not the merchant's"):
        load(folder)
    (folder / "old.pem").write_bytes(certificate("merchant", 5))
    with pytest.raises(ValueError, match="not the merchant's"):
        load(folder, public_key_id=None, public_key_file=None)


def test_secrets_do_not_print() -> None:
    shown = repr(wire())

    assert APIV3_KEY.decode() not in shown
    assert "RSA" not in shown
