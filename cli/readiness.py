"""Whether a process answers yet."""

import asyncio
import http.client
from urllib.parse import urlsplit

import psycopg

from runtime.databases import embedded
from runtime.postgres import PostgresProblem
from runtime.settings import Settings

PROBE_SECONDS = 2


async def http_answers(url: str) -> bool:
    """Whether a GET answers 200."""
    return await asyncio.to_thread(_get, url)


async def database_answers(settings: Settings) -> bool:
    """Whether our own PostgreSQL runs and the application's database is in it."""
    return await asyncio.to_thread(_connect, settings)


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
