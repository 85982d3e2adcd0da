"""The checks come in the register's order, and limits are counted per serial and interface."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
from aiohttp.test_utils import TestClient, TestServer

from sandbox.city import City
from sandbox.police import DEFAULT_SERIAL, PoliceSandboxSettings, police_app
from tests.sandbox.wire import OLD, Wire, answered, envelope, query, return_string

OTHER_SERIAL = "0" * 62 + "aa"
NOVEMBER = 1_793_500_000.0  # 2026-11-01 in China


@dataclass
class Clock:
    now: float = NOVEMBER

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def served(city: City, settings: PoliceSandboxSettings) -> AsyncIterator[Wire]:
    async with TestClient(TestServer(police_app(city, settings))) as client:
        yield Wire(client)


@dataclass
class Asked:
    serial: str = DEFAULT_SERIAL
    interface: str = "04C03"
    system: str = "04"
    conditions: dict[str, str] = field(default_factory=lambda: {"xh": "5001037990000000"})


async def code(wire: Wire, asked: Asked) -> str:
    document = query(**asked.conditions)
    body = envelope("queryObjectOut", asked.system, asked.serial, asked.interface, document)
    response = await wire.post(OLD, body)
    assert response.status == 200
    answer = answered(return_string(await response.read()))
    assert answer.code == "1" or (answer.rows is None and answer.count is None)
    return answer.code


async def test_checks_come_in_order(city: City) -> None:
    """Everything is wrong; what is mended first shows what was looked at next."""
    wrong = PoliceSandboxSettings(
        interfaces=frozenset({"01C21"}),
        serials_valid_until=date(2026, 10, 31),
        addresses=frozenset({"10.9.8.7"}),
        requests_per_second=0,
        daily_quota=0,
        clock=Clock(),
    )
    asked = Asked(serial="x", system="01", conditions={"xh": ""})
    mends: list[Callable[[PoliceSandboxSettings, Asked], tuple[PoliceSandboxSettings, Asked]]] = [
        lambda s, a: (s, replace(a, serial=DEFAULT_SERIAL[:-1] + "0")),
        lambda s, a: (s, replace(a, serial=DEFAULT_SERIAL)),
        lambda s, a: (replace(s, interfaces=frozenset({"04C03"})), a),
        lambda s, a: (replace(s, serials_valid_until=date(2026, 11, 1)), a),
        lambda s, a: (replace(s, addresses=frozenset({"127.0.0.1"})), a),
        lambda s, a: (replace(s, requests_per_second=1), a),
        lambda s, a: (replace(s, daily_quota=1), a),
        lambda s, a: (s, replace(a, system="04")),
        lambda s, a: (s, replace(a, conditions={"xh": "5001037990000000"})),
    ]
    codes = []
    settings = wrong
    for mend in (lambda s, a: (s, a), *mends):
        settings, asked = mend(settings, asked)
        async with served(city, settings) as wire:
            codes.append(await code(wire, asked))

    assert codes == ["-1", "-2", "-3", "-4", "-5", "-6", "-7", "-10", "0", "1"]


async def test_quota_is_per_serial_and_interface_and_ends_at_midnight_in_china(city: City) -> None:
    clock = Clock()
    settings = PoliceSandboxSettings(
        other_serials=(OTHER_SERIAL,), daily_quota=2, requests_per_second=100, clock=clock
    )
    async with served(city, settings) as wire:
        assert [await code(wire, Asked()) for _ in range(4)] == ["1", "1", "-7", "-7"]
        assert await code(wire, Asked(serial=OTHER_SERIAL)) == "1"
        assert await code(wire, Asked(interface="04C04")) == "1"
        clock.now = 1_793_548_799  # 23:59:59
        assert await code(wire, Asked()) == "-7"
        clock.now += 1
        assert await code(wire, Asked()) == "1"


async def test_calls_per_second_are_per_serial(city: City) -> None:
    clock = Clock()
    settings = PoliceSandboxSettings(other_serials=(OTHER_SERIAL,), clock=clock)
    async with served(city, settings) as wire:
        assert [await code(wire, Asked()) for _ in range(12)] == ["1"] * 10 + ["-6"] * 2
        assert await code(wire, Asked(serial=OTHER_SERIAL)) == "1"
        clock.now += 1
        assert await code(wire, Asked()) == "1"


async def test_refused_calls_use_up_no_quota(city: City) -> None:
    settings = PoliceSandboxSettings(daily_quota=1, requests_per_second=100)
    async with served(city, settings) as wire:
        assert await code(wire, Asked(serial="x")) == "-1"
        assert await code(wire, Asked(interface="04C54")) == "-3"
        assert await code(wire, Asked()) == "1"


async def test_an_interface_may_be_granted_and_still_not_be_open(city: City) -> None:
    settings = PoliceSandboxSettings(interfaces=frozenset({"05C05"}))
    async with served(city, settings) as wire:
        assert await code(wire, Asked(interface="05C05", system="05")) == "-8"


async def test_latency_is_off_unless_set(city: City) -> None:
    clock = Clock()
    settings = PoliceSandboxSettings(latency_seconds=(0.05, 0.06), clock=clock)
    async with served(city, settings) as wire:
        with pytest.raises(TimeoutError):
            await _within(wire, 0.03)
    async with served(city, PoliceSandboxSettings()) as wire:
        await _within(wire, 5)


async def _within(wire: Wire, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        assert await code(wire, Asked()) == "1"
