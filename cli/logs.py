"""Logging of the processes: one line per event on stderr, with only the extras we know."""

import logging

# An allow-list: nothing that a caller sent can slip into the log as an extra.
EXTRAS = ("reason", "subject")


class LineFormatter(logging.Formatter):
    """Time, level, logger, message, and the extras as name=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        extras = [f"{name}={getattr(record, name)}" for name in EXTRAS if hasattr(record, name)]
        return " ".join([super().formatMessage(record), *extras])


def configure_logging(level: str) -> None:
    """Log to stderr from this level on; an unknown level is taken for INFO."""
    handler = logging.StreamHandler()
    handler.setFormatter(LineFormatter())
    known = logging.getLevelNamesMapping()
    logging.basicConfig(level=known.get(level.upper(), logging.INFO), handlers=[handler])
    # Their INFO lines tell of every look at the revision, and of every list of tasks.
    for name in ("alembic", "procrastinate.blueprints"):
        logging.getLogger(name).setLevel(logging.WARNING)
