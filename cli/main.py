"""The `clearway` command: finds the sub-command and turns every trouble into one sentence."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

import typer

from cli.console import show_problem, survive_any_locale
from cli.problems import Problem, explained

COMMANDS = (
    "dev",
    "tour",
    "serve",
    "worker",
    "sandbox",
    "migrate",
    "token",
    "officers",
    "keys",
    "verify",
    "schema",
    "ledger",
    "statement",
    "reconcile",
    "tasks",
    "rules",
    "city",
    "doctor",
)
# Children of the supervisor that nobody calls by hand.
INNER_COMMANDS = ("database",)


def run() -> None:
    """Run the command line and leave with its exit code."""
    survive_any_locale()
    try:
        with explained():
            application(sys.argv[1:])(prog_name="clearway")
    except BrokenPipeError:
        _leave_quietly()
    except KeyboardInterrupt:
        sys.exit(130)
    except Problem as problem:
        show_problem(problem)
        sys.exit(1)
    except Exception as error:
        if os.environ.get("CLEARWAY_LOG_LEVEL", "").upper() == "DEBUG":
            raise
        show_problem(
            Problem(
                f"Unexpected {type(error).__name__}, which is a fault of Clearway: run the command "
                "again with CLEARWAY_LOG_LEVEL=DEBUG to see where, and report it."
            )
        )
        sys.exit(70)


def application(arguments: Sequence[str]) -> typer.Typer:
    """The sub-command that is called, or all for help: `token` need not wait for the API."""
    called = arguments[0] if arguments else ""
    names = (called,) if called in COMMANDS + INNER_COMMANDS else COMMANDS
    app = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help="Traffic-violation self-service. On a fresh machine start with: clearway dev",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_group)
    for name in names:
        module = import_module(f"cli.commands.{name}")
        app.command(name, epilog=f"Example: {module.EXAMPLE}", hidden=name in INNER_COMMANDS)(
            module.command
        )
    return app


def _group() -> None:
    """Make typer keep the name of the sub-command even if only one is loaded."""


def _leave_quietly() -> None:
    # Whoever read us has had enough. Python would complain when it flushes stdout at the end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(1)
