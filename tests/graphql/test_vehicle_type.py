"""The type of a vehicle, from the register to the rule that compares it with a licence (R9)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cli.cities import make_city
from sandbox.city import City, Person
from tests.graphql.queries import bind_all
from tests.stack import Api, Register, TestClock, running_api, settings_for

TYPES = "{ viewer { vehicles { nodes { plate { number } typeCode freshness { state } } } } }"
JUDGED = """{ viewer { vehicles { nodes { plate { number } violations(first: 50) { nodes {
  code { code } status eligibility { allowed refusals { code message } } } } } } } }"""
TOO_SMALL = {
    "code": "LICENCE_CLASS_MISMATCH",
    "message": "Your driving licence does not cover this type of vehicle.",
}
UNKNOWN = TOO_SMALL | {
    "message": "The record of the vehicle names no type, so nobody can tell that your licence"
    " covers it."
}


@pytest.fixture
def the_city() -> City:
    """Large enough for somebody with every class."""
    return make_city(7, 5000)


@pytest.fixture
async def api(
    trial: Path, database_url: str, register: Register, clock: TestClock
) -> AsyncIterator[Api]:
    """With the rules of 12123, which serves every plate; Chongqing serves no trucks."""
    settings = settings_for(trial, register.url, rulebook="national-12123")
    async with running_api(settings, database_url, clock) as one:
        yield one


async def types(api: Api, person: Person, state: str = "FRESH") -> list[str | None]:
    answer = await api.ask(TYPES, person)
    nodes = answer["data"]["viewer"]["vehicles"]["nodes"]
    assert answer == {"data": {"viewer": {"vehicles": {"nodes": nodes}}}}
    assert {node["freshness"]["state"] for node in nodes} == {state}
    return [node["typeCode"] for node in nodes]


async def judged(api: Api, person: Person, plate: str, offence: str) -> Any:
    answer = await api.ask(JUDGED, person)
    assert "errors" not in answer, answer
    nodes = answer["data"]["viewer"]["vehicles"]["nodes"]
    vehicle = next(node for node in nodes if node["plate"]["number"] == plate)
    (found,) = (
        node["eligibility"]
        for node in vehicle["violations"]["nodes"]
        if (node["code"]["code"], node["status"]) == (offence, "UNHANDLED")
    )
    return found


async def forget_types(api: Api) -> None:
    """The mirror as it was before it knew types: its hashes are of records without one."""
    async with api.running.db.begin() as connection:
        await connection.exec_driver_sql("UPDATE vehicles SET type_code = NULL")
        await connection.exec_driver_sql("UPDATE mirror_entries SET payload_hash = 'without type'")


async def test_a_vehicle_shows_the_type_of_the_register(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)

    assert await types(api, citizen) == [vehicle.type_code for vehicle in citizen.vehicles]


async def test_a_row_from_before_there_were_types_gets_one_at_the_next_look(
    api: Api, citizen: Person, clock: TestClock, register: Register
) -> None:
    await bind_all(api, citizen)
    await forget_types(api)
    await register.forget_calls()

    assert await types(api, citizen) == [None, None]
    assert await register.calls() == {}
    clock.advance(minutes=11)
    assert await types(api, citizen) == [vehicle.type_code for vehicle in citizen.vehicles]
    assert await register.calls() == {"01C21": 2}


async def test_a_type_that_is_too_old_is_not_shown(
    api: Api, citizen: Person, clock: TestClock, register: Register
) -> None:
    await bind_all(api, citizen)
    await register.switch("down")
    clock.advance(days=7, seconds=1)

    assert await types(api, citizen, "UNAVAILABLE") == [None, None]


@pytest.mark.parametrize(
    ("number", "classes", "plate_type", "type_code", "offence", "known", "unknown"),
    [
        (4110, "C1E", "07", "M21", "1208", [], [UNKNOWN]),
        (310, "C5", "52", "K33", "1208", [], [UNKNOWN]),
        (3789, "A2", "01", "H21", "1018", [], [UNKNOWN]),
        (321, "C1", "01", "H11", "1301", [TOO_SMALL], [TOO_SMALL]),
    ],
)
async def test_a_licence_is_compared_with_the_type(
    api: Api,
    the_city: City,
    number: int,
    classes: str,
    plate_type: str,
    type_code: str,
    offence: str,
    known: list[Any],
    unknown: list[Any],
) -> None:
    person = the_city.citizen(number)
    vehicle = next(one for one in person.vehicles if one.plate_type == plate_type)
    assert person.licence
    assert (person.licence.classes, vehicle.type_code) == (classes, type_code)
    await bind_all(api, person)

    found = await judged(api, person, vehicle.plate_number, offence)

    assert found == {"allowed": not known, "refusals": known}
    await forget_types(api)
    found = await judged(api, person, vehicle.plate_number, offence)
    assert found == {"allowed": not unknown, "refusals": unknown}
