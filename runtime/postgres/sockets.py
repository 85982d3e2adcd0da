"""The folder of the server's socket: private, and with a name short enough for the kernel."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path

from .files import write_whole
from .places import Place
from .system_folder import SystemFolder

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
NOTE = "socket-folder"
# The kernel holds 107 bytes (103 on macOS), of which the file name needs 16.
LONGEST_FOLDER_BYTES = 85


def find_socket_folder(place: Place) -> Path | None:
    """Find the folder an earlier start made, if it is still only the server's."""
    folder = place.base / "s"
    if not _fits(folder):
        try:
            folder = Path((place.base / NOTE).read_text(encoding="utf-8").strip())
        except FileNotFoundError:
            return None
    return folder if _is_private(folder, place) else None


def ensure_socket_folder(place: Place, system: SystemFolder) -> Path:
    """Return the folder, making it if necessary. The caller holds the lock."""
    found = find_socket_folder(place)
    if found:
        return found
    folder = place.base / "s"
    if _fits(folder):
        if os.path.lexists(folder):
            shutil.rmtree(folder)  # half made, or of another account
        folder.mkdir(mode=0o700)
        if place.account:
            place.account.own(folder)
        return folder
    # Never a guessable name in /tmp: anybody could be waiting there.
    if place.account:
        folder = system.new_socket_folder(place.account)
    else:
        folder = Path(tempfile.mkdtemp(prefix="clearway-", dir=_short_temporary_folder()))
    write_whole(place.base / NOTE, f"{folder}\n")
    return folder


def _fits(folder: Path) -> bool:
    # A comma separates folders, for PostgreSQL and for its clients alike.
    return len(os.fsencode(folder)) <= LONGEST_FOLDER_BYTES and not set(",\"'") & set(str(folder))


def _is_private(folder: Path, place: Place) -> bool:
    try:
        status = folder.lstat()
    except OSError:
        return False
    return (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == place.server_uid
        and not status.st_mode & 0o077
    )


def _short_temporary_folder() -> Path:
    usual = Path(tempfile.gettempdir())
    return usual if _fits(usual / "clearway-12345678") else Path("/tmp")  # noqa: S108
