"""`clearway migrate`."""

from cli.console import ERR
from cli.databases import open_database, reaching_database
from runtime.migrations import migrate
from runtime.revisions import pending
from runtime.settings import load_settings

EXAMPLE = "CLEARWAY_DATABASE_URL=postgresql://clearway@db/clearway clearway migrate"


def command() -> None:
    """Bring the database to the revision this version needs. Safe to repeat."""
    settings = load_settings()
    with ERR.status("Migrating ..."), open_database(settings) as url, reaching_database():
        before, newest = pending(url)
        migrate(url)
    if before == newest:
        ERR.print(f"The database is at the newest revision already ({newest}).")
    else:
        ERR.print(f"The database went from revision {before or 'none'} to {newest}.")
