"""PostgreSQL of our own: found on this machine, run without any setup, safe after every crash."""

from .binaries import find_binaries, major_version
from .embedded import EmbeddedPostgres
from .problems import PostgresNotFound, PostgresProblem

__all__ = [
    "EmbeddedPostgres",
    "PostgresNotFound",
    "PostgresProblem",
    "find_binaries",
    "major_version",
]
