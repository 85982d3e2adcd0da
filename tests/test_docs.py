"""What the documents say is so."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SERVERS = ("clearway dev", "clearway serve", "clearway sandbox", "clearway tour", "make ")


def commands() -> list[str]:
    """Every line of a shell block that does not start a server."""
    found = []
    for document in DOCUMENTS:
        for block in re.findall(r"```sh\n(.*?)```", document.read_text("utf-8"), re.DOTALL):
            found += [line.split("#")[0].strip() for line in block.splitlines()]
    return [line for line in found if line and not line.startswith(SERVERS)]


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")

    named = set(re.findall(r"`CLEARWAY_([A-Z0-9_]+)`", text))

    assert named == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("line", commands())
def test_commands_in_documents_work(line: str, tmp_path: Path) -> None:
    program, *arguments = shlex.split(line)
    assert program == "clearway", "only our own command is tried"

    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr


def test_links_lead_somewhere() -> None:
    for document in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text("utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name}: {target}"
