"""A cluster: made whole or not at all, and set up to keep every payment it acknowledges."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from .files import sync_folder, write_whole
from .places import Place, clusters
from .problems import PostgresProblem
from .programs import run_program

SUPERUSER = "clearway"
DATABASE = "clearway"
SETTINGS_FILE = "clearway.conf"

# Written at every start, so that old clusters follow new versions; ALTER SYSTEM still has the
# last word. Errors repeat the values of statements, which may be personal: the log gets neither
# details nor statements, and the sessions of our role log no errors at all (see database.py).
SETTINGS = """\
# Written by Clearway at every start. For changes of your own use ALTER SYSTEM.
listen_addresses = ''
port = 5432
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 128MB
fsync = on
synchronous_commit = on
full_page_writes = on
lock_timeout = 5s
idle_in_transaction_session_timeout = 30s
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = off
log_destination = 'stderr'
log_line_prefix = '%m [%p] '
log_statement = none
log_min_duration_statement = -1
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
"""


def ensure_cluster(place: Place, bindir: Path, major: int, timeout: float) -> Path:
    """
    Return the folder of the cluster, creating it if there is none.

    :raises PostgresProblem: if the data are of another major version, or initdb fails
    """
    existing = clusters(place.base)
    if existing and major not in existing:
        raise _other_major(place, max(existing), major)
    data = place.cluster(major)
    if major not in existing:
        _create(place, data, bindir, major, timeout)
    _write_settings(place.base / SETTINGS_FILE)
    return data


def _create(place: Place, data: Path, bindir: Path, major: int, timeout: float) -> None:
    # A killed initdb leaves a folder that looks like a cluster and never starts. So it works
    # under another name; we hold the lock, so what is there already is litter.
    for litter in place.base.glob("init-*"):
        shutil.rmtree(litter, ignore_errors=True)
    draft = Path(tempfile.mkdtemp(prefix="init-", dir=place.base))
    if place.account:
        place.account.own(draft)
    run_program([bindir / "initdb", *_options(draft, major)], place.account, timeout)
    _include_settings(draft / "postgresql.conf")
    draft.rename(data)
    sync_folder(place.base)


def _write_settings(file: Path) -> None:
    if not file.exists() or file.read_text(encoding="utf-8") != SETTINGS:
        write_whole(file, SETTINGS)


def _include_settings(configuration: Path) -> None:
    descriptor = os.open(configuration, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(f"\ninclude = '../{SETTINGS_FILE}'\n")
        file.flush()
        os.fsync(descriptor)


def _options(draft: Path, major: int) -> list[str]:
    # Index order must never depend on the collations of the operating system: they change.
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    return [
        f"--pgdata={draft}",
        f"--username={SUPERUSER}",
        # Who may reach the socket is the folder's business: it is 0700.
        "--auth-local=trust",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--locale=C",
        *builtin,
        "--data-checksums",
        "--no-instructions",
    ]


def _other_major(place: Place, theirs: int, ours: int) -> PostgresProblem:
    return PostgresProblem(
        f"The database in {place.cluster(theirs)} was made by PostgreSQL {theirs}, but PostgreSQL "
        f"{ours} is what was found here: set CLEARWAY_PG_BINDIR to the programs of {theirs} to go "
        f"on with it (and pg_dump it, to restore it into {ours}), or move the folder away to begin "
        "with an empty database."
    )
