"""
One PostgreSQL for all contenders, with the same settings for all of them.

They reach it by TCP, as in a city, with a password that is made anew each time; we by its socket.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import conninfo, sql

from benchmarks.speed.places import DATA
from benchmarks.speed.processes import tree
from runtime.postgres import EmbeddedPostgres

USER = "clearway"
# An address of loopback that no other PostgreSQL of this machine listens on.
HOST, PORT = "127.87.0.1", 5432
# Whoever connects to an address of loopback comes from 127.0.0.1.
ACCESS = f"local all all trust\nhost all {USER} 127.0.0.0/8 scram-sha-256\n"
# fsync is off: nothing is written while it is measured, and loading takes half the time. Nothing
# but the contenders works in here: no vacuum, no just-in-time compiler, no parallel workers.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": HOST,
    "shared_buffers": "1GB",
    "max_connections": "300",
    "max_wal_size": "8GB",
    "maintenance_work_mem": "256MB",
    "work_mem": "32MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running PostgreSQL, on a core of its own."""

    postgres: EmbeddedPostgres
    password: str = field(repr=False)

    @property
    def pid(self) -> int:
        """Its first process; the others are children of it."""
        return self.postgres.pid() or 0

    def connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection of ours, in which every statement is a transaction."""
        address = conninfo.make_conninfo(self.postgres.dsn(), dbname=database)
        return psycopg.connect(address, autocommit=True)

    def url(self, database: str) -> str:
        """The address of a database, as contenders are told it."""
        return f"postgresql://{USER}:{self.password}@{HOST}:{PORT}/{database}"

    def create(self, database: str) -> None:
        """Make an empty database, in the place of one of that name."""
        name = sql.Identifier(database)
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(name))

    def drop(self, database: str) -> None:
        """Remove a database with all that is in it."""
        name = sql.Identifier(database)
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def comment(self, database: str) -> str | None:
        """What was noted about a database; None if there is none."""
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        with self.connect("postgres") as connection:
            row = connection.execute(query, [database]).fetchone()
        return None if row is None or row[0] is None else str(row[0])

    def set_comment(self, database: str, text: str) -> None:
        """Note something about a database."""
        statement = sql.SQL("COMMENT ON DATABASE {} IS {}")
        with self.connect("postgres") as connection:
            connection.execute(statement.format(sql.Identifier(database), sql.Literal(text)))

    def version(self) -> str:
        """Such as 18.1."""
        with self.connect("postgres") as connection:
            return str(connection.execute("SHOW server_version").fetchall()[0][0])


@contextmanager
def running_cluster(core: int) -> Iterator[Cluster]:
    """The cluster of our folder, for as long as the block lasts."""
    postgres = EmbeddedPostgres(DATA / "postgres").start()
    try:
        if not _is_set(postgres):
            postgres.stop()
            postgres.start()
        cluster = Cluster(postgres, secrets.token_hex(16))
        _let_in(cluster)
        _pin(cluster.pid, core)
        yield cluster
    finally:
        postgres.stop()


def _let_in(cluster: Cluster) -> None:
    """Let in who knows the password, by TCP."""
    with cluster.connect("postgres") as connection:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
        names = sql.Identifier(USER), sql.Literal(cluster.password)
        connection.execute(statement.format(*names))
        rules = connection.execute("SHOW hba_file").fetchall()[0][0]
        Path(str(rules)).write_text(ACCESS, encoding="ascii")
        connection.execute("SELECT pg_reload_conf()")


def _pin(postmaster: int, core: int) -> None:
    """What the postmaster starts from now on stays on its core."""
    for pid in (postmaster, *tree(postmaster)):
        # Its helpers come and go.
        with suppress(ProcessLookupError):
            os.sched_setaffinity(pid, {core})


def _is_set(postgres: EmbeddedPostgres) -> bool:
    """Write the settings down; whether the server runs with them."""
    with psycopg.connect(postgres.dsn(), autocommit=True) as connection:
        for name, value in SETTINGS.items():
            statement = sql.SQL("ALTER SYSTEM SET {} = {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Literal(value)))
        shown = {
            name: connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchall()
            for name in SETTINGS
        }
    return all(str(rows[0][0]) == SETTINGS[name] for name, rows in shown.items())
