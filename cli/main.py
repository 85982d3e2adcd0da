"""The `clearway` command."""


def run() -> None:
    """Placeholder until the commands land."""
