"""Draft a revision from what the models say now: `make migration NAME="add payments"`."""

import os
import sys
import tempfile
from pathlib import Path

from alembic import command

from cli.console import ERR
from runtime.migrations import alembic_config, migrate
from runtime.postgres import EmbeddedPostgres


def draft(name: str, folder: Path | None = None) -> Path:
    """
    Compare a database at the newest revision with the models, and write the difference down.

    :param folder: where to put the revision instead of among the others
    """
    with tempfile.TemporaryDirectory() as root:
        # The account that runs PostgreSQL for root must be able to enter.
        Path(root).chmod(0o711)
        server = EmbeddedPostgres(Path(root), system_folder=Path(root) / "system").start()
        try:
            migrate(server.url)
            config = alembic_config(server.url)
            versions = Path(str(config.get_main_option("script_location"))) / "versions"
            number = f"{len(list(versions.glob('*.py'))) + 1:04}"
            where = str(folder) if folder is not None else None
            if where is not None:
                config.set_main_option("path_separator", "os")
                config.set_main_option("version_locations", f"{versions}{os.pathsep}{where}")
            made = command.revision(
                config, message=name, autogenerate=True, rev_id=number, version_path=where
            )
        finally:
            server.stop()
    path = getattr(made, "path", None)
    if path is None:
        raise RuntimeError("alembic made no revision")
    return Path(path)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1].strip():
        ERR.print('Give the revision a name: make migration NAME="add payments"')
        sys.exit(2)
    ERR.print(f"Drafted {draft(sys.argv[1])}: read it before you commit it.")
