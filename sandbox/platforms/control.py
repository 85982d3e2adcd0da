"""The control endpoints every platform has: scenarios, truth log, clock. Loopback only."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Generic

import orjson
from aiohttp import web

from sandbox.platforms.clock import ForwardClock
from sandbox.platforms.log import CallLog
from sandbox.platforms.scenario import A
from sandbox.platforms.switchboard import Switchboard

Wanted = Mapping[str, Any]
Handler = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True, slots=True)
class Control(Generic[A]):
    switchboard: Switchboard[A]
    log: CallLog
    clock: ForwardClock

    def add_to(self, app: web.Application, actions: Mapping[str, Callable[[Wanted], Any]]) -> None:
        """Add the common endpoints, and one `POST /control/<name>` for each action."""
        router = app.router
        router.add_get("/control/scenarios", guarded(self._list_scenarios))
        router.add_post("/control/scenarios", guarded(action(self._switch)))
        router.add_delete("/control/scenarios", guarded(self._all_off))
        router.add_get("/control/log", guarded(self._list_calls))
        router.add_delete("/control/log", guarded(self._forget_calls))
        router.add_post("/control/clock", guarded(action(self._advance)))
        for name, act in actions.items():
            router.add_post(f"/control/{name}", guarded(action(act)))

    async def _list_scenarios(self, _: web.Request) -> web.Response:
        return answered(self.switchboard.report())

    def _switch(self, wanted: Wanted) -> object:
        """`{"name", "active"?, "method"?, "times"?, "parameters"?}`"""
        name, method = text(wanted, "name"), optional_text(wanted, "method")
        parameters = wanted.get("parameters", {})
        if not isinstance(parameters, dict):
            raise ValueError("parameters must be an object")
        if wanted.get("active", True):
            self.switchboard.on(name, method, _times(wanted), parameters)
        else:
            self.switchboard.off(name, method)
        return self.switchboard.report()

    async def _all_off(self, _: web.Request) -> web.Response:
        self.switchboard.clear()
        return answered(self.switchboard.report())

    async def _list_calls(self, _: web.Request) -> web.Response:
        return answered(self.log.report())

    async def _forget_calls(self, _: web.Request) -> web.Response:
        self.log.clear()
        return answered(self.log.report())

    def _advance(self, wanted: Wanted) -> object:
        """`{"advanceSeconds"}`"""
        seconds = wanted.get("advanceSeconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise ValueError("advanceSeconds must be a number from 0")
        self.clock.advance(seconds)
        return {"aheadSeconds": self.clock.ahead_seconds}


def guarded(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        if not ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104 - not bound to
            return answered({"error": "control is for loopback only"}, status=403)
        try:
            return await handler(request)
        except LookupError as error:
            return answered({"error": f"unknown: {error.args[0]}"}, status=404)
        except ValueError as error:
            return answered({"error": str(error)}, status=400)

    return handle


def action(act: Callable[[Wanted], object]) -> Handler:
    async def handle(request: web.Request) -> web.Response:
        wanted = orjson.loads(await request.read())
        if not isinstance(wanted, dict):
            raise ValueError("a JSON object is expected")
        return answered(act(wanted))

    return handle


def answered(value: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


def text(wanted: Wanted, name: str) -> str:
    """:raises ValueError: when it is missing or no text"""
    value = wanted.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def optional_text(wanted: Wanted, name: str) -> str | None:
    """:raises ValueError: when it is there but no text"""
    return None if wanted.get(name) is None else text(wanted, name)


def whole_number(wanted: Wanted, name: str) -> int:
    """:raises ValueError: when it is missing or no whole number"""
    value = wanted.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number")
    return value


def _times(wanted: Wanted) -> int | None:
    if wanted.get("times") is None:
        return None
    times = whole_number(wanted, "times")
    if times < 1:
        raise ValueError("times must be a positive whole number")
    return times
