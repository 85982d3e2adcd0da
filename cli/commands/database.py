"""`clearway database`: the supervisor's child that keeps our own PostgreSQL running."""

import logging
import signal
import threading

from cli.lifeline import stop_with_parent as end_with_supervisor
from cli.logs import configure_logging
from cli.options import StopWithParent
from runtime.databases import embedded
from runtime.settings import load_settings

EXAMPLE = "CLEARWAY_PROFILE=dev clearway database"
LOOK_SECONDS = 0.5

log = logging.getLogger("clearway.database")


def command(stop_with_parent: StopWithParent = False) -> None:
    """Keep the PostgreSQL of the data folder running until we are stopped."""
    if stop_with_parent:
        end_with_supervisor()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = load_settings()
    configure_logging(settings.log_level)
    postgres = embedded(settings).start()
    log.info("PostgreSQL runs, process %s", postgres.pid())
    try:
        while not stop.wait(LOOK_SECONDS):
            # The process, not a connection: asking for one twice a second would cost one each time.
            if postgres.pid() is None:
                log.warning("PostgreSQL is gone: starting it again")
                postgres.start()
                log.info("PostgreSQL runs again, process %s", postgres.pid())
    finally:
        postgres.stop()
