"""Health: /livez says that the loop answers, /readyz that requests can be served."""

import asyncio
from typing import Any

from sqlalchemy.exc import ProgrammingError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateways.breaker import Breaker
from models.database import Database
from runtime.revisions import REVISIONS, fits

DATABASE_SECONDS = 0.5
NO_STORE = {"cache-control": "no-store"}


async def livez(_: Request) -> Response:
    """Never asks the database: a restart would not mend it."""
    return JSONResponse({"status": "ok"}, headers=NO_STORE)


class Readiness:
    """
    Ready while the database gives a connection and has our tables, and nobody wants us to stop.

    :param upstreams: reported by name, but a police outage is no reason to be unready
    """

    def __init__(self, db: Database, **upstreams: Breaker) -> None:
        self._db = db
        self._upstreams = upstreams
        self._is_draining = False

    def drain(self) -> None:
        """Be unready from now on: this process is about to stop."""
        self._is_draining = True

    async def __call__(self, _: Request) -> Response:
        if self._is_draining:
            return JSONResponse({"status": "draining"}, status_code=503, headers=NO_STORE)
        database = await self._database()
        is_ready = database == {"database": "up", "migrations": "done"}
        body = {
            "status": "ok" if is_ready else "unavailable",
            **database,
            "upstreams": {
                name: "unavailable" if breaker.is_open else "ok"
                for name, breaker in self._upstreams.items()
            },
        }
        return JSONResponse(body, status_code=200 if is_ready else 503, headers=NO_STORE)

    async def _database(self) -> dict[str, Any]:
        try:
            async with asyncio.timeout(DATABASE_SECONDS), self._db.read() as connection:
                revisions = frozenset((await connection.scalars(REVISIONS)).all())
        except ProgrammingError:
            revisions = frozenset()  # There is no such table yet.
        except Exception:
            # Whatever it is, the answer to a load balancer is the same.
            return {"database": "down"}
        return {"database": "up", "migrations": "done" if fits(revisions) else "pending"}
