"""Whether a process answers yet."""

import asyncio
import http.client
from urllib.parse import urlsplit

import psycopg
from sqlalchemy.engine import make_url

from runtime.databases import embedded, given_url
from runtime.postgres import PostgresProblem
from runtime.settings import Settings

PROBE_SECONDS = 2
BEATS = "SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 s'"


async def http_answers(url: str) -> bool:
    """Whether a GET answers 200."""
    return await asyncio.to_thread(_get, url)


async def database_answers(settings: Settings) -> bool:
    """Whether our own PostgreSQL runs and the application's database is in it."""
    return await asyncio.to_thread(_connect, settings)


async def worker_beats(settings: Settings) -> bool:
    """Whether a worker has told the queue lately that it lives."""
    return await asyncio.to_thread(_has_worker, settings)


def _get(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", parts.path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _connect(settings: Settings) -> bool:
    try:
        psycopg.connect(embedded(settings).dsn(), connect_timeout=PROBE_SECONDS).close()
    except (psycopg.Error, PostgresProblem):
        return False
    return True


def _has_worker(settings: Settings) -> bool:
    url = given_url(settings)
    dsn = embedded(settings).dsn() if url is None else _plain(url)
    try:
        with psycopg.connect(dsn, connect_timeout=PROBE_SECONDS) as connection:
            return connection.execute(BEATS).fetchone() is not None
    except (psycopg.Error, PostgresProblem):
        return False


def _plain(url: str) -> str:
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
