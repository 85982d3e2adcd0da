"""An independent SOAP toolkit reads our WSDL and calls every operation."""

import asyncio
from typing import Any

import pytest
from zeep import Client
from zeep.exceptions import Fault

from sandbox.city import City
from sandbox.police import DEFAULT_SERIAL
from tests.sandbox.police_writing import OPEN, PAYMENT
from tests.sandbox.test_wire import NINE, TEN
from tests.sandbox.wire import CHONGQING, NEW, OLD, Answered, Wire, answered, query, violation

VARIANTS = [
    pytest.param(OLD, "queryObjectOut", (), id="old-4"),
    pytest.param(CHONGQING, "queryObjectOut", (), id="chongqing-4"),
    pytest.param(NEW, "queryObjectOut", NINE, id="new-9"),
    pytest.param(NEW, "queryObjectOutNew", TEN, id="new-10"),
]


async def call(wire: Wire, path: str, operation: str, *arguments: str) -> Any:
    def run() -> Any:
        connect: Any = Client  # zeep has no types
        with connect(f"{wire.http.make_url(path)}?wsdl") as client:
            return client.service[operation](*arguments)

    return await asyncio.to_thread(run)


@pytest.mark.parametrize(("path", "operation", "between"), VARIANTS)
async def test_every_interface_in_every_variant(
    wire: Wire, city: City, path: str, operation: str, between: tuple[str, ...]
) -> None:
    person = city.citizen(0)
    vehicle = person.vehicles[0]
    plate = {"hpzl": vehicle.plate_type, "hphm": vehicle.plate_number}
    asked = {
        "01C21": plate,
        "02C06": {"sfzmhm": person.identity_number},
        "04C03": plate,
        "04C01": {"jszh": person.identity_number},
        "04C04": {"xh": vehicle.records[0].serial},
    }
    rows = {}
    for interface, conditions in asked.items():
        arguments = (interface[:2], DEFAULT_SERIAL, interface, *between, query(**conditions))
        answer = answered(await call(wire, path, operation, *arguments))
        assert answer.code == "1"
        rows[interface] = answer.rows or []

    assert [row["syr"] for row in rows["01C21"]] == [person.name]
    assert [row["xm"] for row in rows["02C06"]] == [person.name]
    assert [row["xh"] for row in rows["04C03"]] == [r.serial for r in vehicle.records]
    assert [row["jdsbh"] for row in rows["04C01"]] == [d.number for d in person.decisions]
    assert [row["xh"] for row in rows["04C04"]] == [vehicle.records[0].serial]


@pytest.mark.parametrize(("path", "operation", "between"), VARIANTS)
async def test_every_write_in_every_variant(
    wire: Wire, city: City, path: str, operation: str, between: tuple[str, ...]
) -> None:
    driver = city.citizen(0)

    async def write(interface: str, **values: str) -> Answered:
        arguments = ("04", DEFAULT_SERIAL, interface, *between, violation(**values))
        answer = await call(wire, path, operation.replace("query", "write"), *arguments)
        return answered(answer)

    accepted = await write("04C56", xh=OPEN, jszh=driver.identity_number, dsr=driver.name)
    number = accepted.key or ""
    paid = await write("04C57", **PAYMENT, jdsbh=number)
    annulled = await write("04C58", jdsbh=number, cxyy="错录", jbr="甲", spr="乙")

    assert [answer.code for answer in (accepted, paid, annulled)] == ["1", "1", "1"]
    assert await wire.effects() == [
        ("04C56", OPEN),
        ("04C57", number, PAYMENT["yhlsh"]),
        ("04C58", number),
    ]


async def test_a_fault_is_a_fault(wire: Wire) -> None:
    await wire.on("fault-500")

    with pytest.raises(Fault, match="NullPointerException"):
        await call(wire, OLD, "queryObjectOut", "04", DEFAULT_SERIAL, "04C03", query(xh="1"))


async def test_the_address_in_the_wsdl_is_where_it_was_asked(wire: Wire) -> None:
    for path in (OLD, NEW, CHONGQING):
        response = await wire.http.get(f"{path}?WSDL", headers={"Host": "police.example:8088"})
        text = await response.text()
        assert f'<soap:address location="http://police.example:8088{path}"/>' in text
    assert "AXIS" in await (await wire.http.get(OLD)).text()
