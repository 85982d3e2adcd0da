"""Which Python the environment is made with."""

import subprocess
import sys
from pathlib import Path

import pytest

from cli import quickest_python
from cli.quickest_python import quickest

SCRIPT = Path(quickest_python.__file__)
# As the real probe, but with an answer that is known.
TELL = "#!/bin/sh\necho {version} {seconds}\n"


def interpreter(folder: Path, name: str, version: str, seconds: float) -> str:
    """Something that answers the probe like a Python of this version and speed."""
    path = folder / name
    path.write_text(TELL.format(version=version, seconds=seconds))
    path.chmod(0o755)
    return str(path)


def test_it_prints_a_python_of_the_same_version_that_can_make_environments() -> None:
    run = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=True)

    check = "import ensurepip, sys, venv; print(*sys.version_info[:2])"
    told = subprocess.run(
        [run.stdout.strip(), "-I", "-c", check], capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(part) for part in sys.version_info[:2]]


@pytest.mark.parametrize(
    ("version", "seconds", "is_taken"),
    [
        ("3 11", 0.5, True),
        ("3 11", 0.9, False),  # Not worth surprising anybody.
        ("3 11", 2.0, False),
        ("3 13", 0.1, False),  # Another version than the one that was asked for.
    ],
)
def test_another_one_is_taken_only_if_it_is_clearly_quicker(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
    seconds: float,
    is_taken: bool,
) -> None:
    here = interpreter(tmp_path, "here", "3 11", 1.0)
    other = interpreter(tmp_path, "other", version, seconds)
    monkeypatch.setattr(quickest_python, "SYSTEM", (str(tmp_path / "missing"), other))

    assert quickest(here) == (other if is_taken else here)


def test_without_any_that_answers_the_one_at_hand_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(quickest_python, "SYSTEM", (str(broken),))

    assert quickest("/nowhere/python3") == "/nowhere/python3"
    assert quickest(interpreter(tmp_path, "here", "3 11", 1.0)) == str(tmp_path / "here")
