"""The job queue: procrastinate, on the database that everything else is in."""

from procrastinate import App, PsycopgConnector
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection

from services.wakes import Errand

SEE_TO = "clearway.see_to"


def queue_app(database_url: str) -> App:
    """The queue as its own library sees it; only a worker opens it."""
    url = make_url(database_url).set(drivername="postgresql")
    conninfo = url.render_as_string(hide_password=False)
    return App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4))


class QueueWake:
    """Wakes the worker from inside the caller's transaction."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, connection: AsyncConnection, errand: Errand, key: str) -> None:
        """Put an errand into the queue; it is there when the transaction commits."""
        raw = await connection.get_raw_connection()
        job = self._app.configure_task(SEE_TO, allow_unknown=True, connection=raw.driver_connection)
        await job.defer_async(errand=errand.value, key=key)
