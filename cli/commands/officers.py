"""`clearway officers`."""

import asyncio
import os
from enum import StrEnum
from typing import Annotated

import typer

from cli.console import ERR
from cli.databases import check_migrated, open_database
from cli.dev_settings import PROFILE
from cli.options import DEFAULT_DATA_DIR, DataDir
from domain.times import utc_now
from models.database import Database
from runtime.settings import Profile, load_settings
from services.dismissals import DismissalService

EXAMPLE = 'clearway officers dismiss officer-reviewer --reason "left the bureau"'


class Action(StrEnum):
    """What to do with an officer."""

    DISMISS = "dismiss"
    REINSTATE = "reinstate"


def command(
    action: Annotated[Action, typer.Argument(help="Shut an officer out, or let one in again.")],
    subject: Annotated[str, typer.Argument(help="Who: `sub` of the officer's tokens.")],
    issuer: Annotated[
        str | None, typer.Option(help="`iss` of the officer's tokens, else our own issuer.")
    ] = None,
    reason: Annotated[str, typer.Option(help="dismiss: why, for the record.")] = "dismissed",
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Refuse an officer's tokens on every process within 5 seconds, whoever issued them."""
    profile = os.environ.get(PROFILE, Profile.DEV)
    settings = load_settings(os.environ, profile=profile, data_dir=data_dir.absolute())
    named = issuer or settings.own_issuer
    with open_database(settings) as url:
        check_migrated(url)
        asyncio.run(_act(url, action, named, subject, reason))
    ERR.print(
        f"{subject} of {named} is shut out: every process knows within 5 seconds."
        if action is Action.DISMISS
        else f"{subject} of {named} is let in again."
    )


async def _act(url: str, action: Action, issuer: str, subject: str, reason: str) -> None:
    db = Database(url, pool_size=1)
    service = DismissalService(db, utc_now)
    try:
        if action is Action.DISMISS:
            await service.dismiss(issuer, subject, reason)
        else:
            await service.reinstate(issuer, subject)
    finally:
        await db.close()
