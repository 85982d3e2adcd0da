"""Vehicles and violations of a citizen."""

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from domain.times import CHINA, legal_day
from sandbox.city import City, Person
from tests.graphql.queries import BIND, LISTS, bind_all, binding, lists, own_vehicles
from tests.stack import Api, Register, TestClock

DEMO = """
query ($filter: ViolationFilter, $orderBy: ViolationOrder, $first: Int! = 50, $after: String) {
  viewer {
    violations(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
      totalCount
      totals { fine { fen yuan } owedFine { fen } points unknownAmounts }
      edges { cursor }
      nodes {
        id status capture occurredAt place description points
        code { code description }
        fine { fen yuan }
        plate { number }
        agency { code name }
        measurement { measured limit }
        decision { number status paidOn fine { fen } }
        vehicle { plate { number } }
        evidence { index }
        freshness { state }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      missing { number }
      freshness { state }
    }
  }
}
"""


async def everything(api: Api, person: Person, **variables: Any) -> dict[str, Any]:
    answer = await api.ask(DEMO, person, **variables)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["viewer"]["violations"]
    return found


async def test_every_record_of_the_register_is_shown_once(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    records = {r.serial: r for v in citizen.vehicles for r in v.records}
    numbers = {r.decision_number for r in records.values() if r.decision_number}
    on_scene = [d for d in citizen.decisions if d.number not in numbers]

    found = await everything(api, citizen)

    assert found["totalCount"] == len(records) + len(on_scene)
    assert len({node["id"] for node in found["nodes"]}) == found["totalCount"]
    shown = sorted(datetime.fromisoformat(node["occurredAt"]) for node in found["nodes"])
    acts = [r.occurred_at for r in records.values()] + [d.occurred_at for d in on_scene]
    # The register's times are China's, without an offset.
    assert shown == sorted(_china(act) for act in acts)
    assert found["freshness"] == {"state": "FRESH"}
    assert found["missing"] == []


async def test_one_violation_as_a_citizen_sees_it(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    record = next(r for v in citizen.vehicles for r in v.records if r.paid == "1")

    found = await everything(api, citizen, filter={"code": record.offence})

    node = next(
        n
        for n in found["nodes"]
        if datetime.fromisoformat(n["occurredAt"]) == _china(record.occurred_at)
    )
    fine = (record.fine_yuan or 0) * 100
    decision = next((d for d in citizen.decisions if d.number == record.decision_number), None)
    number = f"{record.decision_number}{decision.check_digit if decision else ''}"
    assert node == {
        "id": node["id"],
        "status": "PAID",
        "capture": "CAMERA",
        "occurredAt": node["occurredAt"],
        "place": record.place,
        "description": node["code"]["description"],
        "points": record.points,
        "code": {"code": record.offence, "description": node["code"]["description"]},
        "fine": {"fen": fine, "yuan": f"{fine // 100}.00"},
        "plate": {"number": record.plate_number},
        "agency": {"code": record.capture_unit, "name": record.capture_unit_name},
        "measurement": {"measured": str(record.measured), "limit": str(record.limit)}
        if record.measured
        else None,
        "decision": {
            "number": number,
            "status": "PAID",
            "paidOn": decision.paid_on.isoformat() if decision and decision.paid_on else None,
            "fine": {"fen": fine},
        },
        "vehicle": {"plate": {"number": record.plate_number}},
        "evidence": [{"index": 1}, {"index": 2}, {"index": 3}],
        "freshness": {"state": "FRESH"},
    }
    assert node["description"]


async def test_totals_are_those_of_the_whole_filter(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    all_of_it = await everything(api, citizen)

    page = await everything(api, citizen, first=2)

    assert page["totals"] == all_of_it["totals"]
    assert page["totalCount"] == all_of_it["totalCount"]
    nodes = all_of_it["nodes"]
    assert page["totals"]["fine"]["fen"] == sum(n["fine"]["fen"] for n in nodes if n["fine"])
    assert page["totals"]["points"] == sum(n["points"] or 0 for n in nodes)
    assert page["totals"]["owedFine"]["fen"] == sum(
        n["fine"]["fen"] for n in nodes if n["fine"] and n["status"] in ("UNHANDLED", "DECIDED")
    )


@pytest.mark.parametrize("field", ["OCCURRED_AT", "FINE", "POINTS"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_pages_put_together_are_the_whole_list(
    api: Api, citizen: Person, field: str, direction: str
) -> None:
    await bind_all(api, citizen)
    order = {"field": field, "direction": direction}
    whole = await everything(api, citizen, orderBy=order)
    values = [_order_value(node, field) for node in whole["nodes"]]
    assert all(a <= b if direction == "ASC" else a >= b for a, b in pairwise(values))

    walked, after = [], None
    while True:
        page = await everything(api, citizen, orderBy=order, first=3, after=after)
        walked += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert [node["id"] for node in walked] == [node["id"] for node in whole["nodes"]]


async def test_filters(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    nodes = (await everything(api, citizen))["nodes"]

    async def ids(**wanted: Any) -> set[str]:
        found = await everything(api, citizen, filter=wanted)
        assert found["totalCount"] == len(found["nodes"])
        return {node["id"] for node in found["nodes"]}

    assert await ids(status=["PAID"]) == {n["id"] for n in nodes if n["status"] == "PAID"}
    open_ones = {n["id"] for n in nodes if n["status"] in ("UNHANDLED", "DECIDED")}
    assert open_ones
    assert await ids(status=["UNHANDLED", "DECIDED"]) == open_ones
    plate = citizen.vehicles[0].plate_number
    typed = f"{plate[:2]}·{plate[2:]}".lower()
    assert await ids(plate=typed) == {
        n["id"] for n in nodes if n["plate"] and n["plate"]["number"] == plate
    }
    code = nodes[0]["code"]["code"]
    assert await ids(code=code) == {n["id"] for n in nodes if n["code"]["code"] == code}
    day = _day(nodes[0])
    assert await ids(occurredFrom=day, occurredUntil=day) == {
        n["id"] for n in nodes if _day(n) == day
    }
    assert await ids(code="9999") == set()


async def test_fresh_lists_cost_one_statement_a_level_and_no_call(
    api: Api, the_city: City, register: Register
) -> None:
    magic = the_city.magic_citizen
    harmless = [v for v in magic.vehicles if "渝ZZ0028" <= v.plate_number <= "渝ZZ0050"][:20]
    for vehicle in harmless:
        await api.ask(BIND, magic, input=binding(vehicle))
    first = await lists(api, magic)
    assert [len(v["violations"]["nodes"]) for v in first] == [3] * 20
    await everything(api, magic)
    await register.forget_calls()
    api.statements.clear()

    assert await lists(api, magic) == first
    vehicles, violations = api.statements
    assert "vehicle_bindings" in vehicles
    assert "unnest" in violations
    assert await register.calls() == {}


async def test_a_stranger_sees_nothing(api: Api, citizen: Person, stranger: Person) -> None:
    ids = await bind_all(api, citizen)
    violations = [node["id"] for node in (await everything(api, citizen))["nodes"]]
    nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"

    mine = await api.ask(nodes, citizen, ids=[*ids, *violations])
    theirs = await api.ask(nodes, stranger, ids=[*ids, *violations])
    nobodys = await api.ask(nodes, None, ids=[*ids, *violations])

    assert [n["id"] for n in mine["data"]["nodes"]] == [*ids, *violations]
    assert theirs == {"data": {"nodes": [None] * len([*ids, *violations])}}
    assert nobodys == theirs


async def test_a_decision_on_the_scene_is_its_drivers_alone(
    api: Api, citizen: Person, stranger: Person, register: Register, clock: TestClock
) -> None:
    """Somebody else drove my car and was fined on the spot: his business, not mine."""
    camera = {r.decision_number for v in citizen.vehicles for r in v.records}
    decision = next(d for d in citizen.decisions if d.number not in camera)
    car = next(v for v in citizen.vehicles if v.plate_number == decision.plate_number)
    await bind_all(api, citizen)
    before = await lists(api, citizen)
    mine = await everything(api, citizen)
    assert any(n["capture"] == "ON_SCENE" for n in mine["nodes"])
    [on_scene] = [n["id"] for n in mine["nodes"] if n["capture"] == "ON_SCENE"]
    # The list of the vehicle does not depend on whether decisions were looked up.
    assert await lists(api, citizen) == before

    await register.change(
        "change-owner",
        hpzl=car.plate_type,
        hphm=car.plate_number,
        syr=stranger.name,
        sfzmhm=stranger.identity_number,
    )
    clock.advance(minutes=11)
    await api.ask(LISTS, citizen)
    bound = await api.ask(BIND, stranger, input=binding(car))
    assert bound["data"]["bindVehicle"]["__typename"] == "BindVehicleSuccess"

    theirs = await everything(api, stranger)

    assert on_scene not in {node["id"] for node in theirs["nodes"]}
    found = await api.ask("query ($id: ID!) { node(id: $id) { id } }", stranger, id=on_scene)
    assert found == {"data": {"node": None}}
    assert on_scene in {node["id"] for node in (await everything(api, citizen))["nodes"]}


async def test_ids_that_make_no_sense(api: Api, citizen: Person) -> None:
    for bad in ("", "x", "VmVoaWNsZTp4", "5ZOI"):
        answer = await api.ask("query ($id: ID!) { node(id: $id) { id } }", citizen, id=bad)
        assert answer["data"] == {"node": None}
        assert answer["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


@pytest.mark.parametrize(
    "variables",
    [
        {"first": 51},
        {"first": -1},
        {"after": "nonsense"},
        {"after": "WyJmaW5lIiwgMSwgIngiXQ=="},
        {"filter": {"plate": "not a plate"}},
    ],
)
async def test_bad_arguments_are_the_clients_mistake(
    api: Api, citizen: Person, variables: Any
) -> None:
    answer = await api.ask(DEMO, citizen, **variables)

    assert answer["data"] == {"viewer": {"violations": None}}
    assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_REQUEST"}]


async def test_owned_in_own_name_only(api: Api, citizen: Person, clock: TestClock) -> None:
    await bind_all(api, citizen)

    found = await lists(api, citizen)

    assert [v["plate"]["number"] for v in found] == [v.plate_number for v in own_vehicles(citizen)]
    assert all(v["freshness"]["state"] == "FRESH" for v in found)
    assert {v["freshness"]["fetchedAt"] for v in found} == {clock.now.isoformat()}


def _china(naive: datetime) -> datetime:
    return naive.replace(tzinfo=CHINA).astimezone(UTC)


def _day(node: dict[str, Any]) -> str:
    return legal_day(datetime.fromisoformat(node["occurredAt"])).isoformat()


def _order_value(node: dict[str, Any], field: str) -> Any:
    if field == "OCCURRED_AT":
        return datetime.fromisoformat(node["occurredAt"])
    if field == "FINE":
        return node["fine"]["fen"] if node["fine"] else -1
    return -1 if node["points"] is None else node["points"]
