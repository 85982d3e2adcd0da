"""`clearway token`."""

from typing import Annotated

import typer

from cli.cities import find_citizen, make_city
from cli.dev_folder import last_city
from cli.dev_settings import dev_settings
from cli.options import DEFAULT_DATA_DIR, DataDir
from cli.problems import Problem
from cli.tokens import citizen_token, officer_token, parse_life

EXAMPLE = "clearway token --citizen 0 --ttl 1h"


def command(
    citizen: Annotated[
        int | None, typer.Option(min=0, help="Number of the citizen, from 0.")
    ] = None,
    officer: Annotated[
        str | None, typer.Option(metavar="ROLE", help="An officer of this role.")
    ] = None,
    ttl: Annotated[str, typer.Option(help="How long it is good for: 90s, 15m, 1h.")] = "1h",
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Print an access token for the stack of a data folder (dev profile only)."""
    settings = dev_settings(data_dir)
    life = parse_life(ttl, settings)
    if citizen is not None and officer is None:
        city = last_city(data_dir)
        person = find_citizen(make_city(city.seed, city.citizens), citizen)
        typer.echo(citizen_token(settings, person, life))
    elif officer is not None and citizen is None:
        typer.echo(officer_token(settings, officer, life))
    else:
        raise Problem("Whose token? Give either --citizen N or --officer ROLE.")
