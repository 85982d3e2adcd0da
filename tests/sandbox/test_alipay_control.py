"""The control endpoints that every platform has, and Alipay's own."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from sandbox.alipay import alipay_app
from sandbox.city import City
from tests.sandbox.alipay_wire import QUERY, TOKEN, Alipay, credentials, served

NAMES = [
    *("user-id", "no-fail-reason", "identity-info", "pays-at-once", "create-refused"),
    *("query-amount", "query-lags", "refund-refused", "refund-pending", "refund-query-lags"),
    *("refund-query-old", "service-unavailable", "throttled"),
    *("system-error", "failure-in-node", "unbalanced-brace", "gbk", "wrong-node", "unsigned"),
    *("wrong-signature", "sign-first", "certificate-sn", "escaped-slashes"),
    *("notice-lost", "notice-duplicate", "notice-late", "notice-early", "notice-reversed"),
    *("notice-forged", "notice-amount", "notice-other-merchant", "notice-unknown-order"),
    *("slow", "hang"),
    *("drop-before", "drop-after", "cut-body", "http-500", "bad-gateway", "unavailable"),
    *("html-answer", "not-json", "half-body", "huge-answer", "wrong-content-type", "redirect"),
]


@pytest.fixture
async def alipay(city: City) -> AsyncIterator[Alipay]:
    async with served(city) as one:
        yield one


async def scenarios(alipay: Alipay) -> list[dict[str, Any]]:
    report: list[dict[str, Any]] = await (await alipay.http.get("/control/scenarios")).json()
    return report


async def active(alipay: Alipay) -> dict[str, Any]:
    return {one["name"]: one["active"] for one in await scenarios(alipay) if one["active"]}


async def test_scenarios_are_listed(alipay: Alipay) -> None:
    report = await scenarios(alipay)

    assert [one["name"] for one in report] == NAMES
    assert all(one["description"] and one["active"] == [] for one in report)
    assert report[NAMES.index("slow")] == {
        "name": "slow",
        "description": "The answer takes `seconds`.",
        "parameters": {"effect": True, "seconds": 5.0},
        "active": [],
    }
    assert report[NAMES.index("drop-before")]["parameters"] == {"effect": False}


async def test_switching_on_and_off(alipay: Alipay) -> None:
    await alipay.on("slow", method=QUERY, times=3, parameters={"seconds": 1})
    await alipay.on("slow", parameters={"effect": False})
    await alipay.on("slow", method=TOKEN)
    await alipay.on("slow", method=TOKEN, times=1)
    plain = {"effect": True, "seconds": 5.0}

    assert await active(alipay) == {
        "slow": [
            {"method": QUERY, "times": 3, "parameters": plain | {"seconds": 1}},
            {"method": None, "times": None, "parameters": plain | {"effect": False}},
            {"method": TOKEN, "times": 1, "parameters": plain},
        ]
    }
    await alipay.on("slow", active=False)
    await alipay.on("slow", method=TOKEN, active=False)
    assert [one["method"] for one in (await active(alipay))["slow"]] == [QUERY]
    assert (await alipay.http.delete("/control/scenarios")).status == 200
    assert await active(alipay) == {}


@pytest.mark.parametrize(
    ("wanted", "status", "error"),
    [
        ([], 400, "a JSON object is expected"),
        ({}, 400, "name is missing"),
        ({"name": 1}, 400, "name is missing"),
        ({"name": "no-such"}, 404, "unknown: no-such"),
        ({"name": "no-such", "active": False}, 404, "unknown: no-such"),
        ({"name": "slow", "method": "x"}, 404, "unknown: method x"),
        ({"name": "slow", "times": 0}, 400, "times must be a positive whole number"),
        ({"name": "slow", "times": "2"}, 400, "times must be a whole number"),
        ({"name": "slow", "times": True}, 400, "times must be a whole number"),
        ({"name": "slow", "parameters": []}, 400, "parameters must be an object"),
        ({"name": "slow", "parameters": {"x": 1}}, 400, "slow has no parameter x"),
        (
            {"name": "slow", "parameters": {"seconds": "1"}},
            400,
            "seconds must be a number from 0",
        ),
        ({"name": "slow", "parameters": {"seconds": -1}}, 400, "seconds must be a number from 0"),
        (
            {"name": "slow", "parameters": {"seconds": True}},
            400,
            "seconds must be a number from 0",
        ),
        ({"name": "slow", "parameters": {"effect": 1}}, 400, "effect must be true or false"),
        ({"name": "redirect", "parameters": {"location": 1}}, 400, "location must be a text"),
    ],
)
async def test_bad_switches(alipay: Alipay, wanted: Any, status: int, error: str) -> None:
    response = await alipay.http.post("/control/scenarios", json=wanted)

    assert (response.status, await response.json()) == (status, {"error": error})
    assert await active(alipay) == {}


@pytest.mark.parametrize(
    ("path", "wanted", "status", "error"),
    [
        ("auth-codes", {}, 400, "citizen must be a whole number"),
        ("auth-codes", {"citizen": "1"}, 400, "citizen must be a whole number"),
        ("auth-codes", {"citizen": True}, 400, "citizen must be a whole number"),
        ("auth-codes", {"citizen": 400}, 404, "unknown: citizen 400 of 400"),
        ("auth-codes", {"citizen": -3}, 404, "unknown: citizen -3 of 400"),
        ("auth-codes", {"citizen": 1, "appId": ""}, 400, "appId is missing"),
        ("auth-codes", {"citizen": 1, "appId": 7}, 400, "appId is missing"),
        ("certify", {}, 400, "certifyId is missing"),
        ("certify", {"certifyId": "1"}, 400, "either citizen or outcome must be given"),
        (
            "certify",
            {"certifyId": "1", "citizen": 1, "outcome": "fail"},
            400,
            "either citizen or outcome must be given",
        ),
        ("certify", {"certifyId": "1", "citizen": 1}, 404, "unknown: certifyId 1"),
        ("certify", {"certifyId": "1", "outcome": "fail"}, 404, "unknown: certifyId 1"),
        (
            "certify",
            {"certifyId": "1", "outcome": "pass"},
            400,
            "outcome must be one of fail, cancel",
        ),
        ("clock", {}, 400, "advanceSeconds must be a number from 0"),
        ("clock", {"advanceSeconds": -1}, 400, "advanceSeconds must be a number from 0"),
        ("clock", {"advanceSeconds": True}, 400, "advanceSeconds must be a number from 0"),
        ("clock", {"advanceSeconds": "1"}, 400, "advanceSeconds must be a number from 0"),
    ],
)
async def test_bad_wishes(
    alipay: Alipay, path: str, wanted: dict[str, Any], status: int, error: str
) -> None:
    response = await alipay.http.post(f"/control/{path}", json=wanted)

    assert (response.status, await response.json()) == (status, {"error": error})


@pytest.mark.parametrize("path", ["scenarios", "auth-codes", "certify", "clock"])
async def test_what_is_no_json(alipay: Alipay, path: str) -> None:
    for body in (b"", b"{", b"\xff"):
        assert (await alipay.http.post(f"/control/{path}", data=body)).status == 400


async def test_the_truth_log(alipay: Alipay, city: City) -> None:
    certify_id = await alipay.check(city.citizen(0))
    await alipay.http.delete("/control/log")
    await alipay.on("wrong-node", method=QUERY)
    code = await alipay.auth_code(3)
    for _ in range(2):
        await alipay.raw(TOKEN, grant_type="authorization_code", code=code)
    await alipay.raw(QUERY, {"certify_id": certify_id})
    response = await alipay.http.get("/control/log")
    report = await response.json()
    moments = [call.pop("at") for call in report["calls"]]

    assert report == {
        "total": 3,
        "methods": {TOKEN: 2, QUERY: 1},
        "calls": [
            {"method": TOKEN, "outcome": "success", "scenarios": []},
            {"method": TOKEN, "outcome": "40002 isv.code-invalid", "scenarios": []},
            {"method": QUERY, "outcome": "10000", "scenarios": ["wrong-node"]},
        ],
    }
    assert moments == sorted(moments)
    for secret in (code, certify_id, city.citizen(0).name, city.citizen(0).identity_number):
        assert secret not in await response.text()
    await alipay.http.delete("/control/log")
    empty = await (await alipay.http.get("/control/log")).json()
    assert empty == {"total": 0, "methods": {}, "calls": []}


async def test_the_clock_is_put_forward(alipay: Alipay) -> None:
    assert await alipay.control("clock", advanceSeconds=90) == {"aheadSeconds": 90.0}
    assert await alipay.control("clock", advanceSeconds=0.5) == {"aheadSeconds": 90.5}


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.20", "2001:db8::1", None])
async def test_control_is_for_loopback_only(city: City, address: str | None) -> None:
    app = alipay_app(city, credentials())
    for method, path in (
        ("GET", "scenarios"),
        ("POST", "auth-codes"),
        ("POST", "certify"),
        ("POST", "clock"),
        ("DELETE", "log"),
    ):
        request = make_mocked_request(method, f"/control/{path}", app=app).clone(
            remote=address or ""
        )
        match = await app.router.resolve(request)
        response: Any = await match.handler(request)
        assert response.status == 403
