"""Files beside a cluster. Root must not be led astray by links that a lesser account planted."""

from __future__ import annotations

import fcntl
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .account import is_root
from .problems import PostgresProblem


def open_safely(path: Path, flags: int) -> int:
    """Open a private file without following links; a new one belongs to the folder's owner."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    _give_to_folder_owner(path, descriptor)
    return descriptor


def write_whole(path: Path, text: str) -> None:
    """Replace a file in one step: readers and crashes see the old text or the new one."""
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fchmod(descriptor, 0o644)
        os.fsync(descriptor)
    Path(draft).replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames inside the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def only_one(lock: Path, deadline: float) -> Iterator[None]:
    """
    Let one process at a time in. The kernel drops the lock of a process that dies.

    :raises PostgresProblem: if another process is still inside at the deadline
    """
    descriptor = open_safely(lock, os.O_RDWR | os.O_CREAT)
    try:
        while not _taken(descriptor):
            if time.monotonic() > deadline:
                raise PostgresProblem(
                    f"Another process has held {lock} for too long: "
                    "see which one with fuser, end it and start again."
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _give_to_folder_owner(path: Path, descriptor: int) -> None:
    # Root may look after the files of an ordinary user, who must be able to go on alone afterwards.
    folder = path.parent.stat()
    if is_root() and os.fstat(descriptor).st_uid != folder.st_uid:
        os.fchown(descriptor, folder.st_uid, folder.st_gid)
