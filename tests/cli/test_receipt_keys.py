"""`clearway keys --receipts`, run as an operator would."""

import json
import re
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.cli.processes import clearway
from tests.cli.test_keys import PRODUCTION, keys, refused, rename

SIGNS_FROM = re.compile(r"Key ([\w-]{43}) signs from (\S+)\.\n")


def rotated(*arguments: str, env: dict[str, str]) -> tuple[str, str]:
    """Key and instant; nothing else is said."""
    out, said = keys("rotate", "--receipts", *arguments, env=env)
    found = SIGNS_FROM.fullmatch(said)
    assert (out, bool(found)) == ("", True), said
    assert found
    return found[1], found[2]


def test_keys_come_and_never_go(tmp_path: Path) -> None:
    folder = tmp_path / "receipts"
    env = {"CLEARWAY_RECEIPT_KEYS_DIR": str(folder)}
    assert keys("list", "--receipts", env=env) == (
        "",
        f"No keys in {folder} yet: make the first with clearway keys rotate --receipts.\n",
    )
    assert not folder.exists()

    first, at_once = rotated(env=env)
    rename(folder, at_once, "20160101T000000Z")
    second, soon = rotated(env=env)
    rename(folder, soon, "20160201T000000Z")
    third, later = rotated("--in", "1d", env=env)

    assert keys("list", "--receipts", env=env) == (
        "kid                                          signs from            state\n"
        f"{first}  2016-01-01T00:00:00Z  verifying only\n"
        f"{second}  2016-02-01T00:00:00Z  signing\n"
        f"{third}  {later}  coming\n",
        "",
    )
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
        assert isinstance(load_pem_private_key(file.read_bytes(), None), EllipticCurvePrivateKey)


def test_the_two_kinds_of_keys_stay_apart(tmp_path: Path) -> None:
    rotated(f"--data-dir={tmp_path}", env={})
    keys("rotate", f"--data-dir={tmp_path}", env={})

    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["receipts", "signing"]
    file = next((tmp_path / "keys" / "signing").iterdir())
    env = {"CLEARWAY_RECEIPT_KEYS_DIR": str(file.parent)}
    for action in ("list", "rotate"):
        assert refused("keys", action, "--receipts", env=env) == (
            f"Error: {file} does not hold a key on the curve P-256: remove it.\n"
        )
    assert [*file.parent.iterdir()] == [file]


def test_the_doctor_misses_the_key_in_production(tmp_path: Path) -> None:
    env = {**PRODUCTION, "CLEARWAY_DATA_DIR": str(tmp_path)}
    keys("rotate", env=env)

    def found() -> dict[str, Any]:
        checks = json.loads(clearway("doctor", "--profile=production", "--json", env=env).stdout)
        keys: dict[str, Any] = next(one for one in checks["checks"] if one["name"] == "keys")
        return keys

    ill = found()
    assert ill["ok"] is False
    assert ill["found"] == f"{tmp_path / 'keys' / 'receipts'} holds no signing key"
    assert ill["mend"].startswith("run clearway keys rotate --receipts")
    rotated(env=env)
    assert found()["ok"] is True
