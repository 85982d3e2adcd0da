"""Odd arguments are the client's mistake or find nothing; they are never an internal error."""

import base64
from typing import Any

import pytest

from sandbox.city import Person
from tests.graphql.queries import BIND, bind_all
from tests.graphql.test_lists import DEMO, everything
from tests.stack import Api

ZERO = "00000000-0000-0000-0000-000000000000"


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode()


BAD_ARGUMENTS: list[dict[str, Any]] = [
    {"filter": {"code": "\x00"}},
    {"filter": {"code": ""}},
    {"filter": {"code": "16 25"}},
    {"filter": {"code": "x" * 50_000}},
    {"filter": {"code": "\U0001f600"}},
    {"filter": {"plate": ""}},
    {"filter": {"plate": "使\x0012345"}},
    {"filter": {"plate": "\x00"}},
    {"filter": {"plate": "渝" * 20_000}},
    {"filter": {"plate": "\ufdfa" * 15_000}},
    {"first": 51},
    {"first": -(2**31)},
    {"after": ""},
    {"after": "é"},
    {"after": "=" * 1000},
    {"after": cursor("null")},
    {"after": cursor("[" * 5000)},
    {"after": cursor("{}")},
    {"after": cursor('["occurred_at", 1, 2]')},
    {"after": cursor('["occurred_at", "2026-01-01", "x"]')},
    {"after": cursor(f'["occurred_at", "2026-01-01T00:00:00", "{ZERO}"]')},
    {"after": cursor(f'["occurred_at", 253402300800000000, "{ZERO}"]')},
    {"after": cursor(f'["occurred_at", -62135596800000001, "{ZERO}"]')},
    {"after": cursor(f'["occurred_at", 1.5, "{ZERO}"]')},
    {"after": cursor(f'["occurred_at", true, "{ZERO}"]')},
    {"after": cursor(f'["fine", 100, "{ZERO}"]')},
    {"after": cursor(f'["occurred_at", "\\ud800", "{ZERO}"]')},
    {"after": cursor('["offset", 1]')},
]


async def test_bad_arguments(api: Api, citizen: Person) -> None:
    for variables in BAD_ARGUMENTS:
        answer = await api.ask(DEMO, citizen, **variables)

        assert answer["data"] == {"viewer": {"violations": None}}, str(variables)[:80]
        assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_REQUEST"}]
    by_fine: dict[str, Any] = {"orderBy": {"field": "FINE"}}
    for value in ("1e300", str(2**63), "null", '"x"', "[]"):
        after = cursor(f'["fine", {value}, "{ZERO}"]')
        answer = await api.ask(DEMO, citizen, **by_fine, after=after)
        assert [error["extensions"] for error in answer["errors"]] == [{"code": "BAD_REQUEST"}]


async def test_far_away_days_and_places_are_fine(api: Api, citizen: Person) -> None:
    all_of_it = await everything(api, citizen)

    wide = {"occurredFrom": "0001-01-01", "occurredUntil": "9999-12-31"}
    assert (await everything(api, citizen, filter=wide))["totalCount"] == all_of_it["totalCount"]
    for narrow in ({"occurredUntil": "0001-01-01"}, {"occurredFrom": "9999-12-31"}):
        assert (await everything(api, citizen, filter=narrow))["totalCount"] == 0
    # The first and the last instant there are, in microseconds since 1970.
    for instant in (-62135596800_000000, 253402300799_999999):
        after = cursor(f'["occurred_at", {instant}, "{ZERO}"]')
        page = await everything(api, citizen, after=after)
        assert page["totalCount"] == all_of_it["totalCount"]
    assert (await everything(api, citizen, filter={"code": " 9999 "}))["totalCount"] == 0


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"plate": "使\x0012345"}, "PLATE_INVALID"),
        ({"plate": "渝A12\x0045"}, "PLATE_INVALID"),
        ({"plate": "渝" * 20_000}, "PLATE_INVALID"),
        ({"plate": "{part}"}, "PLATE_INVALID"),
        ({"proof": "\x00"}, "PROOF_INVALID"),
        ({"proof": "１２３４５"}, "PROOF_INVALID"),
        ({"proof": "1" * 60_000}, "PROOF_INVALID"),
        ({"proof": "İıſß\U0001f600"}, "PROOF_INVALID"),
        ({"proof": ""}, "PROOF_INVALID"),
    ],
)
async def test_bad_proofs_and_plates(
    api: Api, citizen: Person, changed: dict[str, str], code: str
) -> None:
    body = {"plate": "渝A12345", "plateType": "SMALL_VEHICLE", "proof": "123456"} | changed

    answer = await api.ask(BIND, citizen, input=body)

    assert [one["code"] for one in answer["data"]["bindVehicle"]["refusals"]] == [code]


async def test_odd_codes_are_not_found(api: Api) -> None:
    query = """query ($code: String!, $on: Date) { violationCode(code: $code, on: $on) { code } }"""
    for odd in ("", "\x00", "1625\x00", "1625" * 10_000, "1625zz", "１６２５", "%", "\U0001f600"):
        assert await api.ask(query, code=odd) == {"data": {"violationCode": None}}, odd[:20]
    for day in ("0001-01-01", "9999-12-31"):
        answer = await api.ask(query, code=" 1625 ", on=day)
        assert answer == {"data": {"violationCode": {"code": "1625"}}}


async def test_odd_searches(api: Api) -> None:
    query = """query ($text: String!, $after: String) {
        violationCodes(search: $text, after: $after) { totalCount nodes { code } } }"""
    for odd in ("\x00", "_", "\ufdfa", "\U0001f600" * 40):
        answer = await api.ask(query, text=odd)
        assert answer == {"data": {"violationCodes": {"totalCount": 0, "nodes": []}}}
    late = await api.ask(query, text="1", after=cursor(f'["offset", {2**31 - 1}]'))
    assert late["data"]["violationCodes"]["nodes"] == []
    for bad in (f'["offset", {2**31}]', '["offset", -1]', '["offset", true]', '["offset", 1.5]'):
        answer = await api.ask(query, text="1", after=cursor(bad))
        assert answer["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}, bad
    long = await api.ask(query, text="x" * 41)
    assert long["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}


async def test_odd_ids(api: Api, citizen: Person) -> None:
    query = "query ($id: ID!) { node(id: $id) { id } }"
    odd = ["", "é", "\x00", "x" * 50_000, cursor("Vehicle:"), cursor(f"Nothing:{ZERO}")]
    for one in [*odd, cursor("Vehicle:\x00"), cursor("Violation:" + "0" * 31), cursor("\udc80")]:
        answer = await api.ask(query, citizen, id=one)
        assert answer["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}, one[:40]
    for kind in ("Vehicle", "Violation", "DrivingLicence", "Citizen"):
        assert await api.ask(query, citizen, id=cursor(f"{kind}:{ZERO}")) == {
            "data": {"node": None}
        }


LIST = "violations(first: 50) { totalCount totals { fine { fen } points } nodes { id } }"
ASKED_TWICE = f"""{{ viewer {{
  vehicles {{ edges {{ node {{ {LIST} }} }} nodes {{ {LIST} }} }}
  violations(first: 50) {{ nodes {{ vehicle {{ {LIST} }} }} }}
}} }}"""


async def test_a_vehicle_asked_about_in_several_places_is_counted_once(
    api: Api, citizen: Person
) -> None:
    await bind_all(api, citizen)
    once = await api.ask(f"{{ viewer {{ vehicles {{ nodes {{ {LIST} }} }} }} }}", citizen)
    expected = once["data"]["viewer"]["vehicles"]["nodes"]

    viewer = (await api.ask(ASKED_TWICE, citizen))["data"]["viewer"]

    assert viewer["vehicles"]["nodes"] == expected
    assert [edge["node"] for edge in viewer["vehicles"]["edges"]] == expected
    for node in viewer["violations"]["nodes"]:
        assert node["vehicle"] is None or node["vehicle"] in expected
    for vehicle in expected:
        ids = [node["id"] for node in vehicle["violations"]["nodes"]]
        assert len(ids) == len(set(ids)) == vehicle["violations"]["totalCount"]
