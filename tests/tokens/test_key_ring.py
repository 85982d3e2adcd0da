"""The folder of signing keys, and what may happen to it under a running process."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)

from graphql_api.tokens import KeyRing
from tests.tokens.kit import NOW, Clock, ec_private, rsa_private
from tests.tokens.signing_keys import kid, pem, put, put_bytes

LONG_AGO = "20260101T000000Z"
YESTERDAY = "20261104T080000Z"
AT_EIGHT = "20261105T080000Z"
SOON = "20261105T080011Z"


class Folder:
    """A folder with one key, and a ring that looks at it when the test's second is over."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.clock = Clock()
        put(path, YESTERDAY, "old")
        self.ring = KeyRing(path, monotonic=self.clock.monotonic)

    def later(self, seconds: float = 1) -> list[str]:
        """What verifies after so many seconds."""
        self.clock.advance(seconds)
        return sorted(self.ring.verifying())

    def signing(self) -> str:
        return self.ring.signing(self.clock.now()).kid


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    path = tmp_path / "signing"
    path.mkdir()
    return Folder(path)


def kids(*names: str) -> list[str]:
    return sorted(kid(name) for name in names)


def test_the_newest_key_whose_instant_has_come_signs(tmp_path: Path) -> None:
    for instant, name in ((SOON, "new"), (LONG_AGO, "older"), (YESTERDAY, "old")):
        put(tmp_path, instant, name)
    ring = KeyRing(tmp_path)

    assert [key.kid for key in ring.oldest_first()] == [kid("older"), kid("old"), kid("new")]
    assert sorted(ring.verifying()) == kids("older", "old", "new")
    signing = {at: ring.signing(datetime.fromisoformat(at)).kid for at in TIMES}
    assert signing == {at: kid(name) for at, name in TIMES.items()}


TIMES = {
    "2026-11-05T08:00:10.999Z": "old",
    "2026-11-05T08:00:11Z": "new",
    "2027-11-05T08:00:11Z": "new",
    "2026-01-02T00:00:00+08:00": "older",
    # Before any of them: a clock that was set back keeps nobody from signing in.
    "2020-01-01T00:00:00Z": "older",
}


def test_a_new_key_is_noticed_within_a_second_and_signs_when_its_time_comes(
    folder: Folder,
) -> None:
    put(folder.path, SOON, "new")

    assert folder.later(0.9) == kids("old")
    assert folder.later(0.1) == kids("old", "new")
    assert folder.signing() == kid("old")
    folder.clock.advance(10)
    assert folder.signing() == kid("new")


def test_a_removed_key_is_gone_after_a_second(folder: Folder) -> None:
    put(folder.path, SOON, "new")
    assert folder.later() == kids("old", "new")

    (folder.path / f"{YESTERDAY}.pem").unlink()

    assert folder.later() == kids("new")
    # The only one there is, even though its time has not come.
    assert folder.signing() == kid("new")


def test_a_file_that_did_not_change_is_not_read_again(folder: Folder) -> None:
    (before,) = folder.ring.oldest_first()
    put(folder.path, SOON, "new")
    folder.later()

    assert folder.ring.oldest_first()[0] is before


def test_a_replaced_file_is_noticed(folder: Folder) -> None:
    put(folder.path, YESTERDAY, "other")

    assert folder.later() == kids("other")


def emptied(folder: Folder) -> None:
    (folder.path / f"{YESTERDAY}.pem").unlink()


def gone(folder: Folder) -> None:
    folder.path.rename(folder.path.with_name("elsewhere"))


def no_folder(folder: Folder) -> None:
    gone(folder)
    folder.path.touch()


def cut(folder: Folder) -> None:
    put_bytes(folder.path, YESTERDAY, pem(rsa_private("old"))[:900])


def empty_file(folder: Folder) -> None:
    put_bytes(folder.path, YESTERDAY, b"")


def open_to_all(folder: Folder) -> None:
    (folder.path / f"{YESTERDAY}.pem").chmod(0o644)


def half_of_another(folder: Folder) -> None:
    put_bytes(folder.path, SOON, pem(rsa_private("new"))[:-40])


def only_half_of_another(folder: Folder) -> None:
    emptied(folder)
    half_of_another(folder)


def no_file(folder: Folder) -> None:
    (folder.path / f"{SOON}.pem").mkdir()


def misnamed(folder: Folder) -> None:
    put(folder.path, "tomorrow", "new")


SLIPS: dict[str, tuple[Callable[[Folder], None], list[str]]] = {
    "emptied": (emptied, ["holds no signing key"]),
    "gone": (gone, ["holds no signing key"]),
    "no folder": (no_folder, ["cannot be read (NotADirectoryError)"]),
    "cut": (cut, ["is damaged"]),
    "empty file": (empty_file, ["is damaged"]),
    "open to all": (open_to_all, ["may be read by others"]),
    "half of another": (half_of_another, ["is damaged"]),
    "only half of another": (only_half_of_another, ["is damaged", "holds no signing key"]),
    "no file": (no_file, ["cannot be read (IsADirectoryError)"]),
    "misnamed": (misnamed, ["is not named after an instant"]),
}


@pytest.mark.parametrize(("slip", "told"), SLIPS.values(), ids=SLIPS)
def test_a_slip_leaves_the_last_good_keys_and_is_told_once(
    folder: Folder,
    slip: Callable[[Folder], None],
    told: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    slip(folder)

    for _ in range(3):
        assert folder.later() == kids("old")
        assert folder.signing() == kid("old")

    assert [record.levelname for record in caplog.records] == ["WARNING"] * len(told)
    for message, part in zip(caplog.messages, told, strict=True):
        assert message.startswith(f"The last good signing keys stay in use: {folder.path}")
        assert part in message
        assert "BEGIN" not in message


@pytest.mark.parametrize("slip", [cut, half_of_another, only_half_of_another, open_to_all])
def test_it_mends_itself_once_the_file_is_whole(
    folder: Folder, slip: Callable[[Folder], None]
) -> None:
    slip(folder)
    assert folder.later() == kids("old")

    (folder.path / f"{YESTERDAY}.pem").unlink(missing_ok=True)
    put(folder.path, SOON, "new")

    assert folder.later() == kids("new")


def test_a_file_that_is_written_slowly_is_read_when_it_is_whole(folder: Folder) -> None:
    whole = pem(rsa_private("new"))
    file = folder.path / f"{SOON}.pem"
    file.touch(mode=0o600)
    with file.open("wb", buffering=0) as writing:
        for part in (whole[:500], whole[500:1000]):
            writing.write(part)
            assert folder.later() == kids("old")
        writing.write(whole[1000:])

    assert folder.later() == kids("old", "new")


def test_a_key_is_removed_even_beside_a_damaged_one(folder: Folder) -> None:
    put(folder.path, LONG_AGO, "stolen")
    half_of_another(folder)
    assert folder.later() == kids("old", "stolen")

    (folder.path / f"{LONG_AGO}.pem").unlink()

    assert folder.later() == kids("old")


def test_a_mounted_secret_is_followed(tmp_path: Path) -> None:
    """As Kubernetes mounts one: links through `..data`, which is swapped as a whole."""
    first, second, mount = (tmp_path / name for name in ("..first", "..second", "mount"))
    for place in (first, second, mount):
        place.mkdir()
    put(first, YESTERDAY, "old")
    put(second, YESTERDAY, "old")
    put(second, AT_EIGHT, "new")
    (mount / "..data").symlink_to(first)
    for instant in (YESTERDAY, AT_EIGHT):
        (mount / f"{instant}.pem").symlink_to(f"..data/{instant}.pem")
    clock = Clock()
    ring = KeyRing(mount, monotonic=clock.monotonic)
    assert sorted(ring.verifying()) == kids("old")

    (mount / "..draft").symlink_to(second)
    (mount / "..draft").rename(mount / "..data")
    clock.advance(1)

    assert sorted(ring.verifying()) == kids("old", "new")
    assert ring.signing(NOW).kid == kid("new")


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "elliptic": (pem(ec_private("good")), "RSA key of 2048 bits or more"),
    "small": (pem(rsa_private("weak", 1024)), "RSA key of 2048 bits or more"),
    "exponent of 3": (
        pem(generate_private_key(public_exponent=3, key_size=2048)),
        "RSA key of 2048 bits or more",
    ),
    "locked": (
        rsa_private("good").private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")
        ),
        "damaged, or no private key",
    ),
    "certificate": (b"-----BEGIN CERTIFICATE-----\n", "damaged, or no private key"),
    "cut": (pem(rsa_private("good"))[:-40], "damaged, or no private key"),
    "empty": (b"", "damaged, or no private key"),
}


@pytest.mark.parametrize(("content", "complaint"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_stops_the_start(tmp_path: Path, content: bytes, complaint: str) -> None:
    put(tmp_path, LONG_AGO, "good")
    put_bytes(tmp_path, YESTERDAY, content)

    with pytest.raises(ValueError, match=f"{YESTERDAY}.*{complaint}"):
        KeyRing(tmp_path)


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o660, 0o650, 0o677])
def test_a_key_that_others_may_use_stops_the_start(tmp_path: Path, mode: int) -> None:
    put(tmp_path, YESTERDAY, "good").chmod(mode)

    with pytest.raises(ValueError, match="chmod 600"):
        KeyRing(tmp_path)


def test_a_key_that_may_only_be_read_is_good(tmp_path: Path) -> None:
    file = put(tmp_path, YESTERDAY, "good")
    for mode in (0o400, 0o440, 0o640):
        file.chmod(mode)

        assert sorted(KeyRing(tmp_path).verifying()) == kids("good")


@pytest.mark.parametrize(
    "name",
    ["signing", "20261332T000000Z", "2026112T193000Z", "20261122T193000", "２0261122T193000Z"],
)
def test_a_name_that_is_no_instant_stops_the_start(tmp_path: Path, name: str) -> None:
    put(tmp_path, name, "good")

    with pytest.raises(ValueError, match="not named after an instant such as"):
        KeyRing(tmp_path)


def test_a_folder_without_keys_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "README.txt").touch()
    (tmp_path / ".20261104T080000Z.pem.draft").touch()
    (tmp_path / ".20261104T080000Z.pem").touch()

    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ValueError, match="holds no signing key: run clearway keys rotate"):
            KeyRing(folder)
    with pytest.raises(ValueError, match="cannot be read"):
        KeyRing(tmp_path / "README.txt")


def test_secrets_are_not_printed(folder: Folder) -> None:
    (key,) = folder.ring.oldest_first()

    for text in (repr(key), f"{[key]}"):
        assert "PRIVATE" not in text
        assert "RSAPrivateKey" not in text


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from graphql_api.tokens import OwnIssuer;"
        "sys.stdin.read(); print(OwnIssuer.load_or_create(Path(sys.argv[1])).jwks())"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "new" / "signing")]
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root)
        for _ in range(3)
    ]
    for process in started:
        assert process.stdin
        process.stdin.close()
        process.stdin = None
    printed = {process.communicate(timeout=30)[0] for process in started}

    assert len(printed) == 1
    assert printed.pop().count(b"'kid'") == 1
    assert len([*(tmp_path / "new" / "signing").iterdir()]) == 1
