"""What the register may send without costing a citizen the list."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from domain.freshness import UNKNOWN
from domain.plates import Plate, PlateType
from domain.times import start_of
from sandbox.city import Person
from services.garage import LONG_AGO, HeldVehicle
from services.questions import EntryState, about_violations
from tests.graphql.queries import bind_all, lists
from tests.graphql.test_lists import everything
from tests.stack import START, Api, Register, TestClock


async def test_texts_longer_than_any_column(api: Api, citizen: Person, register: Register) -> None:
    record = citizen.vehicles[0].records[0]
    long = {"wfdz": "长" * 2000, "cjjgmc": "长" * 2000, "wfdd": "9" * 200, "cjjg": "9" * 200}
    await register.change("resend", xh=record.serial, fields=long)
    await bind_all(api, citizen)

    found = await everything(api, citizen)

    [node] = [node for node in found["nodes"] if node["place"] and node["place"][0] == "长"]
    assert set(node["place"]) == set(node["agency"]["name"]) == {"长"}
    assert found["freshness"] == {"state": "FRESH"}


async def test_a_decision_without_a_plate_joins_its_camera_record(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    numbers = {r.decision_number for v in citizen.vehicles for r in v.records}
    paper = next(d for d in citizen.decisions if d.number in numbers)
    await register.change("change-decision", jdsbh=paper.number, fields={"hphm": "", "hpzl": ""})
    alone = await everything(api, citizen)
    assert paper.number in {node["decision"]["number"][:15] for node in alone["nodes"]}
    await register.change("change-decision", jdsbh=paper.number, fields={})

    await bind_all(api, citizen)
    vehicles = await lists(api, citizen)
    together = await everything(api, citizen)

    of_paper = [
        node
        for node in together["nodes"]
        if node["decision"] and (node["decision"]["number"] or "").startswith(paper.number)
    ]
    assert [node["plate"] and node["plate"]["number"] for node in of_paper] == [paper.plate_number]
    shown = {node["id"] for vehicle in vehicles for node in vehicle["violations"]["nodes"]}
    assert of_paper[0]["id"] in shown


@pytest.mark.parametrize(
    ("registered_on", "since"),
    [
        (None, LONG_AGO),
        (date(2020, 5, 10), start_of(date(2020, 5, 10))),
        # A day after the binding is a mistake of the register, and must not hide everything.
        (START.date() + timedelta(days=2), LONG_AGO),
        (date.max, LONG_AGO),
        (date.min, start_of(date.min)),
    ],
)
def test_which_violations_of_a_plate_are_the_vehicles(
    registered_on: date | None, since: object
) -> None:
    held = HeldVehicle(
        id=UUID(int=1),
        plate=Plate(PlateType.SMALL_VEHICLE, "渝A12345"),
        plate_key="02:渝A12345",
        make=None,
        colour=None,
        type_code=None,
        use=None,
        statuses=(),
        first_registered_on=registered_on,
        inspection_valid_until=None,
        insurance_valid_until=None,
        registered=True,
        bound_at=START,
        freshness=UNKNOWN,
        about_list=(about_violations("02:渝A12345"), EntryState()),
    )

    assert held.shown_since == since
