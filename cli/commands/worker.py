"""`clearway worker`."""

import asyncio
import logging
import signal

from cli.databases import check_migrated, open_database
from cli.dev_settings import check_keys
from cli.lifeline import stop_with_parent as end_with_supervisor
from cli.logs import configure_logging
from cli.options import StopWithParent
from jobs.worker import work
from runtime.databases import check_durability
from runtime.settings import Settings, load_settings

EXAMPLE = "clearway worker"

log = logging.getLogger("clearway.worker")


def command(stop_with_parent: StopWithParent = False) -> None:
    """Run a worker: it finds out what became of payments, and tells the register. Run several."""
    if stop_with_parent:
        end_with_supervisor()
    settings = load_settings()
    configure_logging(settings.log_level)
    check_keys(settings)
    with open_database(settings) as url:
        check_migrated(url)
        if not settings.is_dev:
            check_durability(url)
        asyncio.run(_work(settings, url))


async def _work(settings: Settings, database_url: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    log.info("working")
    await work(settings, database_url, stop)
