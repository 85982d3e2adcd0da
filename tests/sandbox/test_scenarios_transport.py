"""Time, connections, and strangers that answer instead of the register."""

import asyncio
import time

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError
from aiohttp.test_utils import TestClient, TestServer
from defusedxml import DTDForbidden
from defusedxml.ElementTree import fromstring

from sandbox.city import MAGIC_PLATES, City
from sandbox.police import PoliceSandboxSettings, police_app
from sandbox.police.scenarios import SCENARIOS
from tests.sandbox.wire import Wire, return_string

HEALTHY = MAGIC_PLATES["healthy"]


async def calls(wire: Wire, plate: str) -> list[list[str]]:
    report = await (await wire.http.get("/control/calls")).json()
    return [call["scenarios"] for call in report["subjects"].get(f"02 {plate}", [])]


@pytest.mark.parametrize("name", ["down", "reset-after"])
async def test_the_connection_is_reset(wire: Wire, name: str) -> None:
    with pytest.raises(ClientConnectionError):
        await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES[name])

    assert await calls(wire, MAGIC_PLATES[name]) == [[name]]


async def test_down_is_before_and_reset_after_is_after_the_effect(city: City) -> None:
    """Only what has an effect uses up the quota."""
    settings = PoliceSandboxSettings(daily_quota=1)
    async with TestClient(TestServer(police_app(city, settings))) as client:
        wire = Wire(client)
        codes = []
        for name in ("down", "reset-after"):
            with pytest.raises(ClientConnectionError):
                await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES[name])
        codes.append((await wire.ask("04C03", hpzl="02", hphm=HEALTHY)).code)
    async with TestClient(TestServer(police_app(city, settings))) as client:
        wire = Wire(client)
        with pytest.raises(ClientConnectionError):
            await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["down"])
        codes.append((await wire.ask("04C03", hpzl="02", hphm=HEALTHY)).code)

    assert codes == ["-7", "1"]


async def test_the_body_is_cut(wire: Wire) -> None:
    response = await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["cut-body"])

    assert response.status == 200
    with pytest.raises(ClientPayloadError):
        await response.read()


async def test_hang_ends_when_the_client_goes(wire: Wire) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["hang"])

    assert await calls(wire, MAGIC_PLATES["hang"]) == [["hang"]]


async def test_hang_does_not_hold_up_the_end_of_the_sandbox(wire: Wire) -> None:
    waiting = asyncio.create_task(wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["hang"]))
    await asyncio.sleep(0.05)
    started = time.monotonic()
    await wire.http.server.close()

    assert time.monotonic() - started < 5
    await asyncio.gather(waiting, return_exceptions=True)


@pytest.mark.parametrize("name", ["slow", "hang"])
async def test_seconds_can_be_chosen(wire: Wire, name: str) -> None:
    await wire.on(name, parameters={"seconds": 0.15}, times=1)
    started = time.monotonic()
    answer = await wire.ask("04C03", hpzl="02", hphm=HEALTHY)

    assert 0.15 <= time.monotonic() - started < 5
    assert answer.count == "3"


async def test_one_in_so_many_is_slow(wire: Wire) -> None:
    await wire.on("tail", parameters={"every": 10, "seconds": 0.1})
    slow = 0
    for _ in range(50):
        started = time.monotonic()
        await wire.ask("04C03", hpzl="02", hphm=HEALTHY)
        slow += time.monotonic() - started >= 0.1

    assert 1 <= slow <= 12


async def test_magic_plates_for_time(wire: Wire) -> None:
    for name in ("slow", "tail"):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES[name])


STRANGERS = {
    "fault-500": (500, "text/xml; charset=utf-8", "<soapenv:Fault>"),
    "bad-gateway": (502, "text/html; charset=utf-8", "<h1>502 Bad Gateway</h1>"),
    "html-answer": (200, "text/html; charset=utf-8", "<h1>请求服务平台登录</h1>"),
    "not-xml": (200, "text/xml; charset=utf-8", "OK"),
}


@pytest.mark.parametrize("name", STRANGERS)
async def test_strangers_answer(wire: Wire, name: str) -> None:
    response = await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES[name])
    status, content_type, text = STRANGERS[name]

    assert (response.status, response.headers["Content-Type"]) == (status, content_type)
    assert text in await response.text()


async def test_entity_bombs(wire: Wire) -> None:
    response = await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["entity-bomb"])
    envelope = await response.text()
    document = await wire.text("04C03", hpzl="02", hphm=MAGIC_PLATES["document-entity-bomb"])

    assert envelope.startswith("<!DOCTYPE bomb [<!ENTITY e0")
    assert "&e9;%3C" in envelope
    with pytest.raises(DTDForbidden):
        fromstring(envelope, forbid_dtd=True)
    assert "%3C%21DOCTYPE%20bomb" in document
    assert "%26e9%3B" in document


async def test_a_huge_answer(wire: Wire) -> None:
    await wire.on("huge-answer", parameters={"megabytes": 2}, times=1)
    body = await (await wire.raw("04C03", hpzl="02", hphm=HEALTHY)).read()

    assert 2_000_000 < len(body) < 2_100_000
    assert return_string(body)
    magic = await wire.raw("04C03", hpzl="02", hphm=MAGIC_PLATES["huge-answer"])
    assert len(await magic.read()) > 8_000_000


async def test_every_scenario_has_a_plate_and_every_plate_a_scenario() -> None:
    assert set(MAGIC_PLATES) == {"healthy", *SCENARIOS}


QUIET = frozenset(
    {"vehicle-sold", "plate-reused", "surcharge-grows", "late-decisions", "keystr-lost"}
)


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - {"hang", "slow", "tail"}))
async def test_a_magic_plate_has_its_one_quirk_and_only_where_it_belongs(
    wire: Wire, name: str
) -> None:
    plate = {"hpzl": "02", "hphm": MAGIC_PLATES[name]}
    try:
        response = await wire.raw("04C03", **plate)
        await response.read()
    except (ClientConnectionError, ClientPayloadError):
        pass
    vehicle = await wire.ask("01C21", **plate)

    assert (await calls(wire, plate["hphm"]))[0] == ([] if name in QUIET else [name])
    assert (vehicle.code, vehicle.count) == ("1", "1")
    assert (vehicle.rows or [])[0]["syr"] == "魔术师"
