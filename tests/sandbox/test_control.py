"""The control endpoints: scenarios, the truth log, and changes to the city."""

from typing import Any

import pytest
from aiohttp.test_utils import make_mocked_request

from sandbox.city import MAGIC_PLATES, City
from sandbox.police import police_app
from sandbox.police.scenarios import SCENARIOS
from tests.sandbox.wire import Wire

HEALTHY = {"hpzl": "02", "hphm": MAGIC_PLATES["healthy"]}
OPEN = "5001037990000000"
UNPAID = "5001037990000001"
DECISION = "500103190000001"


async def active(wire: Wire) -> dict[str, Any]:
    report = await (await wire.http.get("/control/scenarios")).json()
    return {entry["name"]: entry["active"] for entry in report if entry["active"]}


async def test_scenarios_are_listed_with_description_and_plate(wire: Wire) -> None:
    report = await (await wire.http.get("/control/scenarios")).json()

    assert [entry["name"] for entry in report] == list(SCENARIOS)
    assert all(entry["description"] and entry["active"] == [] for entry in report)
    assert {entry["plate"] for entry in report} == set(MAGIC_PLATES.values()) - {"渝ZZ0000"}
    assert report[-1] == {
        "name": "huge-answer",
        "description": "The answer has `megabytes` (8).",
        "plate": "渝ZZ0015",
        "active": [],
    }


async def test_switching_on_and_off(wire: Wire) -> None:
    await wire.on("refusal", interface="04C03", times=3, parameters={"message": "休息"})
    await wire.on("refusal", interface="01C21")
    await wire.on("refusal", interface="01C21", plate="渝A00000")

    assert await active(wire) == {
        "refusal": [
            {"interface": "04C03", "plate": None, "times": 3, "parameters": {"message": "休息"}},
            {"interface": "01C21", "plate": None, "times": None, "parameters": {}},
            {"interface": "01C21", "plate": "渝A00000", "times": None, "parameters": {}},
        ]
    }
    await wire.on("refusal", interface="01C21", active=False)
    assert [one["interface"] for one in (await active(wire))["refusal"]] == ["04C03", "01C21"]
    await wire.http.delete("/control/scenarios")
    assert await active(wire) == {}


async def test_a_scenario_is_for_its_interface_plate_and_times(wire: Wire) -> None:
    await wire.on("refusal", interface="04C03", plate=HEALTHY["hphm"], times=2)

    async def codes(interface: str, **conditions: str) -> list[str]:
        return [(await wire.ask(interface, **conditions)).code for _ in range(1)]

    assert await codes("01C21", **HEALTHY) == ["1"]
    assert await codes("04C03", hpzl="02", hphm="渝A00000") == ["1"]
    assert await codes("04C03", **HEALTHY) == ["0"]
    assert await codes("04C03", xh=OPEN) == ["0"]
    assert await codes("04C03", **HEALTHY) == ["1"]
    assert await active(wire) == {}


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (b"", 400, None),
        (b"[]", 400, "a JSON object is expected"),
        (b"{}", 400, "name is missing"),
        (b'{"name": "no-such"}', 404, "unknown: no-such"),
        (b'{"name": "down", "times": 0}', 400, "times must be a positive whole number"),
        (b'{"name": "down", "times": "2"}', 400, "times must be a positive whole number"),
    ],
)
async def test_bad_switches(wire: Wire, body: bytes, status: int, error: str | None) -> None:
    response = await wire.http.post("/control/scenarios", data=body)

    assert response.status == status
    if error:
        assert await response.json() == {"error": error}
    assert await active(wire) == {}


async def test_the_truth_log(wire: Wire) -> None:
    await wire.ask("04C03", **HEALTHY)
    await wire.on("remark", interface="04C03")
    await wire.ask("04C03", **HEALTHY)
    await wire.ask("01C21", **HEALTHY)
    await wire.ask("04C01", jdsbh=DECISION)
    report = await (await wire.http.get("/control/calls")).json()
    moments = [call.pop("at") for calls in report["subjects"].values() for call in calls]

    assert report == {
        "total": 4,
        "interfaces": {"01C21": 1, "04C01": 1, "04C03": 2},
        "subjects": {
            "02 渝ZZ0000": [
                {"interface": "04C03", "subject": "02 渝ZZ0000", "scenarios": []},
                {"interface": "04C03", "subject": "02 渝ZZ0000", "scenarios": ["remark"]},
                {"interface": "01C21", "subject": "02 渝ZZ0000", "scenarios": []},
            ],
            f"jdsbh {DECISION}": [
                {"interface": "04C01", "subject": f"jdsbh {DECISION}", "scenarios": []}
            ],
        },
    }
    assert len(moments) == 4
    await wire.http.delete("/control/calls")
    empty = await (await wire.http.get("/control/calls")).json()
    assert empty == {"total": 0, "interfaces": {}, "subjects": {}}


async def rows(wire: Wire) -> dict[str, dict[str, str]]:
    return {row["xh"]: row for row in (await wire.ask("04C03", **HEALTHY)).rows or []}


async def test_remove_and_reset(wire: Wire) -> None:
    before = await rows(wire)
    await wire.change("remove", xh=OPEN)

    assert await rows(wire) == {xh: row for xh, row in before.items() if xh != OPEN}
    assert (await wire.ask("04C03", xh=OPEN)).rows == []
    assert (await wire.ask("04C04", xh=OPEN)).rows == []
    await wire.change("reset")
    assert await rows(wire) == before


async def test_add(wire: Wire) -> None:
    before = await rows(wire)
    fields = HEALTHY | {
        "xh": "5001127912345678",
        "wfsj": "2026-10-30 08:00:00.0",
        "tzrq": "",
        "tzbj": "0",
        "wfxw": "1345",
        "fkje": "150",
        "wfjfs": "1",
    }
    row = await wire.change("add", fields=fields)

    assert row == row | fields
    assert await rows(wire) == before | {fields["xh"]: row}
    assert (await wire.ask("04C03", xh=fields["xh"])).rows == [row]
    await wire.change("reset")
    assert await rows(wire) == before


async def test_change_resend_and_tombstone(wire: Wire) -> None:
    before = (await rows(wire))[OPEN]
    paid = {"clbj": "1", "jkbj": "1"}

    assert await wire.change("change", xh=OPEN, fields=paid) == before | paid
    resent = before | paid | {"jllx": "2", "gxsj": "2026-10-14 11:35:38.0", "fkje": "200"}
    assert await wire.change("resend", xh=OPEN, fields={"fkje": "200"}) == resent
    buried = resent | {"jllx": "3", "gxsj": "2026-10-15 11:35:38.0"}
    assert await wire.change("tombstone", xh=OPEN) == buried
    assert (await rows(wire))[OPEN] == buried


async def test_handle_and_pay(wire: Wire, city: City) -> None:
    driver = city.citizen(0)
    before = (await rows(wire))[OPEN]
    decision = await wire.change("handle", xh=OPEN, jszh=driver.identity_number)
    handled = (await rows(wire))[OPEN]

    assert handled == before | {
        "clbj": "1",
        "clsj": "2026-11-01 12:00:00.0",
        "cljg": before["cjjg"],
        "cljgmc": before["cjjgmc"],
        "jdsbh": decision["jdsbh"],
        "wfbh": decision["wfbh"],
        "jllx": "2",
        "gxsj": "2026-11-01 12:00:00.0",
    }
    assert (decision["dsr"], decision["jkbj"]) == (driver.name, "0")
    for key in ({"jdsbh": decision["jdsbh"]}, {"wfbh": decision["wfbh"]}):
        assert (await wire.ask("04C01", **key)).rows == [decision]
    of_driver = (await wire.ask("04C01", jszh=driver.identity_number)).rows or []
    assert decision in of_driver
    assert len(of_driver) == len(driver.decisions) + 1

    paid = await wire.change("pay", jdsbh=decision["jdsbh"])
    assert paid == decision | {"jkbj": "1", "jkfs": "2", "jkrq": "2026-11-01", "jllx": "2"}
    assert (await rows(wire))[OPEN] == handled | {"jkbj": "1"}


async def test_change_decision_and_today(wire: Wire) -> None:
    await wire.change("change-decision", jdsbh=DECISION, fields={"clsj": "2026-10-01 10:00:00.0"})
    found = (await wire.ask("04C01", jdsbh=DECISION)).rows or []
    assert found[0]["znj"] == "48"
    await wire.change("today", date="2026-10-16")
    found = (await wire.ask("04C01", jdsbh=DECISION)).rows or []
    assert (found[0]["clsj"], found[0]["znj"]) == ("2026-10-01 10:00:00.0", "0")


async def test_change_owner(wire: Wire) -> None:
    owner = {"syr": "李新", "sfzmhm": "500000190001010015"}
    before = (await wire.ask("01C21", **HEALTHY)).rows or []
    await wire.change("change-owner", **HEALTHY, **owner)

    assert (await wire.ask("01C21", **HEALTHY)).rows == [before[0] | owner]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({}, 400, "action is missing"),
        ({"action": "burn"}, 404, "unknown: burn"),
        ({"action": "remove", "xh": "1"}, 404, "unknown: no record 1"),
        ({"action": "resend", "xh": "1"}, 404, "unknown: no record 1"),
        ({"action": "pay", "jdsbh": "1"}, 404, "unknown: no decision 1"),
        ({"action": "handle", "xh": OPEN, "jszh": "1"}, 404, "unknown: no driver 1"),
        (
            {"action": "handle", "xh": UNPAID, "jszh": "500000198808089998"},
            400,
            f"record {UNPAID} is handled",
        ),
        ({"action": "change", "xh": OPEN, "fields": {"a": "b"}}, 400, "unknown fields: a"),
        (
            {"action": "change", "xh": OPEN, "fields": {"fkje": "x"}},
            400,
            "invalid literal for int() with base 10: 'x'",
        ),
        (
            {"action": "add", "fields": {"hpzl": "02", "hphm": "渝A00000", "xh": "1"}},
            404,
            "unknown: no vehicle 02 渝A00000",
        ),
        ({"action": "add", "fields": HEALTHY | {"xh": OPEN}}, 400, f"record {OPEN} exists"),
        (
            {
                "action": "change-owner",
                "hpzl": "02",
                "hphm": "渝A00000",
                "syr": "a",
                "sfzmhm": "b",
            },
            404,
            "unknown: no vehicle 02 渝A00000",
        ),
        ({"action": "today", "date": "soon"}, 400, "Invalid isoformat string: 'soon'"),
    ],
)
async def test_bad_changes_change_nothing(
    wire: Wire, body: dict[str, Any], status: int, error: str
) -> None:
    before = await rows(wire)
    response = await wire.http.post("/control/records", json=body)

    assert (response.status, await response.json()) == (status, {"error": error})
    assert await rows(wire) == before


@pytest.mark.parametrize("address", ["10.0.0.1", "192.168.1.20", "2001:db8::1", None])
async def test_control_is_for_loopback_only(city: City, address: str | None) -> None:
    app = police_app(city)
    for method, path in (("GET", "scenarios"), ("POST", "records"), ("DELETE", "calls")):
        request = make_mocked_request(method, f"/control/{path}", app=app).clone(
            remote=address or ""
        )
        match = await app.router.resolve(request)
        response: Any = await match.handler(request)
        assert response.status == 403
