"""`clearway ledger`."""

import asyncio

import typer
from rich.table import Table

from cli.console import OUT
from cli.databases import check_migrated, open_database
from domain.ids import new_id
from domain.money import Money
from models.database import Database
from runtime.settings import load_settings
from services.ledger import Ledger, TrialBalance

EXAMPLE = "clearway ledger"


def command() -> None:
    """Show the books: every account, and that all debits equal all credits. Exit 1 if not."""
    with open_database(load_settings()) as url:
        check_migrated(url)
        trial = asyncio.run(_trial_balance(url))
    OUT.print(_table(trial))
    OUT.print(f"Difference: {_yuan(trial.difference)} yuan")
    if trial.difference:
        raise typer.Exit(1)


async def _trial_balance(database_url: str) -> TrialBalance:
    db = Database(database_url, pool_size=1, application_name="clearway ledger")
    try:
        async with db.read() as connection:
            return await Ledger(new_id).trial_balance(connection)
    finally:
        await db.close()


def _table(trial: TrialBalance) -> Table:
    table = Table("account", title="Trial balance, yuan", title_justify="left")
    for name in ("debits", "credits", "balance"):
        table.add_column(name, justify="right")
    for totals in trial.accounts:
        amounts = (totals.debits, totals.credits, totals.balance)
        table.add_row(totals.account.value, *map(_yuan, amounts))
    return table


def _yuan(fen: int) -> str:
    return f"-{Money(-fen).yuan}" if fen < 0 else Money(fen).yuan
