"""The keys of the sandbox of WeChat Pay: made once, read by whoever comes later."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from sandbox.wechatpay import (
    SANDBOX_CERTIFICATE_SERIAL,
    SANDBOX_MERCHANT_ID,
    SANDBOX_PUBLIC_KEY_ID,
    WechatPayCredentials,
)
from tests.sandbox.wechatpay_wire import credentials

FILES = {
    "wechatpay-apiv3.key": 0o600,
    "wechatpay-merchant-cert.pem": 0o600,
    "wechatpay-merchant.pem": 0o600,
    "wechatpay-platform-cert.pem": 0o600,
    "wechatpay-platform.pem": 0o600,
    "wechatpay-public.pem": 0o644,
    "wechatpay-signing.pem": 0o600,
}


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_keys_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "keys"
    made = WechatPayCredentials.load_or_create(folder)
    written = contents(folder)

    assert WechatPayCredentials.load_or_create(folder) == made
    assert (
        contents(folder)
        == written
        == {
            "wechatpay-apiv3.key": made.apiv3_key,
            "wechatpay-merchant-cert.pem": made.merchant_certificate_pem,
            "wechatpay-merchant.pem": made.merchant_private_pem,
            "wechatpay-platform-cert.pem": made.platform_certificate_pem,
            "wechatpay-platform.pem": made.platform_private_pem,
            "wechatpay-public.pem": made.public_pem,
            "wechatpay-signing.pem": made.signing_private_pem,
        }
    )
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == FILES
    assert folder.stat().st_mode & 0o777 == 0o700


def test_certificates_are_of_the_keys_beside_them() -> None:
    made = credentials()
    assert (made.merchant_id, made.certificate_serial, made.public_key_id) == (
        SANDBOX_MERCHANT_ID,
        SANDBOX_CERTIFICATE_SERIAL,
        SANDBOX_PUBLIC_KEY_ID,
    )
    for key_pem, pem in (
        (made.merchant_private_pem, made.merchant_certificate_pem),
        (made.platform_private_pem, made.platform_certificate_pem),
    ):
        certificate = load_pem_x509_certificate(pem.encode())
        key = certificate.public_key()
        assert isinstance(key, RSAPublicKey)
        assert key == load_pem_private_key(key_pem.encode(), None).public_key()
        assert (key.key_size, len(f"{certificate.serial_number:X}")) == (2048, 40)
    assert len(made.apiv3_key) == 32
    assert (
        len({made.merchant_private_pem, made.platform_private_pem, made.signing_private_pem}) == 3
    )


def test_keys_do_not_show() -> None:
    assert repr(credentials()) == (
        f"WechatPayCredentials(merchant_id='{SANDBOX_MERCHANT_ID}', "
        f"certificate_serial='{SANDBOX_CERTIFICATE_SERIAL}', "
        f"public_key_id='{SANDBOX_PUBLIC_KEY_ID}')"
    )


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(WechatPayCredentials.load_or_create, [folder] * 3))

    assert made == [made[0]] * 3
    assert set(contents(folder)) == set(FILES)


@pytest.mark.parametrize("name", sorted(set(FILES) - {"wechatpay-public.pem"}))
def test_what_is_damaged_is_not_replaced(tmp_path: Path, name: str) -> None:
    WechatPayCredentials.load_or_create(tmp_path)
    (tmp_path / name).write_text("damaged")

    with pytest.raises(ValueError, match=rf"{name} is damaged: delete it"):
        WechatPayCredentials.load_or_create(tmp_path)
    assert (tmp_path / name).read_text() == "damaged"


def test_a_certificate_of_another_key(tmp_path: Path) -> None:
    made = WechatPayCredentials.load_or_create(tmp_path)
    (tmp_path / "wechatpay-platform-cert.pem").write_text(made.merchant_certificate_pem)

    with pytest.raises(ValueError, match=r"wechatpay-platform-cert\.pem is damaged"):
        WechatPayCredentials.load_or_create(tmp_path)
