"""`clearway ledger`."""

import asyncio

import typer
from rich.table import Table

from cli.books import trial_balance
from cli.console import OUT
from domain.money import Money
from runtime.settings import load_settings
from services.ledger import TrialBalance

EXAMPLE = "clearway ledger"


def command() -> None:
    """Show the books: every account, and that all debits equal all credits. Exit 1 if not."""
    trial = asyncio.run(trial_balance(load_settings()))
    OUT.print(_table(trial))
    OUT.print(f"Difference: {_yuan(trial.difference)} yuan")
    if trial.difference:
        raise typer.Exit(1)


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
