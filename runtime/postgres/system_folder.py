"""
A folder of root's where an unprivileged account gets through.

A checkout under /root, or in a private folder, cannot be entered by the account PostgreSQL runs
as. We never open other people's folders for it; what it needs is placed here instead.
"""

from __future__ import annotations

import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .account import Account
from .problems import PostgresProblem

DEFAULT_SYSTEM_FOLDER = Path("/var/lib/clearway")
OTHERS_MAY_WRITE = 0o022


@dataclass(frozen=True, slots=True)
class SystemFolder:
    path: Path

    def ensure(self, account: Account) -> Path:
        """
        Create the folder, or check that it is still root's alone and can be entered.

        :raises PostgresProblem: if somebody else could have put things into it
        """
        if not self.path.exists():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(mode=0o711, exist_ok=True)
            self.path.chmod(0o711)  # mkdir obeys the umask
        if not belongs_to_root(self.path):
            raise PostgresProblem(
                f"{self.path} must be a folder that only root can write to: "
                "look at what is in it, then move it away or chown and chmod it."
            )
        if not account.enters(self.path):
            raise PostgresProblem(
                f"The account {account.name} that runs PostgreSQL can enter neither the data "
                f"folder nor {self.path}: move the data folder to a place it can enter, "
                "or start Clearway as an ordinary user."
            )
        return self.path

    def new_cluster_folder(self, account: Account) -> Path:
        """Make a folder for one cluster, which stays root's; the cluster in it is the account's."""
        folder = Path(tempfile.mkdtemp(prefix="cluster-", dir=self.ensure(account)))
        folder.chmod(0o711)
        return folder

    def new_socket_folder(self, account: Account) -> Path:
        """Make a folder with a short name that only the account and root can enter."""
        folder = Path(tempfile.mkdtemp(prefix="s-", dir=self.ensure(account)))
        account.own(folder)
        return folder

    def owns(self, folder: Path) -> bool:
        """Whether the folder is one that new_cluster_folder made here."""
        return folder.parent == self.path and belongs_to_root(self.path) and belongs_to_root(folder)


def belongs_to_root(path: Path) -> bool:
    """Whether this is a real file or folder that only root can write to."""
    status = path.lstat()
    return (
        not stat.S_ISLNK(status.st_mode)
        and status.st_uid == 0
        and not status.st_mode & OTHERS_MAY_WRITE
    )
