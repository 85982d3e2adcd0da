"""The sandboxes of the platforms over a real socket, mounted as `clearway dev` mounts them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web

from sandbox.city import City, OffenceCode, generate_city

CODES = (
    OffenceCode("1039", "违反规定停放、临时停车", 100, 0),
    OffenceCode("1625", "违反道路交通信号灯通行", 200, 6),
)


def small_city() -> City:
    return generate_city(7, 30, CODES)


@dataclass(frozen=True, slots=True)
class Sandbox:
    """The address of a platform, and a hand on its control endpoints."""

    url: str
    http: ClientSession

    async def do(self, action: str, **wanted: Any) -> Any:
        """What a person does with the phone, or a tester with the platform."""
        return await self._ask("POST", action, wanted)

    async def switch(self, name: str, **parameters: Any) -> None:
        await self.do("scenarios", name=name, parameters=parameters)

    async def calm(self) -> None:
        await self._ask("DELETE", "scenarios")

    async def scenarios(self) -> set[str]:
        return {scenario["name"] for scenario in await self._ask("GET", "scenarios")}

    async def log(self) -> list[tuple[str, str]]:
        """What was really asked and done: method and outcome of every call."""
        calls = (await self._ask("GET", "log"))["calls"]
        return [(call["method"], call["outcome"]) for call in calls]

    async def settled(self, calls: int) -> list[tuple[str, str]]:
        """The log once it has so many calls: one that we gave up on is noted a little later."""
        async with asyncio.timeout(5):
            log = await self.log()
            while len(log) < calls:
                await asyncio.sleep(0.02)
                log = await self.log()
        return log

    async def _ask(self, verb: str, path: str, body: Any = None) -> Any:
        async with self.http.request(verb, f"{self.url}/control/{path}", json=body) as response:
            answer = await response.json()
            assert response.status == 200, answer
            return answer


@asynccontextmanager
async def serving(prefix: str, platform: web.Application) -> AsyncIterator[Sandbox]:
    app = web.Application()
    app.add_subapp(prefix, platform)
    # Not aiohttp's TestServer: it stops working as soon as the caller has gone.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with ClientSession() as http:
            yield Sandbox(f"http://127.0.0.1:{runner.addresses[0][1]}{prefix}", http)
    finally:
        await runner.cleanup()
