"""`clearway tasks`."""

import asyncio

from rich.table import Table
from sqlalchemy import RowMapping, select

from cli.console import OUT
from cli.databases import check_migrated, open_database
from domain.times import CHINA
from models.database import Database
from models.task import HumanTask
from runtime.settings import load_settings

EXAMPLE = "clearway tasks"
MOST = 500


def command() -> None:
    """List what programs cannot decide and people have to, such as payments of unknown outcome."""
    with open_database(load_settings()) as url:
        check_migrated(url)
        tasks = asyncio.run(_tasks(url))
    if not tasks:
        OUT.print("Nothing is left to people.")
        return
    table = Table("opened (China)", "kind", "about")
    for task in tasks:
        opened = f"{task['opened_at'].astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
        table.add_row(opened, task["kind"].value, task["subject"])
    OUT.print(table)


async def _tasks(database_url: str) -> list[RowMapping]:
    db = Database(database_url, pool_size=1, application_name="clearway tasks")
    oldest = (
        select(*HumanTask.__table__.c)
        .where(HumanTask.closed_at.is_(None))
        .order_by(HumanTask.opened_at)
        .limit(MOST)
    )
    try:
        async with db.read() as connection:
            return list((await connection.execute(oldest)).mappings())
    finally:
        await db.close()
