"""What whoever runs the service sees of the books, the tasks and the statements."""

import asyncio
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess

from domain.ledger import SuspenseReason, suspense
from domain.money import Money
from domain.platforms import Channel
from domain.tasks import TaskKind
from domain.times import legal_day, utc_now
from services.statement_csv import statements_csv
from services.tasks import ask_people
from tests.cli.processes import clearway
from tests.finance.desk import DAY, Desk, find_discrepancy, open_task
from tests.finance.money import LEDGER, Fine, noon, pay
from tests.stack import START, Api


async def run(api: Api, database_url: str, *arguments: str) -> CompletedProcess[str]:
    """A command on the same database; its socket goes before the host, which there has to be."""
    settings = {
        "CLEARWAY_PROFILE": "dev",
        "CLEARWAY_DATABASE_URL": database_url.replace("+psycopg", "").replace("@/", "@localhost/"),
        "CLEARWAY_DATA_DIR": str(api.settings.data_dir),
    }
    return await asyncio.to_thread(clearway, *arguments, env=settings)


async def test_the_ledger_says_what_nobody_explains(api: Api, database_url: str) -> None:
    await find_discrepancy(api, "one", 500)
    held = suspense(
        Channel.WECHAT,
        "W1-1",
        amount=Money(70),
        reason=SuspenseReason.SECOND_CHANNEL,
        occurred_at=noon(DAY),
    )
    async with api.running.db.begin() as connection:
        await LEDGER.post(connection, held)

    shown = await run(api, database_url, "ledger")

    assert (shown.returncode, shown.stderr) == (1, "")
    assert shown.stdout.splitlines()[-2:] == [
        "Difference: 0.00 yuan",
        "Suspense: 5.70 yuan; open discrepancies: 5.00 yuan; unexplained: 0.70 yuan",
    ]


async def test_books_that_cannot_be_read_are_not_called_wrong(api: Api, database_url: str) -> None:
    shown = await run(api, database_url.replace("/clearway", "/nowhere"), "ledger")

    assert (shown.returncode, shown.stdout) == (2, "")
    assert shown.stderr.startswith("Error: The database does not answer")


async def test_tasks_with_owner_age_and_reason(api: Api, database_url: str) -> None:
    me = Desk(api)
    await open_task(api, "one")
    await open_task(api, "two")
    one = (await me.tasks())[0]["id"]
    await me.do("take", id=one)
    await me.do("close", id=one, outcome="GIVEN_BACK", note="secret words")

    shown = await run(api, database_url, "tasks", "--all")

    first, second, reason = [
        line for line in shown.stdout.splitlines() if "payment_unknown" in line
    ]
    assert first.split()[-4:] == ["payment_unknown", "one", "officer-1", "given_back"]
    assert second.split()[-4:] == ["payment_unknown", "two", "nobody", "open"]
    assert reason.startswith(
        "payment_unknown: The payment platform does not say what became of this payment. Look the"
    )
    assert "secret" not in shown.stdout + shown.stderr

    # The longest kind and the longest number, eighty characters wide.
    longest = f"R20261123{'W' * 14}-20"
    async with api.running.db.begin() as connection:
        await ask_people(connection, TaskKind.NOTICE_OF_UNKNOWN_NUMBER, longest, START)
    shown = await run(api, database_url, "tasks")
    assert "one" not in shown.stdout.split()
    [line] = [line for line in shown.stdout.splitlines() if longest in line]
    assert line.split()[-3:] == ["notice_of_unknown_number", longest, "nobody"]


async def test_the_statement_of_a_day(api: Api, database_url: str, tmp_path: Path) -> None:
    # A command has the real clock.
    day, file = legal_day(utc_now()) - timedelta(days=3), tmp_path / "statement.csv"
    before = str(day - timedelta(days=1))
    await pay(api, "A1", noon(day), Fine("500103000000", 20000, 1800, "渝中支队"))

    none = await run(api, database_url, "statement", "--day", before)
    written = await run(api, database_url, "statement", "--day", str(day), "--csv", str(file))

    assert (none.returncode, none.stdout) == (1, "")
    assert none.stderr.startswith(f"Error: There is no statement of {before} yet: ")
    assert (written.returncode, written.stdout) == (0, "")
    issued = await api.running.services.settlement_statements.find(Channel.ALIPAY, day)
    assert issued is not None
    assert file.read_bytes() == statements_csv([issued])
