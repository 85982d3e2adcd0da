"""Installs the peers and wrk into .bench, once for each version of their lock files."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.speed.console import say
from benchmarks.speed.places import NODE_FOLDER, PEERS, PYTHON, WRK_FOLDER
from benchmarks.speed.trouble import Trouble

LOCK = PEERS / "requirements.lock"
NODE_SOURCES = PEERS / "node"
MACHINES = {"x86_64": "x64", "aarch64": "arm64"}
WRK_PACKAGES = ("wrk", "libluajit-5.1-2", "libluajit-5.1-common")
INSTALL_SECONDS = 600


def ensure_installed() -> None:
    """
    Install what is missing or has changed.

    :raises Trouble: if something cannot be installed; the message says what is needed
    """
    # All that run on Python run on the same one.
    _once(PYTHON.parent.parent, [LOCK], _install_python, f"{sys.base_prefix} {sys.version}")
    _once(NODE_FOLDER / "node_modules", sorted(NODE_SOURCES.glob("package*.json")), _install_node)
    # What is run lies beside its libraries.
    shutil.copytree(NODE_SOURCES, NODE_FOLDER, dirs_exist_ok=True)
    wrk_command()


def node_program() -> Path:
    """The Node of the lock file, whatever the machine has."""
    machine = MACHINES.get(platform.machine(), platform.machine())
    return NODE_FOLDER / "node_modules" / f"node-linux-{machine}" / "bin" / "node"


def wrk_command() -> list[str]:
    """
    How wrk is run: the machine's own, else a copy that needs no root.

    :raises Trouble: if there is none and none can be had
    """
    own = shutil.which("wrk")
    if own is not None:
        return [own]
    program = WRK_FOLDER / "usr" / "bin" / "wrk"
    if not program.exists():
        _fetch_wrk()
    libraries = next((WRK_FOLDER / "usr" / "lib").glob("*-linux-gnu"))
    return ["env", f"LD_LIBRARY_PATH={libraries}", str(program)]


def _once(
    folder: Path, sources: Sequence[Path], install: Callable[[Path], None], also: str = ""
) -> None:
    contents = [*(source.read_bytes() for source in sources), also.encode()]
    digest = hashlib.sha256(b"".join(contents)).hexdigest()
    mark = folder / ".installed"
    if mark.exists() and mark.read_text() == digest:
        return
    shutil.rmtree(folder, ignore_errors=True)
    install(folder)
    mark.write_text(digest)


def _install_python(folder: Path) -> None:
    say("Installing the peers that run on Python (once) ...")
    venv.create(folder, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "--requirement", str(LOCK)], folder)


def _install_node(folder: Path) -> None:
    if shutil.which("npm") is None:
        raise Trouble("npm is needed to install the peers: install your system's nodejs and npm.")
    say("Installing the peers that run on Node, and Node itself (once) ...")
    shutil.copytree(NODE_SOURCES, NODE_FOLDER, dirs_exist_ok=True)
    # The scripts of packages are not needed, and not run.
    _run(
        ["npm", "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"],
        folder.parent,
    )


def _fetch_wrk() -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg") is None:
        raise Trouble("wrk makes the load: install it (on Debian: apt-get install wrk).")
    say("Fetching wrk (once) ...")
    WRK_FOLDER.mkdir(parents=True, exist_ok=True)
    _run(["apt-get", "download", *WRK_PACKAGES], WRK_FOLDER)
    for package in WRK_FOLDER.glob("*.deb"):
        _run(["dpkg", "-x", str(package), str(WRK_FOLDER)], WRK_FOLDER)


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(  # noqa: S603 - the commands are ours
            command, cwd=folder, check=True, timeout=INSTALL_SECONDS, env=os.environ
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Trouble(f"{Path(command[0]).name} {command[1]} failed: see above.") from error
