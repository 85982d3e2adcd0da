"""Control endpoints: switch scenarios, read the truth log, change the city. Loopback only."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_address
from typing import Any

import orjson
from aiohttp import web

from sandbox.police.answers import Row
from sandbox.police.desk import Desk
from sandbox.police.fields import camera_row, decision_row
from sandbox.police.scenarios import SCENARIOS
from sandbox.police.scenarios.stories import newer
from sandbox.police.switchboard import Switch

_Handler = Callable[[web.Request], Awaitable[web.Response]]


def add_control(app: web.Application, desk: Desk) -> None:
    control = Control(desk)
    routes: dict[tuple[str, str], _Handler] = {
        ("GET", "/control/scenarios"): control.list_scenarios,
        ("POST", "/control/scenarios"): control.switch,
        ("DELETE", "/control/scenarios"): control.all_off,
        ("GET", "/control/calls"): control.list_calls,
        ("DELETE", "/control/calls"): control.forget_calls,
        ("GET", "/control/writes"): control.list_writes,
        ("GET", "/control/records"): control.list_records,
        ("POST", "/control/records"): control.change_records,
    }
    for (method, path), handler in routes.items():
        app.router.add_route(method, path, _guarded(handler))


@dataclass(frozen=True, slots=True)
class Control:
    desk: Desk

    async def list_scenarios(self, _: web.Request) -> web.Response:
        return _json(self.desk.switchboard.report())

    async def switch(self, request: web.Request) -> web.Response:
        """`{"name", "active", "interface"?, "plate"?, "times"?, "parameters"?}`"""
        wanted = await _object(request)
        scenario = SCENARIOS[_text(wanted, "name")]
        interface, plate = wanted.get("interface"), wanted.get("plate")
        if wanted.get("active", True):
            times = wanted.get("times")
            if times is not None and (not isinstance(times, int) or times < 1):
                raise ValueError("times must be a positive whole number")
            parameters = dict(wanted.get("parameters") or {})
            self.desk.switchboard.on(Switch(scenario, interface, plate, times, parameters))
        else:
            self.desk.switchboard.off(scenario.name, interface, plate)
        return _json(self.desk.switchboard.report())

    async def all_off(self, _: web.Request) -> web.Response:
        self.desk.switchboard.clear()
        return _json(self.desk.switchboard.report())

    async def list_calls(self, _: web.Request) -> web.Response:
        return _json(self.desk.calls.report())

    async def forget_calls(self, _: web.Request) -> web.Response:
        self.desk.calls.clear()
        return _json(self.desk.calls.report())

    async def list_writes(self, _: web.Request) -> web.Response:
        """Every write that had an effect since the last reset, however often it was called."""
        return _json(self.desk.writes.report())

    async def list_records(self, request: web.Request) -> web.Response:
        """What is true of `?hpzl=&hphm=`, whatever scenario is on."""
        plate = request.query.get("hpzl", ""), request.query.get("hphm", "")
        return _json([camera_row(record) for record in self.desk.records.camera_records(*plate)])

    async def change_records(self, request: web.Request) -> web.Response:
        """`{"action": ..., ...}`; answers what the action made, as a row of the wire."""
        wanted = await _object(request)
        action = _ACTIONS[_text(wanted, "action")]
        return _json(action(self.desk, wanted))


def _remove(desk: Desk, wanted: dict[str, Any]) -> Row:
    desk.records.remove(_text(wanted, "xh"))
    return {}


def _add(desk: Desk, wanted: dict[str, Any]) -> Row:
    return camera_row(desk.records.add(_fields(wanted)))


def _change(desk: Desk, wanted: dict[str, Any]) -> Row:
    return camera_row(desk.records.change(_text(wanted, "xh"), _fields(wanted)))


def _resend(desk: Desk, wanted: dict[str, Any], mark: str = "2") -> Row:
    """The same record with a newer gxsj, and with other fields if any are given."""
    serial = _text(wanted, "xh")
    record = desk.records.camera_record(serial)
    if record is None:
        raise LookupError(f"no record {serial}")
    sent = {"jllx": mark, "gxsj": newer(camera_row(record)["gxsj"])}
    return camera_row(desk.records.change(serial, sent | _fields(wanted)))


def _tombstone(desk: Desk, wanted: dict[str, Any]) -> Row:
    return _resend(desk, wanted, mark="3")


def _handle(desk: Desk, wanted: dict[str, Any]) -> Row:
    decision = desk.records.handle(_text(wanted, "xh"), _text(wanted, "jszh"))
    return decision_row(decision, desk.records.today)


def _pay(desk: Desk, wanted: dict[str, Any]) -> Row:
    return decision_row(desk.records.pay(_text(wanted, "jdsbh")), desk.records.today)


def _change_decision(desk: Desk, wanted: dict[str, Any]) -> Row:
    decision = desk.records.change_decision(_text(wanted, "jdsbh"), _fields(wanted))
    return decision_row(decision, desk.records.today)


def _change_owner(desk: Desk, wanted: dict[str, Any]) -> Row:
    plate_type, plate_number = _text(wanted, "hpzl"), _text(wanted, "hphm")
    owner = _text(wanted, "syr"), _text(wanted, "sfzmhm")
    desk.records.change_owner(plate_type, plate_number, *owner)
    return {}


def _today(desk: Desk, wanted: dict[str, Any]) -> Row:
    """Surcharges are reckoned to this day from now on."""
    desk.records.today = date.fromisoformat(_text(wanted, "date"))
    return {}


def _reset(desk: Desk, _: dict[str, Any]) -> Row:
    desk.records.reset()
    desk.writes.clear()
    return {}


_ACTIONS: dict[str, Callable[[Desk, dict[str, Any]], Row]] = {
    "remove": _remove,
    "add": _add,
    "change": _change,
    "resend": _resend,
    "tombstone": _tombstone,
    "handle": _handle,
    "pay": _pay,
    "change-decision": _change_decision,
    "change-owner": _change_owner,
    "today": _today,
    "reset": _reset,
}


def _guarded(handler: _Handler) -> _Handler:
    async def handle(request: web.Request) -> web.Response:
        if not ip_address(request.remote or "0.0.0.0").is_loopback:  # noqa: S104 - not bound to
            return _json({"error": "control is for loopback only"}, status=403)
        try:
            return await handler(request)
        except LookupError as error:
            return _json({"error": f"unknown: {error.args[0]}"}, status=404)
        except ValueError as error:
            return _json({"error": str(error)}, status=400)

    return handle


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json")


async def _object(request: web.Request) -> dict[str, Any]:
    value = orjson.loads(await request.read())
    if not isinstance(value, dict):
        raise ValueError("a JSON object is expected")
    return value


def _text(wanted: dict[str, Any], name: str) -> str:
    value = wanted.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is missing")
    return value


def _fields(wanted: dict[str, Any]) -> dict[str, str]:
    return {str(name): str(value) for name, value in (wanted.get("fields") or {}).items()}
