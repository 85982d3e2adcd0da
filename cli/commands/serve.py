"""`clearway serve`."""

import logging
import signal

import uvicorn

from cli.databases import check_migrated, open_database
from cli.dev_settings import check_keys
from cli.lifeline import stop_with_parent as end_with_supervisor
from cli.logs import configure_logging
from cli.options import StopWithParent
from cli.ports import listening
from graphql_api.app import create_app
from runtime.databases import check_durability
from runtime.settings import load_settings

EXAMPLE = "CLEARWAY_PORT=8000 clearway serve"
DRAIN_SECONDS = 15

log = logging.getLogger("clearway.serve")


def command(stop_with_parent: StopWithParent = False) -> None:
    """Run the API alone, as in production; everything is set by CLEARWAY_* variables."""
    if stop_with_parent:
        end_with_supervisor()
    settings = load_settings()
    configure_logging(settings.log_level)
    check_keys(settings)
    with (
        open_database(settings) as url,
        listening(settings.host, settings.port, "CLEARWAY_PORT") as sock,
    ):
        check_migrated(url)
        if not settings.is_dev:
            check_durability(url)
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(settings, url),
                http="httptools",
                ws="none",
                lifespan="on",
                # Ours is configured already; and a path may hold a ticket for pictures.
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        # Having stopped in order, uvicorn sends itself the signal again; that is no failure.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)
        log.info("listening on %s port %s", settings.host, settings.port)
        server.run(sockets=[sock])
