"""Talking to our own server: does it answer, and is what the application needs in it?"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from .cluster import DATABASE, SUPERUSER
from .problems import PostgresProblem
from .sockets import PORT, SOCKET

MAINTENANCE_DATABASE = "postgres"
CONNECT_TIMEOUT_SECONDS = 2


def dsn(socket_folder: Path, database: str = DATABASE) -> str:
    """Return the connection string for libpq and its tools."""
    return make_conninfo(host=str(socket_folder), port=PORT, user=SUPERUSER, dbname=database)


def url(socket_folder: Path) -> str:
    """Return the connection string for SQLAlchemy."""
    host = quote(os.fsencode(socket_folder), safe="/")
    return f"postgresql+psycopg://{SUPERUSER}@/{DATABASE}?host={host}&port={PORT}"


def answers(socket_folder: Path) -> bool:
    """
    Whether the server takes connections.

    Only the socket knows: a pid file names zombies and strangers, too.
    """
    if not os.path.exists(socket_folder / SOCKET):
        return False
    target = make_conninfo(
        dsn(socket_folder, MAINTENANCE_DATABASE), connect_timeout=CONNECT_TIMEOUT_SECONDS
    )
    return PGconn.ping(target.encode()) == Ping.OK


def ensure_database(socket_folder: Path) -> None:
    """
    Create the application's database if it is missing, and keep citizens' data out of the log.

    :raises PostgresProblem: if the server refuses
    """
    try:
        with psycopg.connect(
            dsn(socket_folder, MAINTENANCE_DATABASE),
            autocommit=True,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
        ) as connection:
            _quieten(connection)
            _create(connection)
    except psycopg.Error as error:
        raise PostgresProblem(
            f"PostgreSQL runs, but the database {DATABASE} could not be prepared "
            f"({str(error).strip()}): mend this and start again."
        ) from error


def _quieten(connection: psycopg.Connection) -> None:
    # An error's first line can hold a value ('invalid input syntax ...: "京A12345"'). Our sessions
    # hear of their errors anyway; the server's own processes go on logging theirs.
    row = connection.execute("SHOW log_min_messages").fetchone()
    if row != ("log",):
        role = sql.Identifier(SUPERUSER)
        connection.execute(sql.SQL("ALTER ROLE {} SET log_min_messages = 'log'").format(role))


def _create(connection: psycopg.Connection) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
    if known.fetchone() is None:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
