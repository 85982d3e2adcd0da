"""What one check found, and how to mend it."""

from collections.abc import Callable
from dataclasses import dataclass

from cli.problems import Problem, explained


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the doctor's table. `ok` is None where there is nothing to check yet."""

    name: str
    ok: bool | None
    found: str
    mend: str = ""


def check(name: str, look: Callable[[], str]) -> Finding:
    """Run a check that says what it found, and turn a Problem into what is wrong."""
    try:
        with explained():
            return Finding(name, True, look())
    except Problem as problem:
        # A Problem's message is "what is wrong: what to do".
        found, _, mend = str(problem).rpartition(": ")
        return Finding(name, False, found or mend, mend if found else "")
