"""`clearway ledger`."""

import asyncio

import typer
from rich.table import Table

from cli.books import Books, read_books
from cli.console import OUT, show_problem
from cli.problems import Problem, explained
from domain.money import Money
from runtime.settings import load_settings
from services.ledger import TrialBalance

EXAMPLE = "clearway ledger"


def command() -> None:
    """
    Show the books: every account, that debits equal credits, and what explains the suspense.

    Exit 1 if debits are not credits, or suspense is not the open discrepancies; 2 if the books
    cannot be read.
    """
    books = _read()
    trial, suspense = books.trial, books.suspense
    OUT.print(_table(trial))
    OUT.print(f"Difference: {_yuan(trial.difference)} yuan")
    OUT.print(
        f"Suspense: {_yuan(suspense.balance)} yuan; open discrepancies:"
        f" {_yuan(suspense.explained)} yuan; unexplained: {_yuan(suspense.difference)} yuan"
    )
    if trial.difference or suspense.difference:
        raise typer.Exit(1)


def _read() -> Books:
    try:
        with explained():
            return asyncio.run(read_books(load_settings()))
    except Problem as problem:
        # 1 would say that the books are wrong.
        show_problem(problem)
        raise typer.Exit(2) from None


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
