"""The records mirror: fresh, stale, unavailable; one call however many ask; nothing ever lost."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sandbox.city import City, Person
from tests.graphql.queries import BIND, LICENCE, LISTS, bind_all, binding, lists
from tests.graphql.test_lists import everything
from tests.stack import Api, Register, TestClock, running_api, settings_for

DOWN = [
    "down", "reset-after", "cut-body", "hang", "fault-500", "bad-gateway", "empty-return",
    "html-answer", "not-xml", "document-not-xml", "entity-bomb", "refusal", "missing-code",
    "system-busy", "quota-exhausted", "rate-limited", "serial-expired", "address-refused",
    "night-window",
]  # fmt: skip


@pytest.mark.parametrize("trouble", DOWN)
async def test_trouble_serves_the_last_known_state_with_its_age(
    api: Api, citizen: Person, register: Register, clock: TestClock, trouble: str
) -> None:
    await bind_all(api, citizen)
    known = await lists(api, citizen)
    known_licence = (await api.ask(LICENCE, citizen))["data"]["viewer"]["licence"]
    await register.switch(trouble)
    clock.advance(minutes=11)

    later = await lists(api, citizen)

    expected = [_aged(vehicle, "STALE") for vehicle in known]
    assert later == expected
    licence = (await api.ask(LICENCE, citizen))["data"]["viewer"]["licence"]
    assert licence == known_licence | {"freshness": known_licence["freshness"] | {"state": "STALE"}}


@pytest.mark.parametrize("trouble", ["down", "empty-return", "refusal", "quota-exhausted"])
async def test_what_was_never_known_is_unavailable_not_empty(
    api: Api, citizen: Person, register: Register, trouble: str
) -> None:
    await bind_all(api, citizen)
    await register.switch(trouble)

    answer = await api.ask(LISTS, citizen)

    vehicles = answer["data"]["viewer"]["vehicles"]["nodes"]
    assert [v["violations"] for v in vehicles] == [None, None]
    assert [error["path"] for error in answer["errors"]] == [
        ["viewer", "vehicles", "nodes", n, "violations"] for n in range(2)
    ]
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"UPSTREAM_UNAVAILABLE"}
    licence = await api.ask(LICENCE, citizen)
    assert licence["data"] == {"viewer": {"licence": None}}
    assert licence["errors"][0]["extensions"]["code"] == "UPSTREAM_UNAVAILABLE"


async def test_after_a_week_the_last_known_state_is_no_longer_shown(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    await lists(api, citizen)
    fetched_at = clock.now
    await register.switch("down")
    clock.advance(days=7, seconds=1)

    answer = await api.ask(LISTS, citizen)

    vehicle = answer["data"]["viewer"]["vehicles"]["nodes"][0]
    assert vehicle["freshness"] == {"state": "UNAVAILABLE", "fetchedAt": fetched_at.isoformat()}
    assert vehicle["violations"] is None

    await register.calm()
    clock.advance(seconds=30)
    again = await lists(api, citizen)
    assert {v["violations"]["freshness"]["state"] for v in again} == {"FRESH"}


async def test_one_call_per_question_however_many_ask(
    api: Api,
    trial: Path,
    database_url: str,
    citizen: Person,
    register: Register,
    clock: TestClock,
) -> None:
    """Thirty requests at once in two processes (two applications here) share each call."""
    await bind_all(api, citizen)
    await register.switch("slow", parameters={"seconds": 0.2})
    await register.forget_calls()
    settings = settings_for(trial, register.url)
    async with running_api(settings, database_url, clock) as other:
        doors = [api, other]
        answers = await asyncio.gather(*(doors[n % 2].ask(LISTS, citizen) for n in range(30)))

    assert all(answer == answers[0] for answer in answers)
    assert await register.calls() == {"04C03": 2}


async def test_a_slow_register_does_not_keep_a_known_list_waiting(
    citizen: Person, register: Register, clock: TestClock, trial: Path, database_url: str
) -> None:
    settings = settings_for(
        trial, register.url, mirror_patience_seconds=0.1, police_timeout_seconds=5.0
    )
    async with running_api(settings, database_url, clock) as api:
        await bind_all(api, citizen)
        await lists(api, citizen)
        clock.advance(minutes=11)
        await register.switch("slow", parameters={"seconds": 0.5})

        assert await _states(api, citizen) == {"STALE"}

        # The refresh goes on by itself, and the next to ask has its answer.
        await register.calm()
        for _ in range(50):
            await asyncio.sleep(0.1)
            if await _states(api, citizen) == {"FRESH"}:
                break
        assert await _states(api, citizen) == {"FRESH"}


async def _states(api: Api, citizen: Person) -> set[str]:
    return {v["violations"]["freshness"]["state"] for v in await lists(api, citizen)}


async def test_the_first_caller_may_leave(api: Api, citizen: Person, register: Register) -> None:
    await bind_all(api, citizen)
    await register.forget_calls()
    await register.switch("slow", interface="04C03", parameters={"seconds": 0.3})
    first = asyncio.create_task(api.ask(LISTS, citizen))
    second = asyncio.create_task(api.ask(LISTS, citizen))
    await asyncio.sleep(0.1)
    first.cancel()

    answer = await second

    assert "errors" not in answer
    assert await register.calls() == {"04C03": 2}


async def test_gone_withdrawn_and_paid_are_three_things(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    before = await everything(api, citizen)
    records = [r for v in citizen.vehicles for r in v.records]
    open_ones = [r for r in records if r.handled == "0"]
    paid = next(r for r in records if r.paid == "1")
    gone, withdrawn = open_ones[0], open_ones[1]
    await register.change("remove", xh=gone.serial)
    await register.change("remove", xh=paid.serial)
    await register.change("tombstone", xh=withdrawn.serial)
    clock.advance(minutes=11)

    after = await everything(api, citizen)

    assert after["totalCount"] == before["totalCount"]
    assert _status_at(after, gone) == "NO_LONGER_LISTED"
    assert _status_at(after, withdrawn) == "WITHDRAWN"
    assert _status_at(after, paid) == "PAID"
    owed = before["totals"]["owedFine"]["fen"]
    away = sum(_fine_at(before, r) for r in (gone, withdrawn))
    assert after["totals"]["owedFine"]["fen"] == owed - away

    # It comes back when the register lists it again.
    await register.change("reset")
    clock.advance(minutes=11)
    again = await everything(api, citizen)
    assert _status_at(again, gone) == "UNHANDLED"


async def test_one_empty_answer_is_not_believed(
    api: Api, the_city: City, register: Register, clock: TestClock
) -> None:
    magic = the_city.magic_citizen
    vehicle = next(v for v in magic.vehicles if v.plate_number == "渝ZZ0000")
    await api.ask(BIND, magic, input=binding(vehicle))
    [known] = await lists(api, magic)
    for record in vehicle.records:
        await register.change("remove", xh=record.serial)
    clock.advance(minutes=11)
    [once] = await lists(api, magic)
    assert [n["status"] for n in once["violations"]["nodes"]] == [
        n["status"] for n in known["violations"]["nodes"]
    ]

    clock.advance(minutes=11)
    [twice] = await lists(api, magic)

    assert sorted(n["status"] for n in twice["violations"]["nodes"]) == [
        "NO_LONGER_LISTED",
        "NO_LONGER_LISTED",
        "PAID",
    ]


async def test_handled_and_paid_elsewhere_shows_after_the_next_look(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    before = await everything(api, citizen)
    record = next(r for v in citizen.vehicles for r in v.records if r.handled == "0")
    decision = await register.change("handle", xh=record.serial, jszh=citizen.identity_number)
    clock.advance(minutes=11)
    handled = await everything(api, citizen)
    assert handled["totalCount"] == before["totalCount"]
    assert _status_at(handled, record) == "DECIDED"

    await register.change("pay", jdsbh=decision["jdsbh"])
    clock.advance(minutes=11)
    paid = await everything(api, citizen)
    assert paid["totalCount"] == before["totalCount"]
    assert _status_at(paid, record) == "PAID"


async def test_a_sold_car_leaves_the_list_and_takes_its_violations_with_it(
    api: Api, citizen: Person, stranger: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    before = await everything(api, citizen)
    sold = citizen.vehicles[0]
    await register.change(
        "change-owner",
        hpzl=sold.plate_type,
        hphm=sold.plate_number,
        syr=stranger.name,
        sfzmhm=stranger.identity_number,
    )
    clock.advance(minutes=11)

    after = await lists(api, citizen)

    assert [v["plate"]["number"] for v in after] == [citizen.vehicles[1].plate_number]
    rest = await everything(api, citizen)
    # What stays are decisions that name the former owner as the driver, and the other car's.
    numbers = {d.number for d in citizen.decisions}
    assert {n["plate"]["number"] for n in rest["nodes"] if n["decision"] is None} <= {
        citizen.vehicles[1].plate_number
    }
    for node in rest["nodes"]:
        if node["plate"]["number"] == sold.plate_number:
            assert node["decision"]["number"][:15] in numbers
            assert node["vehicle"] is None
    assert rest["totalCount"] < before["totalCount"]


async def test_a_plate_given_to_another_vehicle_shows_nothing_of_it(
    api: Api, the_city: City, clock: TestClock, register: Register
) -> None:
    magic = the_city.magic_citizen
    vehicle = next(v for v in magic.vehicles if v.plate_number == "渝ZZ0071")
    bound = await api.ask(BIND, magic, input=binding(vehicle))
    assert bound["data"]["bindVehicle"]["__typename"] == "BindVehicleSuccess"
    clock.advance(minutes=11)

    after = await api.ask(LISTS, magic)

    assert after == {"data": {"viewer": {"vehicles": {"totalCount": 0, "nodes": []}}}}


async def test_a_register_that_errs_once_does_not_cost_the_vehicle(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    await bind_all(api, citizen)
    known = [vehicle["plate"] for vehicle in await lists(api, citizen)]
    for mistake in ("vehicle-sold", "plate-reused"):
        await register.switch(mistake)
        clock.advance(minutes=11)
        assert await lists(api, citizen) == []
        await register.calm()
        clock.advance(minutes=11)
        assert [vehicle["plate"] for vehicle in await lists(api, citizen)] == known


async def test_the_same_plate_on_a_new_car_can_be_bound_again(
    api: Api, citizen: Person, register: Register, clock: TestClock
) -> None:
    """Owners may keep their number for the next car (保留号牌)."""
    old = citizen.vehicles[0]
    [first, *_] = await bind_all(api, citizen)
    await register.switch("plate-reused", plate=old.plate_number)
    clock.advance(minutes=11)
    refused = await api.ask(BIND, citizen, input=binding(old))
    assert refused["data"]["bindVehicle"]["__typename"] == "Refused"
    assert first not in [vehicle["id"] for vehicle in await lists(api, citizen)]


async def test_a_quota_is_counted_for_all_processes(
    trial: Path, database_url: str, register: Register, citizen: Person, clock: TestClock
) -> None:
    settings = settings_for(trial, register.url, police_daily_quota=2)
    async with running_api(settings, database_url, clock) as one:
        await bind_all(one, citizen)
        await lists(one, citizen)
    clock.advance(minutes=11)
    await register.forget_calls()
    async with running_api(settings, database_url, clock) as two:
        stale = await lists(two, citizen)
        assert {v["violations"]["freshness"]["state"] for v in stale} == {"STALE"}
        assert await register.calls() == {}

        clock.advance(days=1)
        fresh = await lists(two, citizen)
        assert {v["violations"]["freshness"]["state"] for v in fresh} == {"FRESH"}


def _aged(vehicle: dict[str, Any], state: str) -> dict[str, Any]:
    """The same vehicle with its freshness, and its list's, in another state."""
    violations = vehicle["violations"]
    return vehicle | {
        "freshness": vehicle["freshness"] | {"state": state},
        "violations": violations | {"freshness": violations["freshness"] | {"state": state}},
    }


def _node_at(found: dict[str, Any], record: Any) -> dict[str, Any]:
    [node] = [
        n
        for n in found["nodes"]
        if n["plate"]["number"] == record.plate_number
        and n["code"]["code"] == record.offence
        and n["occurredAt"][14:19] == record.occurred_at.isoformat()[14:19]
    ]
    return dict(node)


def _status_at(found: dict[str, Any], record: Any) -> str:
    return str(_node_at(found, record)["status"])


def _fine_at(found: dict[str, Any], record: Any) -> int:
    return int(_node_at(found, record)["fine"]["fen"])
