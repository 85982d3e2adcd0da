"""What the trials of our own PostgreSQL share: a folder that leaves nothing behind, and deaths."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from runtime.postgres import EmbeddedPostgres
from runtime.postgres.account import Account

PATIENCE_SECONDS = 30.0


@contextmanager
def trial_folder() -> Iterator[Path]:
    """Yield a folder that every account can enter; pytest's own folders are private to us."""
    folder = Path(tempfile.mkdtemp(prefix="cw-", dir=_quick_folder())).resolve()
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        kill_all_in(folder)
        shutil.rmtree(folder)


def _quick_folder() -> str:
    """Memory if there is enough: initdb waits long for a busy disk, and kill -9 spares memory."""
    memory = "/dev/shm"
    if os.path.isdir(memory) and os.access(memory, os.W_OK):
        state = os.statvfs(memory)
        if state.f_bavail * state.f_frsize > 1_000_000_000 and not state.f_flag & os.ST_NOEXEC:
            return memory
    return "/tmp"


def postgres_in(folder: Path, name: str = "data") -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / name, system_folder=folder / "system")


def processes_in(folder: Path) -> list[int]:
    """List the processes that work in the folder or were told about it; only ours can."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = os.fsdecode((process / "cmdline").read_bytes())
            works_in = os.readlink(process / "cwd") if told else ""
            if f"{folder}/" in told + works_in + "/":
                found.append(int(process.name))
    return [pid for pid in found if pid != os.getpid()]


def servers_in(folder: Path) -> list[int]:
    """List the processes that were told to be a server; the server's own helpers were not."""
    return [pid for pid in processes_in(folder) if b"\0-D\0" in _told(pid)]


def _told(pid: int) -> bytes:
    """The command line of a process; nothing of one that has ended meanwhile."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def kill_all_in(folder: Path) -> None:
    """Kill every process in the folder, and give back the memory that outlives them."""
    kill(*processes_in(folder))
    for pid_file in folder.rglob("postmaster.pid"):
        memory = pid_file.read_text().splitlines()[6:7]
        if memory:
            subprocess.run(["ipcrm", "-m", memory[0].split()[1]], check=False, capture_output=True)


def wait_until(happened: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.005)


def elsewhere(action: Callable[[], object], account: Account | None = None) -> int:
    """Do something in another process, as another account if given. Returns its id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        if account:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
        action()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)  # no tidying up: it would be pytest's


def went_well(pid: int) -> bool:
    return os.waitpid(pid, 0)[1] == 0


def write_row(postgres: EmbeddedPostgres, value: int) -> None:
    with psycopg.connect(postgres.dsn()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS paid (value int PRIMARY KEY)")
        connection.execute("INSERT INTO paid VALUES (%s)", [value])


def rows(postgres: EmbeddedPostgres) -> list[int]:
    with psycopg.connect(postgres.dsn()) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM paid ORDER BY value")]
