"""Real servers, real deaths: whatever was killed, the next start works and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from runtime.postgres import EmbeddedPostgres, PostgresProblem
from runtime.postgres.account import is_root, unprivileged_account
from tests.runtime.postgres_trials import (
    elsewhere,
    kill,
    kill_all_in,
    postgres_in,
    processes_in,
    rows,
    servers_in,
    trial_folder,
    wait_until,
    went_well,
    write_row,
)

pytestmark = pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="reads /proc")


@pytest.fixture
def folder() -> Iterator[Path]:
    with trial_folder() as path:
        yield path


@pytest.fixture(scope="module")
def shared() -> Iterator[EmbeddedPostgres]:
    """One cluster for all trials that do not need a fresh one."""
    with trial_folder() as path:
        postgres = postgres_in(path, "data with spaces")
        yield postgres
        postgres.stop()


@pytest.fixture
def postgres(shared: EmbeddedPostgres) -> EmbeddedPostgres:
    return shared.start()


def test_sqlalchemy_gets_a_utf8_database_that_sorts_the_same_everywhere(
    postgres: EmbeddedPostgres,
) -> None:
    engine = sqlalchemy.create_engine(postgres.url)
    with engine.connect() as connection:
        settings = {
            name: connection.scalar(sqlalchemy.text(f"SHOW {name}"))
            for name in ("server_encoding", "TimeZone", "data_checksums", "fsync")
        }
        highest = connection.scalar(
            sqlalchemy.text("SELECT max(x) FROM (VALUES ('Z'), ('a')) v(x)")
        )
        listens = connection.scalar(sqlalchemy.text("SHOW listen_addresses"))
    engine.dispose()

    assert settings == {
        "server_encoding": "UTF8",
        "TimeZone": "UTC",
        "data_checksums": "on",
        "fsync": "on",
    }
    assert highest == "a"
    assert listens == ""


def test_starting_twice_is_one_server_and_stop_ends_it(postgres: EmbeddedPostgres) -> None:
    pid = postgres.pid()
    postgres.start()

    assert postgres.pid() == pid
    assert postgres.started_here
    assert os.getsid(pid or 0) == pid, "Ctrl-C in our terminal must not reach it"
    postgres.stop()
    assert not postgres.ready()
    assert postgres.pid() is None
    assert processes_in(postgres.root) == []


def test_personal_data_of_failing_statements_stay_out_of_the_log(
    postgres: EmbeddedPostgres,
) -> None:
    plate = "A12345"
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TEMPORARY TABLE plates (plate text PRIMARY KEY)")
        connection.execute("INSERT INTO plates VALUES (%s)", [plate])
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO plates VALUES (%s)", [plate])
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            connection.execute("SELECT %s::text::int", [plate])
    _kill_a_backend(postgres, f"SELECT pg_sleep(60), '{plate}'")
    postgres.start()

    log = (postgres.root / "server.log").read_text()
    assert "terminated by signal 9" in log
    assert plate not in log


def test_stopping_in_the_middle_of_a_crash_does_not_hang(postgres: EmbeddedPostgres) -> None:
    _kill_a_backend(postgres)

    postgres.stop(within=5)

    assert processes_in(postgres.root) == []


def _kill_a_backend(postgres: EmbeddedPostgres, statement: str = "SELECT pg_sleep(60)") -> None:
    """Kill it as the kernel does when memory runs out: PostgreSQL then restarts itself."""
    with closing(psycopg.connect(postgres.dsn())) as connection:
        killer = threading.Timer(0.1, kill, [connection.info.backend_pid])
        killer.start()
        with pytest.raises(psycopg.OperationalError):
            connection.execute(statement.encode())
        killer.join()


def test_killed_postmaster_is_replaced_at_once(postgres: EmbeddedPostgres) -> None:
    write_row(postgres, 1)
    kill(postgres.pid() or 0)

    postgres.start()

    assert rows(postgres)[-1] == 1


def test_all_processes_killed_loses_nothing(postgres: EmbeddedPostgres) -> None:
    write_row(postgres, 2)
    kill(*processes_in(postgres.root))

    postgres.start()

    assert 2 in rows(postgres)


def test_orphans_that_hold_the_memory_are_waited_for(postgres: EmbeddedPostgres) -> None:
    postmaster = postgres.pid() or 0
    orphan = next(pid for pid in processes_in(postgres.root) if pid != postmaster)
    os.kill(orphan, signal.SIGSTOP)
    kill(postmaster)
    helper = threading.Thread(target=_kill_once_refused, args=[postgres, orphan])
    helper.start()

    postgres.start()

    helper.join()
    assert postgres.ready()


def _kill_once_refused(postgres: EmbeddedPostgres, orphan: int) -> None:
    log = postgres.root / "server.log"
    before = log.read_text().count("shared memory block")
    wait_until(lambda: log.read_text().count("shared memory block") > before + 3)
    kill(orphan)


def test_stale_pid_files_naming_a_living_stranger_are_seen_through(
    postgres: EmbeddedPostgres,
) -> None:
    write_row(postgres, 3)
    data = next(postgres.root.glob("pg*"))
    socket_lock = postgres.root / "s" / ".s.PGSQL.5432.lock"
    old_pid_file, old_lock = (data / "postmaster.pid").read_text(), socket_lock.read_text()
    owner = data.stat()
    kill(*processes_in(postgres.root))
    stranger = subprocess.Popen(["sleep", "60"], user=owner.st_uid, group=owner.st_gid)
    try:
        for file, text in ((data / "postmaster.pid", old_pid_file), (socket_lock, old_lock)):
            rest = text.partition("\n")[2]
            file.write_text(f"{stranger.pid}\n{rest}")
            os.chown(file, owner.st_uid, owner.st_gid)

        postgres.start()

        assert rows(postgres)[-1] == 3
        assert stranger.poll() is None
        assert postgres.pid() != stranger.pid
    finally:
        stranger.kill()
        stranger.wait()


def test_stop_never_signals_a_stranger(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    data = next(postgres.root.glob("pg*"))
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
        status = data.stat()
        os.chown(data / "postmaster.pid", status.st_uid, status.st_gid)

        postgres.stop()

        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_server_that_outlived_its_application_is_found_and_can_be_stopped(
    postgres: EmbeddedPostgres,
) -> None:
    postgres.stop()

    def start_and_die() -> None:
        postgres.start()
        kill(os.getpid())

    os.waitpid(elsewhere(start_and_die), 0)
    left_running = postgres.pid()
    finder = EmbeddedPostgres(postgres.root)

    finder.start()

    assert finder.pid() == left_running is not None
    assert not finder.started_here
    finder.stop()
    assert processes_in(postgres.root) == []


def test_a_long_log_is_put_aside(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    log = postgres.root / "server.log"
    os.truncate(log, 30_000_000)

    postgres.start()

    assert log.stat().st_size < 100_000
    assert log.with_suffix(".log.1").stat().st_size == 30_000_000


def test_a_server_that_cannot_start_says_why(postgres: EmbeddedPostgres) -> None:
    postgres.stop()
    conf = next(postgres.root.glob("pg*")) / "postgresql.auto.conf"
    good = conf.read_text()
    conf.write_text("max_connections = none\n")
    try:
        with pytest.raises(PostgresProblem, match=r"does not start: read .*server\.log") as caught:
            postgres.start()
    finally:
        conf.write_text(good)

    assert "max_connections" in caught.value.log_tail


def test_initdb_killed_half_way_leaves_no_trace(folder: Path) -> None:
    postgres = postgres_in(folder)
    starter = elsewhere(postgres.start)
    wait_until(lambda: list(postgres.root.glob("init-*/PG_VERSION")))
    kill(starter)
    kill_all_in(folder)
    os.waitpid(starter, 0)
    assert list(postgres.root.glob("pg*")) == []

    postgres.start()

    assert postgres.ready()
    assert list(postgres.root.glob("init-*")) == []
    postgres.stop()


def test_four_processes_starting_at_once_share_one_server_on_a_long_path(folder: Path) -> None:
    postgres = postgres_in(folder, "/".join(["a rather long, strange % name"] * 6))

    starters = [elsewhere(partial(_start_and_write, postgres, value)) for value in range(4)]

    assert [went_well(pid) for pid in starters] == [True] * 4
    assert rows(postgres) == [0, 1, 2, 3]
    assert servers_in(folder) == [postgres.pid()]
    postgres.stop()


def _start_and_write(postgres: EmbeddedPostgres, value: int) -> None:
    write_row(postgres.start(), value)


def test_data_of_another_major_version_are_not_touched(folder: Path) -> None:
    old = folder / "data" / "pg14"
    old.mkdir(parents=True)
    if is_root():
        unprivileged_account().own(old)

    with pytest.raises(PostgresProblem, match="was made by PostgreSQL 14, but PostgreSQL"):
        postgres_in(folder).start()

    assert os.listdir(old) == []


def test_a_cluster_left_over_from_an_upgrade_is_in_nobodys_way(
    postgres: EmbeddedPostgres,
) -> None:
    old = postgres.root / "pg14"
    old.mkdir()
    status = next(postgres.root.glob("pg1[5-9]")).stat()
    os.chown(old, status.st_uid, status.st_gid)

    postgres.start()
    postgres.stop()
    old.rmdir()

    assert processes_in(postgres.root) == []


def test_before_the_first_start_there_is_nothing(folder: Path) -> None:
    postgres = postgres_in(folder)

    postgres.stop()

    assert not postgres.ready()
    assert postgres.pid() is None
    with pytest.raises(PostgresProblem, match="was never started"):
        _ = postgres.url
    assert not postgres.root.exists()
