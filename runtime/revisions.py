"""Which revision of the tables this code needs, without alembic: a server never migrates."""

import re
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

HERE = Path(__file__).resolve().parent
REVISIONS = text("SELECT version_num FROM alembic_version")
# As alembic's template writes them; a test compares with what alembic reads.
REVISION = re.compile(r"^revision = '(\w+)'$", re.MULTILINE)
REVISED = re.compile(r"^down_revision = '(\w+)'$", re.MULTILINE)


def migrations_root() -> Path:
    """Where `alembic.ini` and the scripts lie: in the wheel, or in the checkout."""
    packaged = HERE / "_migrations"
    return packaged if packaged.is_dir() else HERE.parent


def pending(database_url: str) -> tuple[str | None, str | None]:
    """The revision the database is at, and the newest one there is."""
    engine = create_engine(database_url)
    try:
        with engine.connect() as connection:
            is_there = inspect(connection).has_table("alembic_version")
            current = connection.scalar(REVISIONS) if is_there else None
    finally:
        engine.dispose()
    return current, our_revisions()[0]


def fits(revisions: frozenset[str]) -> bool:
    """
    Whether this code can work with a database at these revisions.

    A revision that we do not know is newer, and a newer one leaves room for the code before it:
    migrations expand first, and contract a release later.
    """
    newest, known = our_revisions()
    return newest in revisions or bool(revisions - known)


@cache
def our_revisions() -> tuple[str | None, frozenset[str]]:
    """The newest revision, which no other one revises, and all there are."""
    scripts = (migrations_root() / "alembic" / "versions").glob("*.py")
    texts = [one.read_text(encoding="utf-8") for one in scripts]
    known = {name for one in texts for name in REVISION.findall(one)}
    newest = known - {name for one in texts for name in REVISED.findall(one)}
    return next(iter(newest), None), frozenset(known)
