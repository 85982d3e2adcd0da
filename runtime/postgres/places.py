"""Where a cluster lives, and as whom: in the data folder, or elsewhere with a note about it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .account import Account, is_root, name_of, owner_of, unprivileged_account
from .files import write_whole
from .problems import PostgresProblem
from .system_folder import SystemFolder, belongs_to_root

NOTE = "pg-location"


@dataclass(frozen=True, slots=True)
class Place:
    """The folder that holds clusters (pg18, ...), their log and settings."""

    base: Path
    account: Account | None

    @property
    def server_uid(self) -> int:
        return self.account.uid if self.account else os.geteuid()

    def cluster(self, major: int) -> Path:
        return self.base / f"pg{major}"

    @property
    def log(self) -> Path:
        return self.base / "server.log"


def clusters(base: Path) -> dict[int, Path]:
    """The finished clusters in a folder, by major version."""
    found = ((re.fullmatch(r"pg(\d+)", folder.name), folder) for folder in base.glob("pg*"))
    return {int(match[1]): folder for match, folder in found if match and folder.is_dir()}


def find_place(root: Path, system: SystemFolder, run_as: str | None) -> Place | None:
    """
    Find the place an earlier start chose.

    :raises PostgresProblem: if it is there but cannot be used safely by us
    """
    base = _noted_base(root, system) or root
    existing = list(clusters(base).values())
    if not existing:
        return None if base == root else Place(base, unprivileged_account(run_as))
    owner = owner_of(existing[0])
    if not is_root():
        if owner.uid != os.geteuid():
            raise made_by_somebody_else(root, owner.name)
        return Place(base, None)
    _check_owner(existing[0], owner, run_as)
    return Place(base, owner)


def choose_place(root: Path, system: SystemFolder, run_as: str | None) -> Place:
    """Choose the place of a first cluster, and remember it. The caller holds the lock."""
    if not is_root():
        return Place(root, None)
    account = unprivileged_account(run_as)
    if account.enters(root) and _can_give_away(root, account):
        return Place(root, account)
    base = system.new_cluster_folder(account)
    write_whole(root / NOTE, f"{base}\n")
    return Place(base, account)


def made_by_somebody_else(root: Path, owner: str) -> PostgresProblem:
    return PostgresProblem(
        f"The database in {root} was made when Clearway ran as another user ({owner}): start it "
        f"as that user again, or remove it (sudo rm -r {root}) to begin with an empty one."
    )


def _noted_base(root: Path, system: SystemFolder) -> Path | None:
    note = root / NOTE
    if not os.path.lexists(note):
        return None
    if not is_root():
        raise made_by_somebody_else(root, name_of(note.lstat().st_uid))
    if not belongs_to_root(note):
        raise PostgresProblem(f"{note} was not written by root: remove it if you did not make it.")
    base = Path(note.read_text(encoding="utf-8").strip())
    if not base.is_dir():
        raise PostgresProblem(
            f"The database that {note} points to, {base}, is gone: bring it back from a backup, "
            f"or remove {note} to begin with an empty database."
        )
    if not system.owns(base):
        raise PostgresProblem(
            f"{note} points to {base}, which is not a folder that only root can write to in "
            f"{system.path}: correct it, or remove {note} to begin with an empty database."
        )
    return base


def _check_owner(cluster: Path, owner: Account, run_as: str | None) -> None:
    if owner.uid == 0 or (run_as is not None and owner.uid != unprivileged_account(run_as).uid):
        wanted = unprivileged_account(run_as).name
        raise PostgresProblem(
            f"The database in {cluster} belongs to {owner.name} and cannot be run as {wanted}: "
            f"give it back with chown -R {wanted} {cluster}."
        )
    if not owner.enters(cluster):
        raise PostgresProblem(
            f"The account {owner.name} that runs PostgreSQL can no longer enter {cluster}: "
            f"give it the way back (namei -l {cluster} shows where it ends)."
        )


def _can_give_away(root: Path, account: Account) -> bool:
    # Shared and mapped file systems may refuse to change owners, or only pretend to.
    probe = Path(tempfile.mkdtemp(prefix="probe-", dir=root))
    try:
        account.own(probe)
        return probe.stat().st_uid == account.uid
    except OSError:
        return False
    finally:
        shutil.rmtree(probe)
