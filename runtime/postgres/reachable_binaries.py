"""A copy of PostgreSQL's programs for an account that cannot enter the virtual environment."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from .account import Account
from .binaries import version
from .files import only_one, sync_folder
from .problems import PostgresProblem
from .system_folder import SystemFolder, belongs_to_root

PARTS = ("bin", "lib", "share")
# The biggest known PostgreSQL has 120 MB; more means that other programs live in the same folders.
BIGGEST_COPY_BYTES = 400_000_000


def reachable_binaries(
    bindir: Path, account: Account | None, system: SystemFolder, deadline: float
) -> Path:
    """
    Return a folder with the same programs that the account can read: this one, or a copy.

    :raises PostgresProblem: if they cannot be copied safely
    """
    if account is None or all(account.reads(part) for part in _needed(bindir)):
        return bindir
    folder = system.ensure(account)
    copy = folder / f"postgres-{version(bindir)}-{_fingerprint(bindir)}"
    copied_bindir = copy / bindir.relative_to(_package(bindir).parent)
    with only_one(folder / ".lock", deadline):
        if not copy.exists():
            _copy(bindir, copy)
    if not belongs_to_root(copy):
        raise PostgresProblem(f"{copy} is not root's: find out who made it, then remove it.")
    return copied_bindir


def _package(bindir: Path) -> Path:
    """The wheel's folder, two above bin: <package>/pginstall/bin."""
    return bindir.parent.parent


def _libraries(bindir: Path) -> Path:
    """Shared libraries packed by auditwheel; the programs find them by a relative path."""
    package = _package(bindir)
    return package.parent / f"{package.name}.libs"


def _needed(bindir: Path) -> Iterator[Path]:
    yield bindir / "postgres"
    yield bindir / "initdb"
    yield from _parts(bindir)


def _parts(bindir: Path) -> list[Path]:
    wanted = [*(bindir.parent / part for part in PARTS), _libraries(bindir)]
    return [folder for folder in wanted if folder.is_dir()]


def _files(bindir: Path) -> list[Path]:
    return sorted(
        Path(folder) / name
        for part in _parts(bindir)
        for folder, _, names in os.walk(part)
        for name in names
    )


def _fingerprint(bindir: Path) -> str:
    digest = hashlib.sha256((bindir / "postgres").read_bytes())
    total = 0
    for file in _files(bindir):
        size = file.stat().st_size if file.exists() else 0
        total += size
        digest.update(f"{file.relative_to(_package(bindir).parent)}\0{size}\0".encode())
    if total > BIGGEST_COPY_BYTES:
        raise PostgresProblem(
            f"{bindir} cannot be read by the account that runs PostgreSQL and holds more than "
            "PostgreSQL, so it is not copied: set CLEARWAY_PG_BINDIR to a folder all can read."
        )
    return digest.hexdigest()[:12]


def _copy(bindir: Path, copy: Path) -> None:
    for litter in copy.parent.glob(".copy-*"):  # of a copy that was killed; we hold the lock
        shutil.rmtree(litter)
    draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=copy.parent))
    above = _package(bindir).parent
    for part in _parts(bindir):
        shutil.copytree(part, draft / part.relative_to(above), ignore_dangling_symlinks=True)
    _open_for_reading(draft)
    draft.rename(copy)
    sync_folder(copy.parent)


def _open_for_reading(tree: Path) -> None:
    tree.chmod(0o755)
    for folder, folders, names in os.walk(tree):
        for name in folders:
            (Path(folder) / name).chmod(0o755)
        for name in names:
            file = Path(folder) / name
            file.chmod(0o755 if file.stat().st_mode & 0o100 else 0o644)
