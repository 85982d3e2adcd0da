"""
The hand-written reference: Starlette, asyncpg, python-jose, four statements, and no GraphQL.

It knows one query. What it costs is what a team gets that writes an endpoint for one screen.
"""

import base64
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg  # type: ignore[import-not-found]  # it lives in the peers' own environment
import orjson
from jose import JWTError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.peers.python.surroundings import DATABASE_URL, POOL_SIZE, user_of

USER = "SELECT id FROM app.users WHERE id = $1"
VEHICLES = "SELECT id, plate, type FROM app.vehicles WHERE user_id = $1 ORDER BY id"
LICENCE = """
SELECT number, status, points, valid_until, classes FROM app.licences WHERE user_id = $1"""
VIOLATIONS = """
SELECT v.id, v.vehicle_id, v.code, v.description, v.occurred_at, v.location, v.fine_fen, v.points,
       v.status, v.total, d.number, d.amount_fen, d.late_fee_fen, d.pay_by
FROM (SELECT *,
             row_number() OVER (PARTITION BY vehicle_id ORDER BY occurred_at DESC, id DESC) AS rn,
             count(*) OVER (PARTITION BY vehicle_id) AS total
      FROM app.violations
      WHERE vehicle_id = ANY($1::int[]) AND status = 'UNHANDLED') AS v
LEFT JOIN app.decisions d ON d.violation_id = v.id
WHERE rn <= $2
ORDER BY v.vehicle_id, v.rn"""
NOBODY = b'{"data":{"me":null}}'

Json = dict[str, Any]


async def answer(pool: Any, user_id: int, first: int) -> bytes:
    """What the screen shows, as JSON."""
    async with pool.acquire() as connection:
        if await connection.fetchval(USER, user_id) is None:
            return NOBODY
        vehicles = await connection.fetch(VEHICLES, user_id)
        licence = await connection.fetchrow(LICENCE, user_id)
        rows = await connection.fetch(VIOLATIONS, [vehicle[0] for vehicle in vehicles], first)
    edges, totals = _edges(rows)
    me = {
        "vehicles": [
            {"plate": plate, "type": kind, "violations": _page(edges[key], totals.get(key, 0))}
            for key, plate, kind in vehicles
        ],
        "licence": licence and _licence(licence),
    }
    return orjson.dumps({"data": {"me": me}})


def _edges(rows: list[Any]) -> tuple[dict[int, list[Json]], dict[int, int]]:
    edges: dict[int, list[Json]] = defaultdict(list)
    totals: dict[int, int] = {}
    for row in rows:
        key, vehicle, code, description, at, place, fine, points, status, total, *decision = row
        totals[vehicle] = total
        node = {
            "id": str(key),
            "code": code,
            "description": description,
            "occurredAt": at,
            "location": place,
            "fineFen": fine,
            "points": points,
            "status": status,
            "decision": _decision(*decision),
        }
        cursor = base64.b64encode(b"v:%d" % key).decode()
        edges[vehicle].append({"cursor": cursor, "node": node})
    return edges, totals


def _decision(number: str | None, amount: int, late_fee: int, pay_by: Any) -> Json | None:
    if number is None:
        return None
    return {"number": number, "amountFen": amount, "lateFeeFen": late_fee, "payBy": pay_by}


def _page(edges: list[Json], total: int) -> Json:
    end = edges[-1]["cursor"] if edges else None
    info = {"hasNextPage": total > len(edges), "endCursor": end}
    return {"totalCount": total, "edges": edges, "pageInfo": info}


def _licence(row: Any) -> Json:
    number, status, points, until, classes = row
    return {
        "number": number,
        "status": status,
        "points": points,
        "validUntil": until,
        "classes": classes,
    }


async def endpoint(request: Request) -> Response:
    """POST /graphql."""
    body = orjson.loads(await request.body())
    try:
        user_id = user_of(request.headers["authorization"])
    except JWTError:
        return Response(status_code=401)
    content = await answer(request.app.state.pool, user_id, body["variables"]["first"])
    return Response(content, media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """One pool for as long as the server lives."""
    async with asyncpg.create_pool(
        DATABASE_URL,
        min_size=POOL_SIZE,
        max_size=POOL_SIZE,
        max_inactive_connection_lifetime=0,
    ) as pool:
        app.state.pool = pool
        yield


app = Starlette(routes=[Route("/graphql", endpoint, methods=["POST"])], lifespan=lifespan)
