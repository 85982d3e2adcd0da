"""
The sandbox's register in a process of its own: every call takes the same time, and is noted.

    .venv/bin/python -m benchmarks.speed.register PORT
"""

import sys
import time

from aiohttp import web
from aiohttp.typedefs import Handler

from cli.cities import make_city
from sandbox.city import City
from sandbox.police import PoliceSandboxSettings, police_app

CITIZENS, SEED = 400, 7
LATENCY_SECONDS = 0.05
SPENT = "/spent"


def register_city() -> City:
    """The people and vehicles it knows; the same in every process."""
    return make_city(SEED, CITIZENS)


def app() -> web.Application:
    """The register; GET /spent gives the milliseconds of each call since it was asked last."""
    spent: list[float] = []
    settings = PoliceSandboxSettings(
        latency_seconds=(LATENCY_SECONDS, LATENCY_SECONDS),
        requests_per_second=100_000,
        daily_quota=10_000_000,
        is_live=True,
    )

    @web.middleware
    async def timed(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        response = await handler(request)
        if request.method == "POST":
            spent.append((time.perf_counter() - began) * 1000)
        return response

    async def tell(_: web.Request) -> web.Response:
        told, spent[:] = spent.copy(), []
        return web.json_response(told)

    register = police_app(register_city(), settings)
    register.middlewares.append(timed)
    register.router.add_get(SPENT, tell)
    return register


if __name__ == "__main__":
    web.run_app(app(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
