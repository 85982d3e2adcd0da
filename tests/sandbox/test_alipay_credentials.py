"""The keys of the sandbox: made once, read by whoever comes later."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from sandbox.alipay import SANDBOX_APP_ID, AlipayCredentials
from tests.sandbox.alipay_wire import credentials

FILES = {
    "alipay-app.pem": 0o600,
    "alipay-app-public.pem": 0o644,
    "alipay-platform.pem": 0o600,
    "alipay-platform-public.pem": 0o644,
}


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_keys_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "some" / "keys"
    made = AlipayCredentials.load_or_create(folder)
    written = contents(folder)

    assert AlipayCredentials.load_or_create(folder) == made
    assert (
        contents(folder)
        == written
        == {
            "alipay-app.pem": made.app_private_pem,
            "alipay-app-public.pem": made.app_public_pem,
            "alipay-platform.pem": made.platform_private_pem,
            "alipay-platform-public.pem": made.platform_public_pem,
        }
    )
    assert {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()} == FILES
    assert folder.stat().st_mode & 0o777 == 0o700
    assert made.app_id == SANDBOX_APP_ID == "2021000000000001"


def test_keys_are_of_the_kinds_that_alipay_wants() -> None:
    made = credentials()
    for pem in (made.app_private_pem, made.platform_private_pem):
        key = load_pem_private_key(pem.encode(), None)
        assert isinstance(key, RSAPrivateKey)
        assert key.key_size == 2048
        assert pem.startswith("-----BEGIN PRIVATE KEY-----\n")
    for pem in (made.app_public_pem, made.platform_public_pem):
        assert pem.startswith("-----BEGIN PUBLIC KEY-----\n")
    assert made.app_private_pem != made.platform_private_pem


def test_new_keys_are_others() -> None:
    assert AlipayCredentials.new().app_private_pem != credentials().app_private_pem


def test_keys_do_not_show() -> None:
    assert repr(credentials()) == f"AlipayCredentials(app_id='{SANDBOX_APP_ID}')"


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    with ProcessPoolExecutor(4, mp_context=get_context("spawn")) as pool:
        made = list(pool.map(AlipayCredentials.load_or_create, [folder] * 4))

    assert made == [made[0]] * 4
    assert AlipayCredentials.load_or_create(folder) == made[0]
    assert set(contents(folder)) == set(FILES)


def test_a_lost_public_key_is_written_again(tmp_path: Path) -> None:
    made = AlipayCredentials.load_or_create(tmp_path)
    (tmp_path / "alipay-app-public.pem").unlink()
    (tmp_path / "alipay-platform-public.pem").write_text("damaged")

    assert AlipayCredentials.load_or_create(tmp_path) == made
    assert contents(tmp_path)["alipay-app-public.pem"] == made.app_public_pem
    assert contents(tmp_path)["alipay-platform-public.pem"] == made.platform_public_pem


@pytest.mark.parametrize("text", ["", "damaged", "-----BEGIN PRIVATE KEY-----\nMIIE\n"])
def test_a_damaged_private_key_is_not_replaced(tmp_path: Path, text: str) -> None:
    made = AlipayCredentials.load_or_create(tmp_path)
    path = tmp_path / "alipay-platform.pem"
    path.write_text(text)

    with pytest.raises(ValueError, match=r"alipay-platform\.pem is damaged") as caught:
        AlipayCredentials.load_or_create(tmp_path)

    assert path.read_text() == text
    assert "PRIVATE" not in str(caught.value)
    assert contents(tmp_path)["alipay-app.pem"] == made.app_private_pem


def test_a_public_key_of_another_kind_is_refused() -> None:
    private = credentials().app_private_pem
    odd = AlipayCredentials(SANDBOX_APP_ID, private, private, private, private)

    with pytest.raises(ValueError, match=r"PEM|key"):
        odd.app_public_key()
