"""Who runs PostgreSQL: root must not, and the account that does may see neither code nor data."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime.postgres import EmbeddedPostgres, PostgresProblem, find_binaries
from runtime.postgres.account import Account, is_root, unprivileged_account
from tests.runtime.postgres_trials import (
    elsewhere,
    postgres_in,
    rows,
    trial_folder,
    went_well,
    write_row,
)

pytestmark = pytest.mark.skipif(not is_root(), reason="only root can change accounts")

NOBODY = Account("nobody", 65534, 65534)


@pytest.fixture
def folder() -> Iterator[Path]:
    with trial_folder() as path:
        yield path


@pytest.fixture
def private(folder: Path) -> Path:
    """Where a checkout of root's lives: nobody else gets in."""
    private = folder / "private"
    private.mkdir(mode=0o700)
    return private


def private_binaries(private: Path) -> Path:
    """Copy the programs as pip would have installed them in there."""
    found = find_binaries(os.environ)
    package = found.parent.parent
    shutil.copytree(found.parent, private / package.name / found.parent.name)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, private / libraries.name)
    return private / found.relative_to(package.parent)


def test_a_checkout_nobody_else_can_enter_works_and_stays_closed(
    folder: Path, private: Path
) -> None:
    system = folder / "system"
    bindir = private_binaries(private)
    postgres = EmbeddedPostgres(private / "data", bindir, system_folder=system).start()
    write_row(postgres, 1)
    postgres.stop()

    again = EmbeddedPostgres(private / "data", bindir, system_folder=system).start()

    assert rows(again) == [1]
    assert os.stat(f"/proc/{again.pid()}").st_uid == unprivileged_account().uid
    again.stop()
    assert private.stat().st_mode & 0o777 == 0o700
    assert len(list(system.glob("postgres-*"))) == 1
    assert len(list(system.glob("cluster-*"))) == 1
    assert [path for path in system.iterdir() if path.stat().st_uid != 0] == []

    shutil.rmtree(private / "data")
    fresh = EmbeddedPostgres(private / "data", bindir, system_folder=system).start()
    write_row(fresh, 2)
    assert rows(fresh) == [2]
    fresh.stop()


def test_where_owners_cannot_be_changed_the_cluster_lives_elsewhere(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_owner = os.chown

    def refuse(path: Path, uid: int, gid: int, **options: bool) -> None:
        if folder / "data" in path.parents:
            raise PermissionError(1, "Operation not permitted")
        change_owner(path, uid, gid, **options)

    monkeypatch.setattr(os, "chown", refuse)

    postgres = postgres_in(folder).start()

    assert postgres.ready()
    assert sorted(os.listdir(folder / "data")) == [".lock", "pg-location"]
    postgres.stop()


@pytest.mark.parametrize("where", ["gone", "etc"])
def test_a_note_is_followed_only_to_a_folder_of_ours(folder: Path, where: str) -> None:
    data = folder / "data"
    data.mkdir()
    (folder / "system").mkdir()
    target = {"gone": folder / "system" / "cluster-gone", "etc": Path("/etc")}[where]
    (data / "pg-location").write_text(f"{target}\n")

    with pytest.raises(PostgresProblem, match=f"{target}.*begin with an empty database"):
        postgres_in(folder).start()


def test_a_note_by_somebody_else_is_not_followed(folder: Path) -> None:
    (folder / "data").mkdir()
    note = folder / "data" / "pg-location"
    note.write_text("/etc\n")
    NOBODY.own(note)

    with pytest.raises(PostgresProblem, match="was not written by root"):
        postgres_in(folder).start()


def test_a_system_folder_others_can_write_to_is_refused(folder: Path, private: Path) -> None:
    (folder / "system").mkdir()
    (folder / "system").chmod(0o777)

    with pytest.raises(PostgresProblem, match="must be a folder that only root can write to"):
        EmbeddedPostgres(private / "data", system_folder=folder / "system").start()


def test_an_unknown_account_is_named(folder: Path) -> None:
    with pytest.raises(PostgresProblem, match="no unprivileged account does-not-exist"):
        EmbeddedPostgres(folder / "data", run_as="does-not-exist").start()


def test_an_ordinary_user_needs_nothing_special_and_root_carries_on_in_his_name(
    folder: Path,
) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    NOBODY.own(home)
    postgres = EmbeddedPostgres(home / "data", system_folder=folder / "system")

    def use() -> None:
        write_row(postgres.start(), 1)
        postgres.stop()

    assert went_well(elsewhere(use, NOBODY))
    postgres.start()
    assert rows(postgres) == [1]
    assert os.stat(f"/proc/{postgres.pid()}").st_uid == NOBODY.uid
    postgres.stop()
    assert went_well(elsewhere(use_again(postgres), NOBODY))
    assert not (folder / "system").exists()


def use_again(postgres: EmbeddedPostgres) -> Callable[[], None]:
    def use() -> None:
        assert rows(postgres.start()) == [1]
        postgres.stop()

    return use


def test_after_root_an_ordinary_user_is_told_what_to_do(folder: Path) -> None:
    postgres = postgres_in(folder).start()
    postgres.stop()

    def start() -> None:
        with pytest.raises(PostgresProblem, match=r"when Clearway ran as another user \(\w+\)"):
            postgres_in(folder).start()

    for mode in (0o700, 0o711, 0o777):
        postgres.root.chmod(mode)
        assert went_well(elsewhere(start, NOBODY))


def test_data_their_account_can_no_longer_enter_are_not_replaced(
    folder: Path, private: Path
) -> None:
    cluster = private / "data" / "pg18"
    cluster.mkdir(parents=True)
    unprivileged_account().own(cluster)

    with pytest.raises(PostgresProblem, match="can no longer enter"):
        EmbeddedPostgres(private / "data", system_folder=folder / "system").start()

    assert not (folder / "system").exists()


def test_entering_means_every_folder_on_the_way(folder: Path, private: Path) -> None:
    inside = private / "inside"
    inside.mkdir(mode=0o755)
    program = folder / "program"
    program.write_text("")
    program.chmod(0o750)

    assert NOBODY.enters(folder)
    assert not NOBODY.enters(inside)
    assert not NOBODY.reads(program)
    os.chown(program, 0, NOBODY.gid)
    assert NOBODY.reads(program)
    (folder / "way-round").symlink_to(inside)
    assert not NOBODY.enters(folder / "way-round")
