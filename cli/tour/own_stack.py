"""A `clearway dev` for one tour: on free ports, in a folder that is removed afterwards."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.dev_folder import read_state
from cli.ports import free_port
from cli.problems import Problem
from runtime.settings import PREFIX

CITIZENS = 50
SEED = 7
# Long enough for the answers behind one question to be fresh together.
STALE_AFTER_SECONDS = 3.0
START_SECONDS = 120.0
STOP_SECONDS = 60.0
POLL_SECONDS = 0.1
# What says where PostgreSQL is; everything else is about a stack that is not ours.
KEPT = {f"{PREFIX}PG_BINDIR", f"{PREFIX}PG_RUN_AS"}


@contextmanager
def own_stack() -> Iterator[Path]:
    """The data folder of a stack that answers, for as long as the block lasts."""
    for name in [one for one in os.environ if one.upper().startswith(PREFIX)]:
        if name not in KEPT:
            del os.environ[name]
    folder = Path(tempfile.mkdtemp(prefix="clearway-tour-"))
    # When root runs this, PostgreSQL runs as somebody else and must get through.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    try:
        with _running(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(folder: Path) -> Iterator[None]:
    log = folder / "dev.log"
    with open(log, "wb") as output:
        dev = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", "-m", "cli", "dev", *_options(folder)],
            # Its lifeline: should we be killed, it stops and takes everything with it.
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env={**os.environ, f"{PREFIX}MIRROR_SOFT_AGE_SECONDS": str(STALE_AFTER_SECONDS)},
            start_new_session=True,
        )
    try:
        _wait(dev, folder, log)
        yield
    finally:
        dev.terminate()
        dev.communicate(timeout=STOP_SECONDS)


def _options(folder: Path) -> list[str]:
    options = {
        "--port": free_port(),
        "--sandbox-port": free_port(),
        "--data-dir": folder,
        "--citizens": CITIZENS,
        "--seed": SEED,
    }
    return [*(f"{name}={value}" for name, value in options.items()), "--stop-with-parent"]


def _wait(dev: subprocess.Popen[bytes], folder: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while read_state(folder) is None:
        if dev.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
            raise Problem("The stack for the tour does not start; it says:", last)
        time.sleep(POLL_SECONDS)
