"""What is told while a benchmark runs."""

import sys


def say(line: str) -> None:
    """To whoever waits; tables go to stdout."""
    print(line, file=sys.stderr, flush=True)  # noqa: T201
