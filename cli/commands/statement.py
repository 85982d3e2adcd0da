"""`clearway statement`."""

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import ERR, OUT
from cli.databases import check_migrated, open_database
from cli.problems import Problem
from domain.money import Money
from domain.platforms import Channel
from domain.times import CHINA, utc_now
from models.database import Database
from runtime.settings import load_settings
from services.settlement_statements import SettlementStatements
from services.statement_csv import statements_csv
from services.statement_views import IssuedStatement

EXAMPLE = "clearway statement --day 2026-11-22 --csv statement.csv"
STDOUT = Path("-")


def command(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day in China.")],
    channel: Annotated[
        Channel | None, typer.Option(help="Of one channel; without it of all.")
    ] = None,
    csv: Annotated[
        Path | None, typer.Option(help="Write the treasury's CSV there; - for stdout.")
    ] = None,
) -> None:
    """Show the settlement statements of a day, after issuing those that are due."""
    with open_database(load_settings()) as url:
        check_migrated(url)
        issued = asyncio.run(_issued(url, day, [channel] if channel else list(Channel)))
    if not issued:
        raise Problem(
            f"There is no statement of {day:%Y-%m-%d} yet: it is issued when the day has been"
            " reconciled, or a day late, and after those of earlier days."
        )
    if csv is None:
        for statement in issued:
            OUT.print(_table(statement))
    elif csv == STDOUT:
        sys.stdout.buffer.write(statements_csv(issued))
        sys.stdout.flush()
    else:
        csv.write_bytes(statements_csv(issued))
        ERR.print(f"Written to {csv}.")


async def _issued(
    database_url: str, day: datetime, channels: Sequence[Channel]
) -> list[IssuedStatement]:
    db = Database(database_url, pool_size=1, application_name="clearway statement")
    statements = SettlementStatements(db, utc_now)
    try:
        while await statements.sweep():
            pass
        found = [await statements.find(channel, day.date()) for channel in channels]
    finally:
        await db.close()
    return [one for one in found if one is not None]


def _table(statement: IssuedStatement) -> Table:
    issued = f"{statement.issued_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    title = f"{statement.channel} {statement.day}, issued {issued} (China), yuan"
    table = Table("of", "agency", title=title, title_justify="left")
    for name in ("payments", "fines", "surcharges", "refunds", "refunded", "treasury"):
        table.add_column(name, justify="right")
    for line in statement.lines:
        table.add_row(
            str(line.of_day),
            line.agency_name or line.agency_code or "unknown",
            str(line.payments),
            Money(line.principal_fen).yuan,
            Money(line.surcharge_fen).yuan,
            str(line.refunds),
            Money(line.refunded_principal_fen + line.refunded_surcharge_fen).yuan,
            Money(line.net_fen).yuan,
        )
    net = sum(line.net_fen for line in statement.lines)
    table.add_row("all", "", "", "", "", "", "", Money(net).yuan)
    return table
