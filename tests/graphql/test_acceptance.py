"""Accepting violations: previewed, confirmed by a fresh face, decided by the register, once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from sandbox.city import CameraRecord, Person
from tests.graphql.accepting import (
    ACCEPT,
    PREVIEW_ACCEPTANCE,
    Accepting,
    accepting,
    open_records,
)
from tests.graphql.phones import Phone
from tests.graphql.queries import BIND, binding
from tests.http.test_tokens import officer_token
from tests.stack import Api, Platforms, Register, TestClock


@pytest.fixture
async def me(api: Api, register: Register, clock: TestClock, citizen: Person) -> Accepting:
    return await accepting(api, register, clock, citizen)


@pytest.fixture
def records(citizen: Person) -> list[CameraRecord]:
    return open_records(citizen)


async def test_a_preview_shows_all_that_counts(me: Accepting, records: list[CameraRecord]) -> None:
    """1018 costs 100 yuan and no points; 1205 costs 200 and 3 points; 3 points stand."""
    lane, parked = records[0], records[2]
    ids = await me.ids(lane, parked)

    result = await me.preview(*ids)

    preview = result["preview"]
    assert result["__typename"] == "PreviewAcceptanceSuccess"
    assert [item["violation"]["id"] for item in preview["items"]] == ids
    assert [item["fine"]["yuan"] for item in preview["items"]] == ["100.00", "200.00"]
    assert [item["points"] for item in preview["items"]] == [0, 3]
    assert preview["items"][0]["deadlines"] == {
        "payBy": "2026-11-17",
        "reconsiderationBy": "2027-01-01",
        "reconsiderationFirst": False,
        "litigationBy": "2027-05-03",
    }
    assert preview["totals"] == {
        "fine": {"yuan": "300.00"},
        "points": 3,
        "forecast": {"pointsBefore": 3, "pointsAfter": 6, "reachesLimit": False},
    }
    assert len(preview["rights"]) == 3
    assert "60 days" in preview["rights"][1]
    assert preview["validUntil"] == "2026-11-02T16:00:00+00:00"
    shown = preview["items"][1]["decisionText"]
    assert me.person.name in shown
    assert me.person.identity_number in shown
    assert "罚款 200.00 元。" in shown
    assert "一次记 3 分" in shown
    assert "{" not in shown
    assert await me.writes() == []
    assert await me.hash(*ids[::-1]) == preview["hash"]
    assert await me.hash(ids[0]) != preview["hash"]


async def test_accepted_is_decided_and_shown_at_once(
    me: Accepting, records: list[CameraRecord], citizen: Person
) -> None:
    ids = await me.ids(records[0], records[2])
    preview = (await me.preview(*ids))["preview"]

    result = await me.accept(preview["hash"], *ids)

    acceptance = result["acceptance"]
    assert result["__typename"] == "AcceptViolationsSuccess"
    assert acceptance["confirmedAt"] == "2026-11-02T04:00:00+00:00"
    assert [item["status"] for item in acceptance["items"]] == ["DECIDED", "DECIDED"]
    assert [item["problem"] for item in acceptance["items"]] == [None, None]
    assert [item["violation"] for item in acceptance["items"]] == [
        {"id": one, "status": "DECIDED"} for one in ids
    ]
    expected = {("04C56", records[0].serial), ("04C56", records[2].serial)}
    assert {*await me.writes()} == expected
    decision = acceptance["items"][1]["decision"]
    assert (decision["fine"], decision["points"]) == ({"yuan": "200.00"}, 3)
    assert decision["status"] == "UNPAID"
    assert decision["decidedAt"] == decision["servedAt"] == "2026-11-02T04:00:00+00:00"
    assert len(decision["number"]) == 16
    final = preview["items"][1]["decisionText"].replace(
        "编号：（作出决定后填写）", f"编号：{decision['number']}"
    )
    assert decision["text"] == final.replace("日期：（作出决定后填写）", "日期：2026年11月2日")
    listed = await me.violation(ids[1])
    assert (listed["status"], listed["decision"]) == ("DECIDED", decision)
    assert listed["acceptance"] == {
        "acceptanceId": acceptance["id"],
        "confirmedAt": acceptance["confirmedAt"],
        "status": "DECIDED",
        "problem": None,
    }
    assert [one["code"] for one in listed["eligibility"]["refusals"]] == ["ALREADY_HANDLED"]


async def test_twenty_at_once_are_one_effect(me: Accepting, records: list[CameraRecord]) -> None:
    (one,) = await me.ids(records[2])
    preview_hash = await me.hash(one)

    results = await asyncio.gather(
        *(me.accept(preview_hash, one, key=f"tap-{n:03}-of-me") for n in range(20))
    )

    won = [r for r in results if r["__typename"] == "AcceptViolationsSuccess"]
    lost = [r for r in results if r["__typename"] == "Refused"]
    assert (len(won), len(lost)) == (1, 19)
    codes = {refusal["code"] for result in lost for refusal in result["refusals"]}
    assert codes <= {"BEING_HANDLED_ELSEWHERE", "ALREADY_HANDLED"}
    assert {r["violationId"] for result in lost for r in result["refusals"]} == {one}
    assert await me.writes() == [("04C56", records[2].serial)]
    assert (await me.register.calls())["04C56"] == 1
    assert await me.rows("acceptances") == await me.rows("accepted_violations") == 1


async def test_the_same_request_twenty_times_is_one_acceptance(
    me: Accepting, records: list[CameraRecord]
) -> None:
    (one,) = await me.ids(records[2])
    preview_hash = await me.hash(one)

    results = await asyncio.gather(*(me.accept(preview_hash, one) for _ in range(20)))

    assert {r["__typename"] for r in results} == {"AcceptViolationsSuccess"}
    assert len({r["acceptance"]["id"] for r in results}) == 1
    assert (await me.register.calls())["04C56"] == 1
    again = await me.accept(preview_hash, one)
    assert [item["status"] for item in again["acceptance"]["items"]] == ["DECIDED"]
    assert (await me.register.calls())["04C56"] == 1


async def test_a_key_stands_for_one_request(me: Accepting, records: list[CameraRecord]) -> None:
    one, other = await me.ids(records[0], records[2])
    await me.accept(await me.hash(one), one)

    given = me.input(await me.hash(other), other)
    reused = await me.ask(ACCEPT, input=given)
    bad = await me.ask(ACCEPT, input=given | {"idempotencyKey": "short"})

    assert [e["extensions"] for e in reused["errors"]] == [{"code": "BAD_REQUEST"}]
    assert "used for another request" in reused["errors"][0]["message"]
    assert [e["extensions"] for e in bad["errors"]] == [{"code": "BAD_REQUEST"}]
    assert await me.writes() == [("04C56", records[0].serial)]


@pytest.mark.parametrize("claims", [{"auth_time": None}, {"auth_time": -601}, {"acr": "basic"}])
async def test_a_yes_needs_a_fresh_face(
    me: Accepting, records: list[CameraRecord], claims: dict[str, object]
) -> None:
    (one,) = await me.ids(records[0])
    given = me.input(await me.hash(one), one)
    if isinstance(age := claims.get("auth_time"), int):
        claims = {"auth_time": int(me.clock.now.timestamp()) + age}

    answer = await me.ask(ACCEPT, token=me.token(**claims), input=given)

    assert answer["data"] is None
    assert [error["extensions"] for error in answer["errors"]] == [
        {"code": "STEP_UP_REQUIRED", "acr": "face", "maxAge": 600}
    ]
    assert "within 10 minutes" in answer["errors"][0]["message"]
    assert await me.rows("acceptances") == 0
    edge = me.token(auth_time=int(me.clock.now.timestamp()) - 600)
    late = await me.ask(ACCEPT, token=edge, input=given)
    assert late["data"]["acceptViolations"]["__typename"] == "AcceptViolationsSuccess"
    # What is accepted already can be looked at again with an older face.
    replay = await me.ask(ACCEPT, token=me.token(**claims), input=given)
    assert replay["data"]["acceptViolations"]["__typename"] == "AcceptViolationsSuccess"


async def test_another_amount_is_shown_again(
    me: Accepting, records: list[CameraRecord], register: Register
) -> None:
    (one,) = await me.ids(records[0])
    preview_hash = await me.hash(one)
    await register.change("resend", xh=records[0].serial, fields={"fkje": "150"})
    me.clock.advance(minutes=11)

    result = await me.accept(preview_hash, one)

    assert result["__typename"] == "PreviewChanged"
    assert result["preview"]["totals"]["fine"] == {"yuan": "150.00"}
    assert result["preview"]["hash"] != preview_hash
    assert (await me.writes(), await me.rows("acceptances")) == ([], 0)
    decided = await me.accept(result["preview"]["hash"], one)
    assert decided["acceptance"]["items"][0]["decision"]["fine"] == {"yuan": "150.00"}


async def test_midnight_in_china_makes_another_preview(
    me: Accepting, records: list[CameraRecord]
) -> None:
    (one,) = await me.ids(records[0])
    preview = (await me.preview(one))["preview"]
    me.clock.advance(hours=11, minutes=59)
    assert await me.hash(one) == preview["hash"]
    me.clock.advance(minutes=1)

    result = await me.accept(preview["hash"], one)

    assert result["__typename"] == "PreviewChanged"
    assert result["preview"]["validUntil"] == "2026-11-03T16:00:00+00:00"
    assert await me.writes() == []


async def test_every_reason_names_its_violation(
    me: Accepting, records: list[CameraRecord], citizen: Person
) -> None:
    nodes = await me.violations()
    paid = next(one["id"] for one in nodes if one["status"] == "PAID")
    decided = next(one["id"] for one in nodes if one["status"] == "DECIDED")
    (fine,) = await me.ids(records[0])

    result = await me.preview(fine, paid, decided)

    assert result["__typename"] == "Refused"
    codes = {(one["violationId"], one["code"]) for one in result["refusals"]}
    assert (paid, "ALREADY_PAID") in codes
    assert (decided, "ALREADY_HANDLED") in codes
    assert not any(violation_id == fine for violation_id, _ in codes)
    accepted = await me.accept("0" * 64, fine, paid, decided)
    assert accepted == result
    assert await me.rows("acceptances") == 0


async def test_what_makes_no_sense(me: Accepting, records: list[CameraRecord]) -> None:
    (one,) = await me.ids(records[0])
    for ids in ([], [one, one], [one] * 21, ["nonsense"]):
        answer = await me.ask(PREVIEW_ACCEPTANCE, input={"violationIds": ids})
        assert [e["extensions"] for e in answer["errors"]] == [{"code": "BAD_REQUEST"}], ids


async def test_points_on_their_way_count(me: Accepting, records: list[CameraRecord]) -> None:
    """Two confirmations at once must not take more points than one after the other."""
    parked, lane = await me.ids(records[2], records[0])
    before = await me.hash(lane)
    await me.register.switch("down", interface="04C56")
    pending = await me.accept(await me.hash(parked), parked)
    assert [item["status"] for item in pending["acceptance"]["items"]] == ["PENDING"]

    result = await me.accept(before, lane, key="second-yes")

    assert result["__typename"] == "PreviewChanged"
    assert result["preview"]["totals"]["forecast"] == {
        "pointsBefore": 6,
        "pointsAfter": 6,
        "reachesLimit": False,
    }


async def test_strangers_officers_and_nobody_get_nothing(
    me: Accepting, records: list[CameraRecord], api: Api, stranger: Person
) -> None:
    (one,) = await me.ids(records[0])
    given = me.input(await me.hash(one), one)
    other = Accepting(api, me.register, me.clock, stranger)
    not_there = {
        "__typename": "Refused",
        "refusals": [{"code": "NOT_FOUND", "violationId": one}],
    }
    assert await other.preview(one) == not_there
    assert (await other.ask(ACCEPT, input=given))["data"]["acceptViolations"] == not_there
    body = {"query": ACCEPT, "variables": {"input": given}}
    nobody = (await api.post(body)).json()
    assert [e["extensions"]["code"] for e in nobody["errors"]] == ["UNAUTHENTICATED"]
    officer = await me.ask(ACCEPT, token=officer_token(api), input=given)
    assert [e["extensions"]["code"] for e in officer["errors"]] == ["FORBIDDEN"]
    officer = await me.ask(
        PREVIEW_ACCEPTANCE, token=officer_token(api), input={"violationIds": [one]}
    )
    assert [e["extensions"]["code"] for e in officer["errors"]] == ["FORBIDDEN"]
    unverified = await me.ask(ACCEPT, token=me.token(acr="none"), input=given)
    assert [e["extensions"]["code"] for e in unverified["errors"]] == ["STEP_UP_REQUIRED"]
    assert (await me.writes(), await me.rows("acceptances")) == ([], 0)


async def test_the_text_is_sealed_and_only_its_persons(
    me: Accepting, records: list[CameraRecord], api: Api
) -> None:
    (one,) = await me.ids(records[0])
    await me.accept(await me.hash(one), one)
    decided = await me.violation(one)
    assert me.person.identity_number in decided["decision"]["text"]

    async with api.running.db.read() as connection:
        for table in ("acceptances", "accepted_violations"):
            rows = await connection.execute(text(f"SELECT t::text FROM {table} t"))
            shown = "\n".join(rows.scalars())
            for secret in (me.person.name, me.person.identity_number):
                assert secret not in shown
                assert secret.encode().hex() not in shown
        await connection.execute(text("UPDATE acceptances SET citizen_digest = '\\x00'"))

    # The same decision, but accepted here by somebody else: another owner sees it without text.
    other = await me.violation(one)
    assert other["decision"] == decided["decision"] | {"text": None, "servedAt": None}
    assert other["acceptance"] is None


async def test_a_phone_shows_its_owners_face_and_accepts(
    me: Accepting, records: list[CameraRecord], api: Api, platforms: Platforms, citizen: Person
) -> None:
    """Signing in is no proof of a face; the token that a check brings is, for ten minutes."""
    phone = Phone(api, platforms, citizen)
    await phone.sign_in()
    await phone.verify()
    for vehicle in citizen.vehicles:
        await phone.do("bindVehicle", BIND, **binding(vehicle))
    one = (await me.ids(records[0]))[0]
    given = me.input(await me.hash(one), one)
    me.clock.advance(minutes=10, seconds=1)
    stale = (await phone.ask(ACCEPT, input=given)).json()
    assert [e["extensions"]["code"] for e in stale["errors"]] == ["STEP_UP_REQUIRED"]
    await phone.renew()
    renewed = (await phone.ask(ACCEPT, input=given)).json()
    assert [e["extensions"]["code"] for e in renewed["errors"]] == ["STEP_UP_REQUIRED"]

    await phone.verify(name=None, identityNumber=None)

    accepted = (await phone.ask(ACCEPT, input=given)).json()["data"]["acceptViolations"]
    assert accepted["acceptance"]["items"][0]["status"] == "DECIDED"
    assert await me.writes() == [("04C56", records[0].serial)]


async def test_a_list_costs_the_same_however_long_it_is(
    me: Accepting, records: list[CameraRecord], api: Api
) -> None:
    ids = await me.ids(records[0], records[2])
    await me.accept(await me.hash(*ids), *ids)
    await me.violations()
    api.statements.clear()

    await me.violations()

    # holdings, violations; what stands; acceptances; statements; texts
    assert len(api.statements) == 6


async def test_what_was_asked_before_the_decision_is_not_fresh_after_it(
    me: Accepting, records: list[CameraRecord], api: Api
) -> None:
    """Another process asks the register while we write: its answer must not count as new."""
    (one,) = await me.ids(records[0])
    preview_hash = await me.hash(one)
    async with api.running.db.begin() as connection:
        await connection.execute(
            text("UPDATE mirror_entries SET lease_id = gen_random_uuid(), lease_until = :until"),
            {"until": me.clock.now + timedelta(seconds=12)},
        )

    result = await me.accept(preview_hash, one)

    assert result["acceptance"]["items"][0]["violation"]["status"] == "DECIDED"
    async with api.running.db.read() as connection:
        leased = await connection.execute(
            text("SELECT count(*) FROM mirror_entries WHERE lease_id IS NOT NULL")
        )
        # Those of the vehicles, and of the other plate's violations.
        assert leased.scalar_one() == 3
