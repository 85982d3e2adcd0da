"""Two consoles: answers go to stdout, everything said on the way goes to stderr."""

import sys

from rich.console import Console

from cli.problems import Problem

# Lines are never broken: tokens and commands are there to be copied. Brackets are not markup.
OUT = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
ERR = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)


def survive_any_locale() -> None:
    """A terminal that cannot show a character gets a question mark, not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def show_problem(problem: Problem) -> None:
    """One sentence on stderr, and its details beneath."""
    ERR.print(f"Error: {problem}", style="red")
    for line in problem.details:
        ERR.print(f"  {line}", style="dim")
