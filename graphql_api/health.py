"""Health: /livez says that the loop answers, /readyz that requests can be served."""

import asyncio

from sqlalchemy import text
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from models.database import Database

DATABASE_SECONDS = 0.5


async def livez(_: Request) -> Response:
    """Never asks the database: a restart would not mend it."""
    return JSONResponse({"status": "ok"})


class Readiness:
    """Ready when the database gives a connection; a police outage is no reason to be unready."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def __call__(self, _: Request) -> Response:
        try:
            async with asyncio.timeout(DATABASE_SECONDS), self._db.read() as connection:
                await connection.execute(text("SELECT 1"))
        except Exception:
            # Whatever it is, the answer to a load balancer is the same.
            return JSONResponse({"status": "unavailable", "database": "down"}, status_code=503)
        return JSONResponse({"status": "ok", "database": "up"})
