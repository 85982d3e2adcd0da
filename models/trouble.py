"""Trouble with the database that passes, as everybody is told of it."""

import logging

from domain.failures import TryLater

log = logging.getLogger("clearway.database")

RETRY_SECONDS = 2.0


def try_later(kind: object) -> TryLater:
    """The failure to raise; the log gets the kind alone: texts name hosts and may quote values."""
    log.warning("database trouble: %s", kind)
    return TryLater("retry_later", retry_after=RETRY_SECONDS)
