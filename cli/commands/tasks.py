"""`clearway tasks`."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table
from sqlalchemy import RowMapping, func, select

from cli.console import OUT
from cli.databases import check_migrated, open_database
from domain.task_texts import task_next_step, task_reason
from domain.texts import Language
from domain.times import CHINA, utc_now
from models.database import Database
from models.task import HumanTask
from runtime.settings import load_settings

EXAMPLE = "clearway tasks"
MOST = 500
TASK = HumanTask.__table__.c
ALWAYS = ("age", "kind", "about", "owner")


def command(
    closed_as_well: Annotated[bool, typer.Option("--all", help="Closed ones, too.")] = False,
) -> None:
    """List what programs cannot decide and people have to, such as payments of unknown outcome."""
    with open_database(load_settings()) as url:
        check_migrated(url)
        total, tasks = asyncio.run(_tasks(url, closed_as_well))
    if not tasks:
        OUT.print("Nothing is left to people.")
        return
    OUT.print(_table(tasks, closed_as_well))
    for kind in sorted({task["kind"] for task in tasks}):
        said = f"{task_reason(kind, Language.EN)} {task_next_step(kind, Language.EN)}"
        OUT.print(f"{kind.value}: {said}")
    if total > len(tasks):
        OUT.print(f"These are the oldest {len(tasks)} of {total}.")


def _table(tasks: Sequence[RowMapping], closed_as_well: bool) -> Table:
    """What a task is about is there to be copied: it is never cut, and fits an ordinary width."""
    table = Table(box=SIMPLE)
    for name in ("opened (China)", "age", "kind", "about", "owner", "outcome"):
        if closed_as_well or name in ALWAYS:
            table.add_column(name, overflow="fold", no_wrap=name == "about")
    for task in tasks:
        cells = _cells(task)
        table.add_row(*(cells if closed_as_well else cells[1:-1]))
    return table


def _cells(task: RowMapping) -> tuple[str, ...]:
    return (
        f"{task['opened_at'].astimezone(CHINA):%Y-%m-%d %H:%M}",
        _age(utc_now() - task["opened_at"]),
        task["kind"].value,
        task["subject"],
        (task["owner"] or "nobody").rpartition("|")[2],
        task["outcome"].value if task["outcome"] else "open",
    )


def _age(passed: timedelta) -> str:
    hours, days = passed.seconds // 3600, passed.days
    return f"{days} d {hours} h" if days else f"{hours} h {passed.seconds // 60 % 60} min"


async def _tasks(database_url: str, closed_as_well: bool) -> tuple[int, list[RowMapping]]:
    """How many there are, and the oldest of them."""
    db = Database(database_url, pool_size=1, application_name="clearway tasks")
    wanted = [] if closed_as_well else [TASK.closed_at.is_(None)]
    count = select(func.count()).select_from(HumanTask).where(*wanted)
    oldest = select(*TASK).where(*wanted).order_by(TASK.opened_at, TASK.id).limit(MOST)
    try:
        async with db.read() as connection:
            total = await connection.scalar(count)
            return total or 0, list((await connection.execute(oldest)).mappings())
    finally:
        await db.close()
