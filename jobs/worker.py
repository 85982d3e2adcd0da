"""
The worker: does what it is woken for, and sweeps for what nobody woke it for.

The rows themselves say what is due: a job that is lost, or all of them, costs a few seconds.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from procrastinate import App
from procrastinate.jobs import Status

from domain.failures import where
from domain.times import Clock, utc_now
from runtime.queue import SEE_TO, queue_app
from runtime.settings import Settings
from runtime.wiring import open_services
from services.due_work import Chores
from services.housekeeping import Housekeeping
from services.nightly import Nightly
from services.wakes import Errand

log = logging.getLogger("clearway.worker")

SWEEP_SECONDS = 5.0
TIDY_SECONDS = 3600.0
# How late it notices that a bill is ready, or that a night was missed.
NIGHTLY_SECONDS = 60.0
# A job of a worker that was killed stays marked as its own; its row has been swept long before.
STALLED_SECONDS = 30.0
RESTART_SECONDS = 2.0
CONCURRENCY = 8
GRACE_SECONDS = 12.0


async def work(
    settings: Settings, database_url: str, stop: asyncio.Event, *, clock: Clock = utc_now
) -> None:
    """Work until `stop` is set; what is under way then is finished."""
    async with open_services(settings, database_url, clock=clock) as running:
        chores, housekeeping = running.chores, running.housekeeping
        nightly = Nightly(running.reconciliation, running.services.settlement_statements)
        async with asyncio.TaskGroup() as group:
            group.create_task(_until(stop, "sweep", lambda: _sweep(chores, stop), SWEEP_SECONDS))
            group.create_task(_until(stop, "tidy", lambda: _tidy(housekeeping), TIDY_SECONDS))
            anew = running.paying.annulled.sweep_decided_anew
            group.create_task(_until(stop, "decided anew", anew, TIDY_SECONDS))
            # By itself: a whole day of bills must not keep payments waiting.
            group.create_task(_until(stop, "nightly", nightly.run_due, NIGHTLY_SECONDS))
            queue = group.create_task(
                _until(stop, "queue", lambda: _run_queue(database_url, chores), RESTART_SECONDS)
            )
            await stop.wait()
            # It takes no more jobs, and waits for those it has.
            queue.cancel()


async def _until(
    stop: asyncio.Event, name: str, one: Callable[[], Awaitable[object]], pause: float
) -> None:
    """Do it again and again; trouble of any kind is only a reason to try again."""
    while not stop.is_set():
        try:
            await one()
        except Exception as error:
            # A library's words may hold what is in the database.
            log.error("%s: %s", name, where(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


async def _sweep(chores: Chores, stop: asyncio.Event) -> None:
    while not stop.is_set() and await chores.sweep():
        pass


async def _tidy(housekeeping: Housekeeping) -> None:
    while await housekeeping.tidy():
        pass


async def _run_queue(database_url: str, chores: Chores) -> None:
    app = queue_app(database_url)

    @app.task(name=SEE_TO)
    async def see_to(errand: str, key: str) -> None:
        await chores.see_to(Errand(errand), key)

    async with app.open_async():
        await _drop_stalled(app)
        await app.run_worker_async(
            concurrency=CONCURRENCY,
            delete_jobs="always",
            install_signal_handlers=False,
            shutdown_graceful_timeout=GRACE_SECONDS,
            fetch_job_polling_interval=SWEEP_SECONDS,
        )


async def _drop_stalled(app: App) -> None:
    for job in await app.job_manager.get_stalled_jobs(
        seconds_since_heartbeat=STALLED_SECONDS, task_name=SEE_TO
    ):
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
