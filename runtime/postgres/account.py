"""The account PostgreSQL runs as: it refuses to run as root."""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from .problems import PostgresProblem

UNPRIVILEGED = ("postgres", "nobody")
READ, ENTER = 0o4, 0o1


class Credentials(TypedDict, total=False):
    """The keyword arguments of subprocess that change the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged account that root lends to PostgreSQL."""

    name: str
    uid: int
    gid: int

    @property
    def credentials(self) -> Credentials:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def enters(self, folder: Path) -> bool:
        """Whether the account may pass through every folder down to this one."""
        real = folder.resolve()
        return all(self._may(step, ENTER) for step in (real, *real.parents))

    def reads(self, path: Path) -> bool:
        """Whether the account may read this folder, or read and run this file."""
        real = path.resolve()
        return self.enters(real.parent) and self._may(real, READ | ENTER)

    def own(self, path: Path) -> None:
        """Give the path to the account. :raises OSError: if the file system does not allow it"""
        os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _may(self, path: Path, wanted: int) -> bool:
        status = path.stat()
        if status.st_uid == self.uid:
            granted = status.st_mode >> 6
        elif status.st_gid == self.gid:
            granted = status.st_mode >> 3
        else:
            granted = status.st_mode
        return granted & wanted == wanted


def is_root() -> bool:
    return os.geteuid() == 0


def unprivileged_account(run_as: str | None = None) -> Account:
    """
    Choose the account for a new cluster.

    :raises PostgresProblem: if the wanted account, or any, does not exist
    """
    for name in (run_as,) if run_as else UNPRIVILEGED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid)
    wanted = run_as or " or ".join(UNPRIVILEGED)
    raise PostgresProblem(
        f"PostgreSQL refuses to run as root and there is no unprivileged account {wanted} here: "
        "create one (useradd --system postgres), name another in CLEARWAY_PG_RUN_AS, or start "
        "Clearway as an ordinary user."
    )


def owner_of(path: Path) -> Account:
    """Describe the account that owns a file; containers often have numbers without names."""
    status = path.lstat()
    return Account(name_of(status.st_uid), status.st_uid, status.st_gid)


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"
