"""`clearway tour`."""

EXAMPLE = "clearway tour --json"


def command() -> None:
    """Play the story."""
