"""Binding a vehicle."""

import asyncio

import pytest
from sqlalchemy import create_engine, text

from domain.plates import PlateType
from sandbox.city import Person
from tests.graphql.queries import BIND, LISTS, binding, own_vehicles
from tests.stack import Api, Register, TestClock

NOT_CONFIRMED = {
    "__typename": "Refused",
    "refusals": [
        {
            "code": "VEHICLE_NOT_CONFIRMED",
            "message": "We could not confirm that this vehicle is yours.",
            "nextStep": "Check the plate, its type and the 6 characters; if it still fails, take"
            " your identity card and vehicle licence to a window.",
        }
    ],
}


def rows(url: str, table: str) -> int:
    engine = create_engine(url)
    with engine.connect() as connection:
        count: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    engine.dispose()
    return count


async def test_an_owner_binds_with_the_end_of_the_vin(api: Api, citizen: Person) -> None:
    vehicle = citizen.vehicles[0]

    answer = await api.ask(BIND, citizen, input=binding(vehicle))

    bound = answer["data"]["bindVehicle"]
    assert bound == {
        "__typename": "BindVehicleSuccess",
        "vehicle": {
            "id": bound["vehicle"]["id"],
            "plate": {
                "number": vehicle.plate_number,
                "plateType": PlateType(vehicle.plate_type).name,
            },
            "relation": "OWNER",
        },
    }


async def test_the_engine_number_and_a_plate_typed_carelessly_will_do(
    api: Api, citizen: Person
) -> None:
    vehicle = citizen.vehicles[0]
    number = vehicle.plate_number
    typed = f" {number[0]} {number[1].lower()}·{number[2:].lower()}．"
    proof = vehicle.engine_number[-6:].lower()

    answer = await api.ask(BIND, citizen, input=binding(vehicle, plate=typed, proof=proof))

    assert answer["data"]["bindVehicle"]["vehicle"]["plate"]["number"] == number


async def test_binding_again_answers_as_the_first_time(
    api: Api, citizen: Person, database_url: str
) -> None:
    body = binding(citizen.vehicles[0])
    answers = await asyncio.gather(*(api.ask(BIND, citizen, input=body) for _ in range(5)))

    assert all(answer == answers[0] for answer in answers)
    assert rows(database_url, "vehicle_bindings") == 1


async def test_wrong_proof_strangers_car_and_no_such_plate_look_the_same(
    api: Api, citizen: Person, stranger: Person, database_url: str
) -> None:
    wrong_proof = binding(citizen.vehicles[0], proof="000000")
    not_mine = binding(own_vehicles(stranger)[0])
    no_such = binding(citizen.vehicles[0], plate="渝A00000", plateType="SMALL_VEHICLE")

    answers = [
        await api.ask(BIND, citizen, input=body) for body in (wrong_proof, not_mine, no_such)
    ]

    assert [answer["data"]["bindVehicle"] for answer in answers] == [NOT_CONFIRMED] * 3
    assert rows(database_url, "vehicle_bindings") == 0


async def test_a_company_car_is_not_the_drivers(api: Api, the_city: object) -> None:
    people = [the_city.citizen(n) for n in range(60)]  # type: ignore[attr-defined]
    person, car = next(
        (p, v) for p in people for v in p.vehicles if v.owner_id != p.identity_number
    )

    answer = await api.ask(BIND, person, input=binding(car))

    assert answer["data"]["bindVehicle"] == NOT_CONFIRMED


async def test_guesses_are_limited_over_a_day(
    api: Api, citizen: Person, stranger: Person, register: Register, clock: TestClock
) -> None:
    theirs = own_vehicles(stranger)[0]
    guesses = [binding(theirs, proof=f"00000{n}") for n in range(6)]
    codes = []
    for guess in guesses:
        answer = await api.ask(BIND, citizen, input=guess)
        codes.append(answer["data"]["bindVehicle"]["refusals"][0]["code"])
    assert codes == ["VEHICLE_NOT_CONFIRMED"] * 5 + ["TOO_MANY_ATTEMPTS"]

    # Another account may not go on with the same plate, but its owner may.
    other = (await api.ask(BIND, _another(register, stranger, citizen), input=guesses[0]))["data"]
    assert other["bindVehicle"]["refusals"][0]["code"] == "TOO_MANY_ATTEMPTS"
    owner = await api.ask(BIND, stranger, input=binding(theirs))
    assert owner["data"]["bindVehicle"]["__typename"] == "BindVehicleSuccess"

    clock.advance(hours=24, seconds=1)
    later = await api.ask(BIND, citizen, input=binding(citizen.vehicles[0]))
    assert later["data"]["bindVehicle"]["__typename"] == "BindVehicleSuccess"


async def test_parallel_guesses_count_each_other(
    api: Api, citizen: Person, stranger: Person
) -> None:
    theirs = own_vehicles(stranger)[0]
    answers = await asyncio.gather(
        *(api.ask(BIND, citizen, input=binding(theirs, proof=f"0000{n:02}")) for n in range(20))
    )

    codes = [answer["data"]["bindVehicle"]["refusals"][0]["code"] for answer in answers]
    assert codes.count("VEHICLE_NOT_CONFIRMED") <= 5
    assert set(codes) <= {"VEHICLE_NOT_CONFIRMED", "TOO_MANY_ATTEMPTS"}


async def test_an_attempt_that_could_not_be_checked_is_not_counted(
    api: Api, citizen: Person, register: Register, database_url: str, clock: TestClock
) -> None:
    await register.switch("down")
    for _ in range(6):
        answer = await api.ask(BIND, citizen, input=binding(citizen.vehicles[0]))
        assert answer["data"] is None
        assert answer["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"
        clock.advance(seconds=10)
    assert rows(database_url, "binding_attempts") == 0

    await register.calm()
    clock.advance(seconds=30)
    answer = await api.ask(BIND, citizen, input=binding(citizen.vehicles[0]))
    assert answer["data"]["bindVehicle"]["__typename"] == "BindVehicleSuccess"


@pytest.mark.parametrize(
    ("plate", "message"),
    [
        ("", "The plate cannot be right. The plate number is empty."),
        (
            "XA12345",
            "The plate cannot be right. A plate begins with a province character such as"
            " 渝; yours begins with “X”.",
        ),
        (
            "渝11234A",
            "The plate cannot be right. The province is followed by a letter (never I);"
            " yours is “1”.",
        ),
        (
            "渝AO1234",
            "The plate cannot be right. A plate never contains the letter “O”. Please"
            " check whether it is a 1 or a 0.",
        ),
        (
            "渝A1234",
            "The plate cannot be right. The plate is too short: 6 characters. Ordinary"
            " plates have 7, new-energy plates 8.",
        ),
        (
            "渝A123456",
            "The plate cannot be right. A plate of 8 characters is a new-energy plate:"
            " choose a new-energy plate type.",
        ),
        ("渝A12#45", "The plate cannot be right. “#” cannot stand there in a plate."),
    ],
)
async def test_a_bad_plate_is_told_precisely(
    api: Api, citizen: Person, plate: str, message: str, register: Register
) -> None:
    body = {"plate": plate, "plateType": "SMALL_VEHICLE", "proof": "123456"}

    answer = await api.ask(BIND, citizen, input=body)

    assert answer["data"]["bindVehicle"] == {
        "__typename": "Refused",
        "refusals": [
            {
                "code": "PLATE_INVALID",
                "message": message,
                "nextStep": "Compare it with the vehicle licence.",
            }
        ],
    }
    assert await register.calls() == {}


async def test_refusals_speak_chinese_unless_asked_otherwise(api: Api, citizen: Person) -> None:
    body = {"plate": "渝AO1234", "plateType": "SMALL_VEHICLE", "proof": "123456"}

    answer = await api.ask(BIND, citizen, language="fr, zh;q=0.5", input=body)

    assert answer["data"]["bindVehicle"]["refusals"] == [
        {
            "code": "PLATE_INVALID",
            "message": "号牌号码有误。号牌中没有字母“O”。请确认是不是数字 1 或 0。",
            "nextStep": "请对照行驶证重新输入。",
        }
    ]


async def test_unbinding(api: Api, citizen: Person, stranger: Person) -> None:
    bound = await api.ask(BIND, citizen, input=binding(citizen.vehicles[0]))
    vehicle_id = bound["data"]["bindVehicle"]["vehicle"]["id"]
    unbind = """mutation ($id: ID!) { unbindVehicle(input: {vehicleId: $id}) {
        __typename
        ... on UnbindVehicleSuccess { vehicleId } ... on Refused { refusals { code } } } }"""

    foreign = await api.ask(unbind, stranger, id=vehicle_id)
    assert foreign["data"]["unbindVehicle"] == {
        "__typename": "Refused",
        "refusals": [{"code": "NOT_FOUND"}],
    }
    done = await api.ask(unbind, citizen, id=vehicle_id)
    assert done["data"]["unbindVehicle"] == {
        "__typename": "UnbindVehicleSuccess",
        "vehicleId": vehicle_id,
    }
    empty = await api.ask(LISTS, citizen)
    assert empty["data"]["viewer"]["vehicles"] == {"totalCount": 0, "nodes": []}


async def test_somebody_unverified_is_asked_to_verify(api: Api, citizen: Person) -> None:
    token = api.token(citizen, acr="none")
    response = await api.post(
        {"query": BIND, "variables": {"input": binding(citizen.vehicles[0])}}, token
    )

    assert response.json() == {
        "data": None,
        "errors": [
            {
                "message": "请先完成实名认证。",
                "extensions": {"code": "STEP_UP_REQUIRED"},
                "locations": [{"line": 3, "column": 3}],
                "path": ["bindVehicle"],
            }
        ],
    }


def _another(register: Register, *others: Person) -> Person:
    taken = {person.index for person in others}
    return next(p for p in register.city.citizens() if p.index not in taken)
