"""The server process: which one it is, and what a dead one left behind."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from .sockets import SOCKET

# No system gives out this number, so PostgreSQL takes the process for dead.
NOBODYS_PID = 2147483646


def live_postmaster(data: Path) -> int | None:
    """Return the process that serves this cluster; a zombie or a stranger is none."""
    lines = _pid_file(data)
    try:
        pid = int(lines[0])
    except (IndexError, ValueError):
        return None
    return pid if pid > 0 and serves(pid, data) else None


def serves(pid: int, data: Path) -> bool:
    """Whether this process is a server of this cluster, and not yet a zombie."""
    line = _command_line(pid)
    program = Path(line.partition(" -D ")[0]).name
    return program.startswith("postgres") and f" -D {data} " in f"{line} "


def forget_dead_postmaster(data: Path, socket_folder: Path) -> None:
    """
    Make the files of a dead server harmless. The caller holds the lock.

    After a restart of a container its number often belongs to another process, and PostgreSQL
    would refuse to start for as long as that one lives.
    """
    if live_postmaster(data) is not None:
        return
    lines = _pid_file(data)
    if lines:
        # The file stays: by its shared-memory line PostgreSQL recognises orphans of that server.
        _overwrite(data, "\n".join([str(NOBODYS_PID), *lines[1:]]) + "\n")
    for leftover in (SOCKET, f"{SOCKET}.lock"):
        (socket_folder / leftover).unlink(missing_ok=True)


def _pid_file(data: Path) -> list[str]:
    try:
        descriptor = os.open(data / "postmaster.pid", os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return []
    with open(descriptor, encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def _overwrite(data: Path, text: str) -> None:
    descriptor = os.open(data / "postmaster.pid", os.O_WRONLY | os.O_NOFOLLOW)
    with open(descriptor, "w", encoding="utf-8") as file:
        # We may be root in a folder of a lesser account: only its own file is written to.
        if os.fstat(descriptor).st_uid == data.stat().st_uid:
            file.truncate()
            file.write(text)


def _command_line(pid: int) -> str:
    """The arguments of a process. Unlike its program file, everybody may read them."""
    if Path("/proc/self/cmdline").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return ""
        return os.fsdecode(words.replace(b"\0", b" ").rstrip())
    return subprocess.run(  # noqa: S603
        ["ps", "-ww", "-o", "args=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
