"""
Which Python to install into: one built without optimisation makes every request a fifth dearer.

    python3 cli/quickest_python.py

It prints the path of the interpreter it runs in, or of the system's one of the same version if that
is clearly quicker. Needs nothing installed: the Makefile asks before there is an environment.
"""

import subprocess
import sys
from pathlib import Path

SYSTEM = ("/usr/bin/python3", "/usr/local/bin/python3")
CLEARLY = 0.8
SECONDS = 20
# Says nothing unless it can make an environment; flags of the build would be the wrong question,
# for distributions do not record them.
PROBE = """
import ensurepip, ssl, sys, time, venv

class Thing:
    __slots__ = ("one", "two")

    def __init__(self, one, two):
        self.one = one
        self.two = two

def work():
    began = time.perf_counter()
    for number in range(20_000):
        thing = Thing(number, "two")
        [thing, {"one": thing.one, "two": thing.two}]
    return time.perf_counter() - began

print(*sys.version_info[:2], min(work() for _ in range(9)))
"""


def quickest(here: str = sys.executable) -> str:
    """The interpreter to use; `here` unless another is clearly quicker."""
    mine = _probe(here)
    if mine is None:
        return here
    version, seconds = mine
    best, limit = here, CLEARLY * seconds
    for other in SYSTEM:
        found = _probe(other) if Path(other).exists() else None
        if found is not None and found[0] == version and found[1] < limit:
            best, limit = other, found[1]
    return best


def _probe(python: str) -> tuple[str, float] | None:
    """Its version and how long it takes for a piece of work; None if it cannot be used."""
    try:
        run = subprocess.run(  # noqa: S603 - the command is ours
            [python, "-I", "-c", PROBE], capture_output=True, text=True, timeout=SECONDS, check=True
        )
        major, minor, seconds = run.stdout.split()
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return f"{major}.{minor}", float(seconds)


if __name__ == "__main__":
    print(quickest())  # noqa: T201
