"""`clearway serve`."""

import gc
import logging
import resource
import signal

from cli.databases import check_migrated, open_database
from cli.dev_settings import check_keys
from cli.lifeline import stop_with_parent as end_with_supervisor
from cli.logs import configure_logging
from cli.options import StopWithParent
from cli.ports import listening
from graphql_api.app import Front, create_app
from graphql_api.serving import Server
from runtime.databases import check_durability
from runtime.settings import load_settings

EXAMPLE = "CLEARWAY_PORT=8000 clearway serve"
OPEN_FILES = 4096

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
        app = create_app(settings, url)
        front = Front(app)
        server = Server(
            front,
            drain_seconds=settings.drain_time,
            on_drain=lambda: app.state.readyz.drain(),
            answer_post=front.answer_post,
        )
        # From here on, and until everything is closed, a signal is no failure.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, server.handle_exit)
        _allow_connections()
        # The schema and the libraries stay: looking through them would stop the loop for 0.1 s.
        gc.collect()
        gc.freeze()
        # An answer is a few hundred objects without cycles: looking more often finds nothing.
        gc.set_threshold(20_000, 20, 20)
        log.info("listening on %s port %s", settings.host, settings.port)
        server.run(sockets=[sock])


def _allow_connections() -> None:
    """The usual 1024 open files would end before our own limit of connections does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
