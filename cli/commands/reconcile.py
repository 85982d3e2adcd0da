"""`clearway reconcile`."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn

from cli.console import ERR, OUT, show_problem
from cli.databases import check_migrated, open_database
from cli.logs import configure_logging
from cli.problems import Problem, explained
from cli.reconciliation_reports import as_json, show
from cli.trial_channels import with_channels
from domain.bills import BadBill, BillNotReady
from domain.discrepancies import ReconciliationState
from domain.failures import UpstreamUnavailable
from domain.platforms import Channel
from runtime.settings import Settings, load_settings
from runtime.wiring import open_services
from services.reconciliation.reports import DayReport
from services.reconciliation.service import (
    Busy,
    NotConnected,
    NotOver,
    Reconciliation,
    TooLongAgo,
)

EXAMPLE = "clearway reconcile --day 2026-11-22"
NO_CHANNEL = "Not configured: see docs/settings.md."
NOTHING_OPEN, SOMETHING_OPEN, NOT_DONE = 0, 1, 2

Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="A day in China; without it all that are due."),
]
Only = Annotated[Channel | None, typer.Option(help="One channel; without it all.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Compare, and write nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What has to be reconciled, and how."""

    day: date | None
    channel: Channel | None
    dry_run: bool


@dataclass(slots=True)
class Outcome:
    """What came of it; `undone` says of each channel why."""

    reports: list[DayReport]
    undone: dict[str, str]

    @property
    def exit_code(self) -> int:
        """2 if something could not be done, 1 if something is open or a bill was refused."""
        refused = ReconciliationState.REFUSED
        waits = any(one.reason and one.state is not refused for one in self.reports)
        if self.undone or waits:
            return NOT_DONE
        is_open = any(one.needs_people for one in self.reports)
        return SOMETHING_OPEN if is_open else NOTHING_OPEN


def command(
    day: Day = None, channel: Only = None, dry_run: DryRun = False, json: Json = False
) -> None:
    """
    Compare channels' bills with the books and the register.

    Exit 1 if something is open or a bill was refused, 2 if it could not be done.
    """
    if day is None and dry_run:
        raise typer.BadParameter("say which day: --day 2026-11-22", param_hint="--dry-run")
    try:
        with explained():
            outcome = _outcome(Wanted(day.date() if day else None, channel, dry_run))
    except Problem as problem:
        # 1 would say that it was done.
        show_problem(problem)
        raise typer.Exit(NOT_DONE) from None
    if json:
        OUT.print(as_json(outcome.reports, outcome.undone))
    else:
        show(OUT, outcome.reports, outcome.undone)
    raise typer.Exit(outcome.exit_code)


def _outcome(wanted: Wanted) -> Outcome:
    settings = with_channels(load_settings())
    configure_logging(settings.log_level)
    with open_database(settings) as url:
        check_migrated(url)
        return asyncio.run(_reconcile(settings, url, wanted))


async def _reconcile(settings: Settings, database_url: str, wanted: Wanted) -> Outcome:
    async with open_services(settings, database_url) as running:
        reconciliation = _of(running.reconciliation, wanted.channel)
        outcome = Outcome([], {})
        if not reconciliation.sources:
            # Nobody is asked, which is not the same as nothing to ask about.
            outcome.undone[wanted.channel or "all channels"] = NO_CHANNEL
            return outcome
        if wanted.day is None:
            async for report in _due(reconciliation):
                outcome.reports.append(report)
            return outcome
        for channel in [wanted.channel] if wanted.channel else reconciliation.sources:
            try:
                outcome.reports.append(await _one(reconciliation, channel, wanted.day, wanted))
            except Exception as error:
                reason = _sentence(error)
                if reason is None:
                    raise
                outcome.undone[f"{channel} {wanted.day}"] = reason
        return outcome


def _of(reconciliation: Reconciliation, channel: Channel | None) -> Reconciliation:
    """Of one channel alone, if one is wanted."""
    if channel is None:
        return reconciliation
    sources = {one: source for one, source in reconciliation.sources.items() if one is channel}
    return replace(reconciliation, sources=sources)


async def _due(reconciliation: Reconciliation) -> AsyncIterator[DayReport]:
    with _progress("lines") as told:
        async for report in reconciliation.due(told):
            yield report


async def _one(
    reconciliation: Reconciliation, channel: Channel, day: date, wanted: Wanted
) -> DayReport:
    with _progress(f"{channel} {day}") as told:
        run = reconciliation.try_day if wanted.dry_run else reconciliation.run_day
        return await run(channel, day, told)


def _sentence(error: Exception) -> str | None:
    """Why it could not be done; None if that is a fault of ours."""
    if isinstance(error, BadBill):
        return f"The bill would be refused as a whole: {error}."
    if isinstance(error, UpstreamUnavailable):
        return f"The channel does not answer ({error.reason.value}): try again later."
    sentences = {
        NotOver: "The day is not over: its bill is not all of it. Add --dry-run to look at it.",
        TooLongAgo: "The day is more than a year ago.",
        NotConnected: NO_CHANNEL,
        Busy: "A day of this channel is being reconciled just now: try again in some minutes.",
        BillNotReady: "The bill is not ready yet: channels make it until 10:00 of the next day.",
    }
    return sentences.get(type(error))


class _Told:
    """How many lines have been read, and how fast."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task, self._began = progress, task, time.perf_counter()

    def __call__(self, lines: int) -> None:
        speed = lines / max(time.perf_counter() - self._began, 0.001)
        self._progress.update(self._task, read=f"{lines:,} lines, {speed:,.0f}/s")


@contextmanager
def _progress(what: str) -> Iterator[_Told]:
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.fields[read]}"))
    with Progress(*columns, console=ERR, disable=not ERR.is_terminal) as progress:
        yield _Told(progress, progress.add_task(what, total=None, read=""))
