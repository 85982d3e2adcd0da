"""Who sees what: every object and every field of a person, for everybody who may ask."""

from typing import Any

import pytest

from sandbox.city import Person
from tests.graphql.queries import BIND, bind_all, binding
from tests.http.test_tokens import officer_token
from tests.stack import Api, Register

NODE = """query ($id: ID!) { node(id: $id) { __typename id
    ... on Vehicle { plate { number } violations { totalCount } }
    ... on Violation { status on: plate { number } decision { number } evidence { url } }
    ... on DrivingLicence { number points }
    ... on Citizen { name vehicles { totalCount } } } }"""
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
IDS = """{ viewer { id licence { id } vehicles { nodes { id } }
    violations(first: 50) { nodes { id } } } }"""
FIELDS = {
    "id": "id",
    "name": "name",
    "verification": "verification",
    "licence": "licence { number }",
    "vehicles": "vehicles { totalCount }",
    "violations": "violations { totalCount }",
}
UNBIND = """mutation ($id: ID!) { unbindVehicle(input: {vehicleId: $id}) { __typename
    ... on Refused { refusals { code } } } }"""
ENGLISH = {"accept-language": "en"}


async def ids_of(api: Api, person: Person) -> dict[str, str]:
    await bind_all(api, person)
    viewer = (await api.ask(IDS, person))["data"]["viewer"]
    return {
        "Citizen": viewer["id"],
        "DrivingLicence": viewer["licence"]["id"],
        "Vehicle": viewer["vehicles"]["nodes"][0]["id"],
        "Violation": viewer["violations"]["nodes"][0]["id"],
    }


def callers(api: Api, owner: Person, stranger: Person) -> dict[str, str | None]:
    return {
        "owner": api.token(owner),
        "stranger": api.token(stranger),
        "owner's name, another account": api.token(stranger, name=owner.name),
        "owner, unverified": api.token(owner, acr="none"),
        "owner's subject, another person": api.token(
            stranger, sub=f"citizen-{owner.index}", iss=api.settings.own_issuer
        ),
        "officer": officer_token(api),
        "nobody": None,
    }


async def test_an_object_is_there_for_its_owner_only(
    api: Api, citizen: Person, stranger: Person
) -> None:
    ids = await ids_of(api, citizen)
    await bind_all(api, stranger)
    for kind, one in ids.items():
        for who, token in callers(api, citizen, stranger).items():
            body = {"query": NODE, "variables": {"id": one}}
            answer = (await api.post(body, token, **ENGLISH)).json()
            # A person is issuer and subject: so is their own node, verified or not.
            own_node = kind == "Citizen" and who.startswith(("owner,", "owner's subject"))
            if who == "owner":
                assert "errors" not in answer, (kind, answer)
                assert answer["data"]["node"]["id"] == one
                assert answer["data"]["node"]["__typename"] == kind
            elif own_node:
                assert answer["data"]["node"]["id"] == one
            else:
                assert answer == {"data": {"node": None}}, (kind, who)
    for who, token in callers(api, citizen, stranger).items():
        several = [one for kind, one in ids.items() if kind != "Citizen"]
        body = {"query": NODES, "variables": {"ids": several}}
        answer = (await api.post(body, token)).json()
        shown = [{"id": one} for one in several] if who == "owner" else [None] * len(several)
        assert answer == {"data": {"nodes": shown}}, who


@pytest.mark.parametrize("field", FIELDS)
async def test_a_field_of_the_viewer(
    api: Api, citizen: Person, stranger: Person, field: str
) -> None:
    query = f"{{ viewer {{ {FIELDS[field]} }} }}"
    open_to_all = field in ("id", "name", "verification")

    async def ask(token: str | None) -> Any:
        return (await api.post({"query": query}, token, **ENGLISH)).json()

    who = callers(api, citizen, stranger)
    assert await ask(who["nobody"]) == {"data": {"viewer": None}}
    assert await ask(who["officer"]) == {"data": {"viewer": None}}
    verified = await ask(who["owner"])
    assert "errors" not in verified
    assert verified["data"]["viewer"][field] is not None
    unverified = await ask(who["owner, unverified"])
    if open_to_all:
        assert "errors" not in unverified
        assert unverified["data"]["viewer"][field] is not None
    else:
        assert unverified["data"] == {"viewer": {field: None}}
        assert [e["extensions"] for e in unverified["errors"]] == [{"code": "STEP_UP_REQUIRED"}]
    if field == "name":
        assert verified["data"]["viewer"]["name"] == f"**{citizen.name[-1]}"


async def test_another_persons_numbers_under_the_same_account_open_nothing(
    api: Api, citizen: Person, stranger: Person
) -> None:
    """The issuer may mend a person's identity number: what was bound before is not theirs."""
    await bind_all(api, citizen)
    token = api.token(stranger, sub=f"citizen-{citizen.index}")

    answer = (await api.post({"query": IDS}, token)).json()

    assert answer["data"]["viewer"]["vehicles"]["nodes"] == []
    mine = {
        node["id"]
        for node in (await api.ask(IDS, citizen))["data"]["viewer"]["violations"]["nodes"]
    }
    theirs = {node["id"] for node in answer["data"]["viewer"]["violations"]["nodes"]}
    assert not mine & theirs


async def test_changes_are_for_the_owner_only(
    api: Api, citizen: Person, stranger: Person, register: Register
) -> None:
    ids = await ids_of(api, citizen)
    who = callers(api, citizen, stranger)
    await register.forget_calls()
    expected: list[tuple[str, str]] = [
        ("nobody", "UNAUTHENTICATED"),
        ("officer", "FORBIDDEN"),
        ("stranger", "NOT_FOUND"),
    ]
    for caller, code in expected:
        body = {"query": UNBIND, "variables": {"id": ids["Vehicle"]}}
        answer = (await api.post(body, who[caller])).json()
        assert _code(answer, "unbindVehicle") == code
    for kind in ("Citizen", "Violation", "DrivingLicence"):
        answer = await api.ask(UNBIND, citizen, id=ids[kind])
        assert _code(answer, "unbindVehicle") == "BAD_REQUEST"
    bind = {"query": BIND, "variables": {"input": binding(citizen.vehicles[0])}}
    for caller, code in [*expected[:2], ("owner, unverified", "STEP_UP_REQUIRED")]:
        assert _code((await api.post(bind, who[caller])).json(), "bindVehicle") == code
    assert await register.calls() == {}
    assert (await ids_of(api, citizen))["Vehicle"] == ids["Vehicle"]


async def test_a_known_object_survives_a_silent_register_and_ages(
    api: Api, citizen: Person, register: Register, clock: Any
) -> None:
    """By id as in a list: with its age, and after a week the failure instead of old news."""
    ids = await ids_of(api, citizen)
    query = "query ($id: ID!) { node(id: $id) { ... on Violation { freshness { state } } } }"

    async def ask() -> Any:
        return await api.ask(query, citizen, id=ids["Violation"])

    def state(answer: Any) -> str:
        return str(answer["data"]["node"]["freshness"]["state"])

    await register.switch("down")
    clock.advance(minutes=11)
    assert state(await ask()) == "STALE"
    clock.advance(days=7)
    late = await ask()
    assert late["data"] == {"node": None}
    assert [e["extensions"]["code"] for e in late["errors"]] == ["UPSTREAM_UNAVAILABLE"]
    await register.calm()
    clock.advance(seconds=30)
    assert state(await ask()) == "FRESH"


def _violations(answer: Any) -> set[str]:
    return {node["id"] for node in answer["data"]["viewer"]["violations"]["nodes"]}


def _code(answer: Any, field: str) -> str:
    if "errors" in answer:
        return str(answer["errors"][0]["extensions"]["code"])
    return str(answer["data"][field]["refusals"][0]["code"])
