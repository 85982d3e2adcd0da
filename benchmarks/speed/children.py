"""Child processes on a core of their own, with a log, ended whatever happens."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmarks.speed.cores import on_core
from benchmarks.speed.places import LOGS, ROOT

GRACE_SECONDS = 5.0
KEPT = ("PATH", "HOME", "LANG")


@contextmanager
def child(
    name: str,
    command: Sequence[str],
    core: int,
    told: Mapping[str, str] | None = None,
    folder: Path = ROOT,
) -> Iterator[int]:
    """
    The id of a process, for as long as the block lasts; all that came of it ends with it.

    Of our environment it sees next to nothing: a setting of the caller would change who is
    measured.
    """
    LOGS.mkdir(parents=True, exist_ok=True)
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    with open(LOGS / f"{name}.log", "wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the commands are ours
            on_core(core, [*command]),
            cwd=folder,
            env={**kept, "PYTHONUTF8": "1", **(told or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            # A session of its own: Ctrl-C is ours, and its children can be ended with it.
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        # Whatever is left of its session.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
