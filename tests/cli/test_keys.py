"""`clearway keys`, run as an operator would."""

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.cli.processes import clearway

SIGNS_FROM = re.compile(r"Key ([\w-]{43}) signs from (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\.\n")
PRODUCTION = {
    "CLEARWAY_PROFILE": "production",
    "CLEARWAY_DATABASE_URL": "postgresql://clearway@127.0.0.1:1/clearway",
    "CLEARWAY_DATA_KEY": base64.b64encode(bytes(range(32))).decode(),
    "CLEARWAY_ALIPAY_APP_ID": "2021000000000000",
    "CLEARWAY_POLICE_SERIAL": "s3cret",
    "CLEARWAY_POLICE_URL": "http://10.0.0.5/trffweb/services/TmriOutNewAccess",
    "CLEARWAY_PUBLIC_URL": "https://clearway.example.cn",
}
# What keeps it from starting once the keys are in order.
NEXT_TROUBLE = "The database does not answer"


def keys(*arguments: str, env: Mapping[str, str]) -> tuple[str, str]:
    """What a command that succeeds says on stdout and on stderr."""
    result = clearway("keys", *arguments, env=env)
    assert result.returncode == 0, result.stderr
    return result.stdout, result.stderr


def refused(*arguments: str, env: Mapping[str, str]) -> str:
    result = clearway(*arguments, env=env)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    return result.stderr


def rotated(*arguments: str, env: Mapping[str, str]) -> tuple[str, str, str]:
    """Key, instant, and what else was said."""
    out, said = keys("rotate", *arguments, env=env)
    assert out == ""
    found = SIGNS_FROM.match(said)
    assert found, said
    return found[1], found[2], said[found.end() :]


def rename(folder: Path, instant: str, to: str) -> None:
    name = re.sub("[-:]", "", instant) + ".pem"
    (folder / name).rename(folder / f"{to}.pem")


def test_the_life_of_keys(tmp_path: Path) -> None:
    folder = tmp_path / "mounted" / "signing"
    env = {"CLEARWAY_SIGNING_KEYS_DIR": str(folder)}
    assert keys("list", env=env) == (
        "",
        f"No keys in {folder} yet: make the first with clearway keys rotate.\n",
    )
    assert not folder.exists()

    oldest, at_once, said = rotated(env=env)
    assert said == ""
    rename(folder, at_once, "20260101T000000Z")
    second, soon, said = rotated(env=env)
    assert said == ""
    rename(folder, soon, "20260201T000000Z")
    third, hasty, said = rotated("--in", "600s", env=env)
    assert said == (
        f"Key {oldest} is removed: the last token it signed has expired.\n"
        "Note: who keeps our published keys for 10 minutes may refuse its first tokens.\n"
    )
    fourth, later, said = rotated("--in", "1d", env=env)
    assert said == ""

    assert keys("list", env=env) == (
        "kid                                          signs from            state\n"
        f"{second}  2026-02-01T00:00:00Z  signing\n"
        f"{third}  {hasty}  coming\n"
        f"{fourth}  {later}  coming\n",
        "",
    )
    rename(folder, hasty, "20260301T000000Z")
    rename(folder, later, "20260302T000000Z")
    out, _ = keys("list", env=env)
    assert re.findall(r"(?m)Z  (.*)$", out) == ["may go", "may go", "signing"]


def test_a_trial_signs_with_the_key_that_keys_shows(tmp_path: Path) -> None:
    token = clearway("token", "--citizen=0", f"--data-dir={tmp_path}").stdout
    head = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))

    out, _ = keys("list", f"--data-dir={tmp_path}", env={})

    assert [row.split("  ")[0] for row in out.splitlines()[1:]] == [head["kid"]]
    (file,) = (tmp_path / "keys" / "signing").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_pem_private_key(file.read_bytes(), None)


def test_a_key_that_others_may_read(tmp_path: Path) -> None:
    env = {"CLEARWAY_SIGNING_KEYS_DIR": str(tmp_path)}
    keys("rotate", env=env)
    (file,) = tmp_path.iterdir()
    file.chmod(0o644)

    for arguments in (["keys", "list"], ["keys", "rotate"], ["token", "--citizen=0"]):
        said = refused(*arguments, env={**env, "CLEARWAY_DATA_DIR": str(tmp_path / "data")})
        assert said == (
            f"Error: {file} may be read by others: chmod 600 it, or make a new key.\n"
        ), arguments
    assert [*tmp_path.iterdir()] == [file]


def test_no_length_of_time(tmp_path: Path) -> None:
    said = refused("keys", "rotate", "--in=soon", env={"CLEARWAY_SIGNING_KEYS_DIR": str(tmp_path)})

    assert said == "Error: 'soon' is no length of time: give one such as 90s, 15m, 1h or 1d.\n"
    assert [*tmp_path.iterdir()] == []


def test_production_does_not_start_without_a_key_and_makes_none(tmp_path: Path) -> None:
    folder = tmp_path / "keys" / "signing"
    env = {**PRODUCTION, "CLEARWAY_DATA_DIR": str(tmp_path)}

    assert refused("serve", env=env) == (
        f"Error: {folder} holds no signing key: run clearway keys rotate.\n"
    )
    assert [*tmp_path.iterdir()] == []

    rotated(env=env)
    assert "holds no signing key: run clearway keys rotate --receipts." in refused("serve", env=env)
    rotated("--receipts", env=env)
    assert NEXT_TROUBLE in refused("serve", env=env)


def test_production_with_other_issuers_only_needs_no_key(tmp_path: Path) -> None:
    issuer = {
        "issuer": "https://id.example.cn",
        "audience": "clearway",
        "jwksUrl": "https://id.example.cn/jwks.json",
        "kind": "citizen",
    }
    env = {**PRODUCTION, "CLEARWAY_DATA_DIR": str(tmp_path)}
    env["CLEARWAY_ALIPAY_APP_ID"] = ""
    env["CLEARWAY_ISSUERS"] = json.dumps([issuer])

    assert NEXT_TROUBLE in refused("serve", env=env)
    assert [*tmp_path.iterdir()] == []
