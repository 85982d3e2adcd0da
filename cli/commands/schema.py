"""`clearway schema`."""

from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer

import graphql_api
from cli.console import ERR
from cli.problems import Problem
from graphql_api.schema import print_schema

EXAMPLE = "clearway schema --check"
SHOWN_LINES = 5
NAME = "schema.graphql"


def command(
    check: Annotated[
        bool, typer.Option("--check", help="Compare with the file; exit 1 if they differ.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option(help="The file to compare with, else schema.graphql.")
    ] = None,
) -> None:
    """Print the public contract (SDL), or check that the file of it is up to date."""
    printed = print_schema()
    if not check:
        typer.echo(printed, nl=False)
        return
    path = file or _known_file()
    written = path.read_text(encoding="utf-8") if path.is_file() else ""
    if written != printed:
        raise Problem(
            f"{path} is not what the code says: run make schema and look at the difference.",
            _first_differences(written, printed),
        )
    ERR.print(f"{path} is what the code says.")


def _known_file() -> Path:
    """The file in the checkout, or the copy in the wheel."""
    package = Path(graphql_api.__file__).parent
    packaged = package / NAME
    return packaged if packaged.is_file() else package.parent / NAME


def _first_differences(written: str, printed: str) -> list[str]:
    pairs = zip_longest(written.splitlines(), printed.splitlines())
    differing = [(number, *pair) for number, pair in enumerate(pairs, 1) if pair[0] != pair[1]]
    shown: list[str] = []
    for number, old, new in differing[:SHOWN_LINES]:
        shown += [f"line {number}:", f"- {old or ''}", f"+ {new or ''}"]
    return shown
