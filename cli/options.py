"""Options that several sub-commands share."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path,
    typer.Option(
        "--data-dir",
        envvar="CLEARWAY_DATA_DIR",
        help="Folder of the database, keys and logs.",
        show_envvar=True,
    ),
]
Citizens = Annotated[int, typer.Option(min=1, help="How many people the city has.")]
Seed = Annotated[int, typer.Option(help="The same seed makes the same city.")]
StopWithParent = Annotated[
    bool, typer.Option("--stop-with-parent", hidden=True, help="Stop when stdin closes.")
]

DEFAULT_DATA_DIR = Path(".clearway")
DEFAULT_CITIZENS = 2000
DEFAULT_SEED = 7
