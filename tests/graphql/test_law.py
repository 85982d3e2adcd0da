"""What the rulebook says about the citizen's violations, through the schema."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from runtime.settings import SettingsProblem
from sandbox.city import Person
from tests.graphql.queries import bind_all
from tests.stack import Api, Json, Register, TestClock, running_api, settings_for

QUOTE = """principal { yuan } surcharge { yuan } total { yuan }
  overdueDays dueOn frozen validUntil lighterRuleApplied"""
LIST = f"""query($at: DateTime) {{ viewer {{ violations(first: 50) {{ nodes {{
  id code {{ code }} status capture points quote(at: $at) {{ {QUOTE} }}
  deadlines {{ acceptBy payBy reconsiderationBy reconsiderationFirst litigationBy noPenaltyAfter }}
  eligibility {{ allowed refusals {{ code message rule legalBasis }} }} }} }} }} }}"""
CODES = "{ viewer { violations(first: 50) { nodes { eligibility { refusals { code } } } } } }"
FORECAST = """query($ids: [ID!]!) { viewer { licence { scoringCycle { forecast(violationIds: $ids) {
  pointsBefore pointsAfter limit reachesLimit alert cycleEndsOn nextResetOn } } } } }"""
RULE = """query($key: String!, $on: Date) { rule(key: $key, on: $on) {
  key number description value valueText validFrom validUntil source isCityOwn } }"""


async def violations(api: Api, person: Person, **variables: Json) -> list[Any]:
    answer = await api.ask(LIST, person, **variables)
    assert "errors" not in answer, answer
    nodes: list[Any] = answer["data"]["viewer"]["violations"]["nodes"]
    return nodes


def one(nodes: list[Any], code: str, status: str) -> Any:
    return next(n for n in nodes if (n["code"]["code"], n["status"]) == (code, status))


def money(yuan: str) -> dict[str, str]:
    return {"yuan": yuan}


async def test_an_overdue_decision(api: Api, citizen: Person, clock: TestClock) -> None:
    """Decided on 12 October 2026; 2 November is the sixth day after the fifteenth."""
    await bind_all(api, citizen)

    shown = one(await violations(api, citizen), "1223", "DECIDED")

    assert shown["quote"] == {
        "principal": money("50.00"),
        "surcharge": money("9.00"),
        "total": money("59.00"),
        "overdueDays": 6,
        "dueOn": "2026-10-27",
        "frozen": False,
        "validUntil": "2026-11-02T16:00:00+00:00",
        "lighterRuleApplied": False,
    }
    assert shown["deadlines"] == {
        "acceptBy": None,
        "payBy": "2026-10-27",
        "reconsiderationBy": "2026-12-11",
        "reconsiderationFirst": True,
        "litigationBy": None,
        "noPenaltyAfter": "2028-10-12",
    }
    assert [r["code"] for r in shown["eligibility"]["refusals"]] == [
        "ALREADY_HANDLED",
        "NOT_NON_SCENE",
    ]
    assert shown["eligibility"]["allowed"] is False


@pytest.mark.parametrize(
    ("at", "surcharge"),
    [
        ("2026-10-27T15:59:59Z", "0.00"),  # 23:59:59 of the fifteenth day in China
        ("2026-10-27T16:00:00Z", "1.50"),
        ("2026-11-02T15:59:59Z", "9.00"),
        ("2026-11-02T16:00:00Z", "10.50"),
        ("2026-11-03T00:00:00+08:00", "10.50"),
        ("2026-11-29T16:00:00Z", "50.00"),  # 34 days are 51.00: never more than the fine
        ("2099-01-01T00:00:00Z", "50.00"),
    ],
)
async def test_the_surcharge_grows_at_midnight_in_china(
    api: Api, citizen: Person, at: str, surcharge: str
) -> None:
    await bind_all(api, citizen)

    shown = one(await violations(api, citizen, at=at), "1223", "DECIDED")

    assert shown["quote"]["surcharge"] == money(surcharge)


async def test_what_is_not_decided_has_no_surcharge_and_can_be_accepted(
    api: Api, citizen: Person
) -> None:
    await bind_all(api, citizen)

    shown = one(await violations(api, citizen), "1018", "UNHANDLED")

    assert shown["quote"]["total"] == money("100.00")
    assert (shown["quote"]["overdueDays"], shown["quote"]["dueOn"]) == (0, None)
    assert shown["eligibility"] == {"allowed": True, "refusals": []}


async def test_nothing_is_owed_for_what_is_paid(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)

    nodes = await violations(api, citizen)

    over = [n for n in nodes if n["status"] in ("PAID", "NOTHING_TO_PAY", "WITHDRAWN")]
    assert over
    assert all(n["quote"] is None and not n["eligibility"]["allowed"] for n in over)


async def test_a_silent_register_is_a_reason_and_never_no_licence(
    api: Api, citizen: Person, register: Register
) -> None:
    await bind_all(api, citizen)
    await violations(api, citizen)
    await register.change("reset")
    async with api.running.db.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM mirror_entries WHERE subject = 'licence'")
    await register.switch("down", interface="02C06")

    nodes = (await api.ask(CODES, citizen))["data"]["viewer"]["violations"]["nodes"]

    codes = [{r["code"] for r in n["eligibility"]["refusals"]} for n in nodes]
    assert all("UPSTREAM_UNAVAILABLE" in one for one in codes)
    assert not any("LICENCE_NOT_BOUND" in one for one in codes)


async def test_a_page_of_judgements_asks_for_the_licence_once(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    await violations(api, citizen)
    api.statements.clear()

    await api.ask(CODES, citizen)

    assert len(api.statements) == 3  # holdings, violations, what stands about them here


async def test_forecast(api: Api, citizen: Person, stranger: Person) -> None:
    await bind_all(api, citizen)
    nodes = await violations(api, citizen)
    ids = [n["id"] for n in nodes if n["status"] == "UNHANDLED"]
    points = sum(n["points"] for n in nodes if n["status"] == "UNHANDLED")

    async def forecast(chosen: list[str], person: Person = citizen) -> Any:
        answer = await api.ask(FORECAST, person, ids=chosen)
        if "errors" in answer:
            return [error["extensions"]["code"] for error in answer["errors"]]
        return answer["data"]["viewer"]["licence"]["scoringCycle"]["forecast"]

    expected = {
        "pointsBefore": 3,
        "pointsAfter": 3 + points,
        "limit": 12,
        "reachesLimit": False,
        "alert": False,
        "cycleEndsOn": "2027-05-17",
        "nextResetOn": "2027-05-18",
    }
    assert await forecast(ids) == expected
    assert await forecast(ids[::-1] * 2) == expected
    assert (await forecast([]))["pointsAfter"] == 3
    assert await forecast(ids, stranger) == ["BAD_REQUEST"]
    assert await forecast(["nonsense"]) == ["BAD_REQUEST"]
    assert await forecast(ids[:1] * 21) == ["BAD_REQUEST"]


async def test_a_rule_explains_itself(api: Api) -> None:
    limit = (await api.ask(RULE, key="handle.points_after"))["data"]["rule"]
    before = (await api.ask(RULE, key="handle.points_after", on="2017-06-30"))["data"]["rule"]
    chinese = (await api.ask(RULE, language="zh-CN", key="surcharge.percent_per_day"))["data"]

    assert (limit["number"], limit["value"], limit["validFrom"]) == ("R3", '"<=12"', "2017-07-01")
    assert limit["isCityOwn"] is True
    assert (before["value"], before["validUntil"]) == ('"<12"', "2017-06-30")
    assert before["isCityOwn"] is False
    assert chinese["rule"] is None or chinese["rule"]["number"] == "R19"
    assert (await api.ask(RULE, key="no.such"))["data"] == {"rule": None}
    everything = (await api.ask("{ rules { key source valueText } }"))["data"]["rules"]
    assert len(everything) >= 45
    assert all(rule["source"] and rule["valueText"] for rule in everything)


async def test_a_citys_own_rulebook(
    trial: Path,
    tmp_path: Path,
    database_url: str,
    register: Register,
    clock: TestClock,
    citizen: Person,
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        """
[city]
id = "own"
name = { zh = "本市", en = "Own" }
province = "重庆"

[[rule."handle.max_fine_fen"]]
value = 9999
from = 2020-01-01
source = { zh = "市局通知", en = "Notice of the bureau" }
""",
        "utf-8",
    )
    settings = settings_for(trial, register.url, rulebook=str(own))
    async with running_api(settings, database_url, clock) as api:
        await bind_all(api, citizen)

        shown = one(await violations(api, citizen), "1018", "UNHANDLED")["eligibility"]

        assert [(r["code"], r["rule"]) for r in shown["refusals"]] == [
            ("FINE_OVER_LIMIT", "handle.max_fine_fen")
        ]
    own.write_text(own.read_text("utf-8").replace("9999", '"cheap"'), "utf-8")
    with pytest.raises(SettingsProblem, match=r"CLEARWAY_RULEBOOK: .*line 8"):
        async with running_api(settings, database_url, clock):
            pass


def test_the_clock_of_these_cases() -> None:
    assert TestClock()() == datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
