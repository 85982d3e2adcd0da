"""`clearway ledger`."""

import asyncio

import typer
from rich.table import Table

from cli.books import read_books
from cli.console import OUT
from domain.money import Money
from runtime.settings import load_settings
from services.ledger import TrialBalance

EXAMPLE = "clearway ledger"


def command() -> None:
    """
    Show the books: every account, that debits equal credits, and what explains the suspense.

    Exit 1 if debits are not credits, or suspense is not the open discrepancies.
    """
    books = asyncio.run(read_books(load_settings()))
    trial, suspense = books.trial, books.suspense
    OUT.print(_table(trial))
    OUT.print(f"Difference: {_yuan(trial.difference)} yuan")
    OUT.print(
        f"Suspense: {_yuan(suspense.balance)} yuan; open discrepancies:"
        f" {_yuan(suspense.explained)} yuan; unexplained: {_yuan(suspense.difference)} yuan"
    )
    if trial.difference or suspense.difference:
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
    return Money(fen).yuan
