"""`clearway keys`."""

import os
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from cli.console import ERR
from cli.dev_settings import PROFILE
from cli.durations import parse_duration
from cli.options import DEFAULT_DATA_DIR, DataDir
from cli.problems import Problem
from domain.times import utc_now
from graphql_api.tokens.jose_backend import Algorithm
from graphql_api.tokens.key_ring import ROTATE, KeyRing, stamps_in
from graphql_api.tokens.key_rotation import (
    PUBLISHED_BEFORE_SIGNING,
    add_key,
    rotate,
    states_of,
)
from graphql_api.tokens.receipts import ALGORITHM as RECEIPTS
from graphql_api.tokens.signing_key import SigningKey
from runtime.keys import signing_keys_dir
from runtime.receipt_keys import receipt_keys_dir
from runtime.settings import Profile, Settings, load_settings

EXAMPLE = "clearway keys rotate --in 11m"
ROW = "{:<43}  {:<20}  {}"


class Action(StrEnum):
    """What to do with the keys."""

    LIST = "list"
    ROTATE = "rotate"


def command(
    action: Annotated[Action, typer.Argument(help="Show the keys, or add and remove some.")],
    wait: Annotated[
        str,
        typer.Option("--in", help="rotate: when the new key signs; the first one does at once."),
    ] = "11m",
    receipts: Annotated[
        bool,
        typer.Option("--receipts", help="The keys of receipts instead; none is ever removed."),
    ] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """List or rotate the keys that sign our own tokens, or receipts; rotating costs no request."""
    profile = os.environ.get(PROFILE, Profile.DEV)
    settings = load_settings(os.environ, profile=profile, data_dir=data_dir.absolute())
    try:
        match action:
            case Action.LIST if receipts:
                _list(receipt_keys_dir(settings), RECEIPTS, None)
            case Action.LIST:
                _list(signing_keys_dir(settings), "RS256", _longest_life(settings))
            case Action.ROTATE if receipts:
                _add(receipt_keys_dir(settings), parse_duration(wait))
            case Action.ROTATE:
                _rotate(signing_keys_dir(settings), parse_duration(wait), settings)
    except ValueError as error:
        raise Problem(f"{error}.") from error


def _list(folder: Path, algorithm: Algorithm, longest_life: timedelta | None) -> None:
    if not stamps_in(folder):
        ERR.print(f"No keys in {folder} yet: make the first with {ROTATE[algorithm]}.")
        return
    keys = KeyRing(folder, algorithm).oldest_first()
    typer.echo(ROW.format("kid", "signs from", "state"))
    for key, state in states_of(keys, utc_now(), longest_life):
        typer.echo(ROW.format(key.kid, _instant(key), state))


def _add(folder: Path, wait: timedelta) -> None:
    added = add_key(folder, utc_now(), wait=wait, algorithm=RECEIPTS)
    ERR.print(f"Key {added.kid} signs from {_instant(added)}.")


def _rotate(folder: Path, wait: timedelta, settings: Settings) -> None:
    done = rotate(folder, utc_now(), wait=wait, longest_life=_longest_life(settings))
    ERR.print(f"Key {done.added.kid} signs from {_instant(done.added)}.")
    for key in done.removed:
        ERR.print(f"Key {key.kid} is removed: the last token it signed has expired.")
    if wait < PUBLISHED_BEFORE_SIGNING:
        ERR.print("Note: who keeps our published keys for 10 minutes may refuse its first tokens.")


def _longest_life(settings: Settings) -> timedelta:
    return timedelta(seconds=settings.longest_token_life)


def _instant(key: SigningKey) -> str:
    return f"{key.signs_from:%Y-%m-%dT%H:%M:%SZ}"
