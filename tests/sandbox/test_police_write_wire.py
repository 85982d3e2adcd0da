"""How writes come and go over the wire: encodings, access, and trouble before and after."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from urllib.parse import quote

import pytest
from aiohttp import ClientConnectionError, ClientPayloadError
from aiohttp.test_utils import TestClient, TestServer

from sandbox.city import MAGIC_PLATES, City
from sandbox.police import PoliceSandboxSettings, police_app
from tests.sandbox.police_writing import (
    ACCEPTANCE,
    ACCEPTED,
    DONE,
    DRIVER,
    OPEN_DECISION,
    REPORTED,
    UNPAID_PAYMENT,
    camera_row,
    everything,
)
from tests.sandbox.wire import (
    OLD,
    Answered,
    Wire,
    answered,
    old_call,
    return_string,
    violation,
    write_call,
)

RAW = violation(**ACCEPTANCE).replace(quote("魔术师"), "魔术师")


@pytest.mark.parametrize(
    "document",
    [
        RAW,
        RAW.partition("?>")[2],
        violation(**ACCEPTANCE),
        quote(RAW),
        quote(RAW, safe="").replace("%20", "+"),
        quote(violation(**ACCEPTANCE)),
        RAW.replace("violation>", "VIOLATION>"),
        RAW.replace("<lxdh>12000000000</lxdh>", "<lxdh/><wfbh></wfbh>"),
    ],
)
async def test_writes_may_be_encoded_in_any_way(wire: Wire, document: str) -> None:
    response = await wire.post(OLD, write_call("04C56", document))

    assert answered(return_string(await response.read())).key == OPEN_DECISION
    assert await wire.effects() == [ACCEPTED]


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (write_call("04C56", RAW.replace("violation>", "other>")), "-12", "XML文档格式错误"),
        (write_call("04C56", "<root/>"), "-12", "XML文档格式错误"),
        (write_call("04C03", RAW), "-8", "接口04C03未开通写入服务"),
        (old_call("04C56", RAW), "-8", "接口04C56未开通查询服务"),
        (write_call("04C56", RAW, "x"), "-1", "接口序列号不存在"),
        (write_call("04C54", RAW), "-3", "接口序列号无权访问该接口"),
    ],
)
async def test_what_is_no_write_of_ours(wire: Wire, body: bytes, code: str, message: str) -> None:
    answer = answered(return_string(await (await wire.post(OLD, body)).read()))

    assert answer == Answered(code, message, None, None)
    assert await wire.effects() == []


@asynccontextmanager
async def served(city: City, settings: PoliceSandboxSettings) -> AsyncIterator[Wire]:
    async with TestClient(TestServer(police_app(city, settings))) as client:
        yield Wire(client)


async def test_writes_have_a_quota_of_their_own(city: City) -> None:
    async with served(city, PoliceSandboxSettings(daily_quota=1)) as wire:
        assert (await wire.write("04C56", **ACCEPTANCE)).code == "1"
        assert (await wire.write("04C56", **ACCEPTANCE)).code == "-7"
        assert (await wire.write("04C57", **UNPAID_PAYMENT)).code == "1"
        assert await wire.effects() == [ACCEPTED, REPORTED]


async def test_a_write_may_not_be_granted(city: City) -> None:
    async with served(city, PoliceSandboxSettings(interfaces=frozenset({"04C56"}))) as wire:
        assert (await wire.write("04C57", **UNPAID_PAYMENT)).code == "-3"
        assert await wire.effects() == []


REFUSING = {
    "refusal": "0",
    "refusal-empty-body": "0",
    "system-busy": "-99",
    "quota-exhausted": "-7",
    "rate-limited": "-6",
    "serial-expired": "-4",
    "interface-refused": "-3",
    "address-refused": "-5",
    "night-window": "-20",
}


@pytest.mark.parametrize("name", REFUSING)
async def test_what_is_refused_is_not_done(wire: Wire, name: str) -> None:
    await wire.on(name, interface="04C56", times=1)
    answer = await wire.write("04C56", **ACCEPTANCE)

    assert (answer.code, answer.rows, answer.key) == (REFUSING[name], None, None)
    assert await wire.effects() == []
    assert (await wire.write("04C56", **ACCEPTANCE)).key == OPEN_DECISION


async def test_trouble_may_also_come_after_the_effect(wire: Wire) -> None:
    await wire.on("system-busy", parameters={"effect": True})

    assert (await wire.write("04C56", **ACCEPTANCE)).code == "-99"
    assert await wire.effects() == [ACCEPTED]


@pytest.mark.parametrize("tag", ["msg", "msg1", "rtnmsg1", "retdesc"])
async def test_the_text_of_a_refusal_has_many_names(wire: Wire, tag: str) -> None:
    await wire.on(f"message-in-{tag}")
    body = write_call("04C57", violation(**UNPAID_PAYMENT | {"fkje": "1"}))
    text = return_string(await (await wire.post(OLD, body)).read())

    assert f"%3C{tag}%3E{quote('罚款金额与处罚决定不符')}%3C%2F{tag}%3E" in text


async def test_heads_of_accepted_writes(wire: Wire) -> None:
    await wire.on("keystr-lost", interface="04C56", times=1)
    assert await wire.write("04C56", **ACCEPTANCE) == DONE
    await wire.on("remark", times=1)
    remarked = Answered("2", "数据已受理，部分信息待核实", None, None)
    assert await wire.write("04C57", **UNPAID_PAYMENT) == remarked
    await wire.on("missing-code", times=1)
    assert (await wire.write("04C56", **ACCEPTANCE)).code == ""
    for name in ("shuffled", "duplicates", "single-row", "nested-body"):
        await wire.on(name)
    assert await wire.write("04C56", **ACCEPTANCE) == replace(DONE, key=OPEN_DECISION)
    assert await wire.effects() == [ACCEPTED, REPORTED]


async def test_the_magic_plate_of_the_lost_number(wire: Wire) -> None:
    plate = {"hpzl": "02", "hphm": MAGIC_PLATES["keystr-lost"]}
    record = ((await wire.ask("04C03", **plate, clbj="0")).rows or [])[0]

    assert await wire.write("04C56", xh=record["xh"], jszh=DRIVER) == DONE
    assert (await camera_row(wire, record["xh"]))["clbj"] == "1"


async def test_a_scenario_of_a_plate_meets_its_payments(wire: Wire) -> None:
    await wire.on("night-window", plate=MAGIC_PLATES["healthy"])

    assert (await wire.write("04C57", **UNPAID_PAYMENT)).code == "-20"
    assert await wire.effects() == []


LOST = {
    "down": [],
    "reset-after": [ACCEPTED],
    "cut-body": [ACCEPTED],
    "fault-500": [ACCEPTED],
    "bad-gateway": [ACCEPTED],
    "empty-return": [ACCEPTED],
}


@pytest.mark.parametrize("name", LOST)
async def test_lost_answers(wire: Wire, name: str) -> None:
    await wire.on(name, interface="04C56")
    try:
        response = await wire.post(OLD, write_call("04C56", RAW))
        body = (response.status, await response.read())
    except (ClientConnectionError, ClientPayloadError):
        body = (0, b"")

    assert OPEN_DECISION.encode() not in body[1]
    assert await wire.effects() == LOST[name]
    await wire.http.delete("/control/scenarios")
    assert (await wire.write("04C56", **ACCEPTANCE)).key == OPEN_DECISION
    assert await wire.effects() == [ACCEPTED]


async def test_a_server_error_may_also_come_before_the_effect(wire: Wire) -> None:
    await wire.on("fault-500", parameters={"effect": False})

    assert (await wire.post(OLD, write_call("04C56", RAW))).status == 500
    assert await wire.effects() == []


async def test_reset_forgets_what_was_written(wire: Wire) -> None:
    before = await everything(wire)
    await wire.write("04C56", **ACCEPTANCE)
    await wire.write("04C57", **UNPAID_PAYMENT)
    await wire.change("reset")

    assert await everything(wire) == before
    assert await wire.effects() == []
    assert await wire.write("04C57", **UNPAID_PAYMENT) == DONE
