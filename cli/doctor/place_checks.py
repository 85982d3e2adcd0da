"""Checks of this machine: the data folder, the database in it or elsewhere, its revision."""

import os
import shutil
from collections.abc import Iterator

from cli.databases import check_migrated, open_database
from cli.doctor.finding import Finding, check
from cli.problems import Problem, explained
from runtime.databases import check_durability, embedded, given_url
from runtime.postgres import find_binaries, major_version
from runtime.revisions import pending
from runtime.settings import Settings

GIGABYTE = 1_000_000_000
NEEDED_GIGABYTES = 1.0


def check_data_dir(settings: Settings) -> Finding:
    """Whether we may write there and have space."""

    def look() -> str:
        folder = settings.data_dir.absolute()
        place = next(one for one in (folder, *folder.parents) if one.exists())
        if not os.access(place, os.W_OK | os.X_OK):
            raise Problem(f"{place} may not be written to: choose another folder (--data-dir)")
        free = shutil.disk_usage(place).free / GIGABYTE
        if free < NEEDED_GIGABYTES:
            raise Problem(f"{place} has {free:.1f} GB left: free at least {NEEDED_GIGABYTES:g} GB")
        return f"{folder}, {free:.0f} GB free"

    return check("data folder", look)


def check_database(settings: Settings) -> Iterator[Finding]:
    """Whether it runs, keeps what it acknowledges, and has this version's tables."""
    if given_url(settings) is None and not embedded(settings).root.exists():
        yield check("database", lambda: _programs(settings))
        return
    try:
        with explained(), open_database(settings) as url:
            durable = check("durability", lambda: _durable(url))
            # It asks the server first: without an answer the other two say nothing new.
            yield Finding("database", True, "answers") if durable.ok else durable
            if durable.ok:
                yield durable
                yield check("migrations", lambda: _migrated(url))
    except Problem as problem:
        yield Finding("database", False, str(problem), "\n".join(problem.details))


def _programs(settings: Settings) -> str:
    bindir = find_binaries(os.environ, settings.pg_bindir)
    return f"none yet; clearway dev makes one with PostgreSQL {major_version(bindir)}"


def _durable(url: str) -> str:
    check_durability(url)
    return "keeps every commit it acknowledges"


def _migrated(url: str) -> str:
    check_migrated(url)
    return f"at the newest revision ({pending(url)[0]})"
