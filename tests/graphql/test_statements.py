"""Statements and objections: heard before anything is decided, and in the way of it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from sandbox.city import CameraRecord, Person
from tests.graphql.accepting import (
    SUBMIT,
    WITHDRAW,
    Accepting,
    accepting,
    open_records,
)
from tests.stack import Api, Json, Register, TestClock

SAID = "信号灯当时是黄灯，请调取前后的视频。"


@pytest.fixture
async def me(api: Api, register: Register, clock: TestClock, citizen: Person) -> Accepting:
    return await accepting(api, register, clock, citizen)


@pytest.fixture
def record(citizen: Person) -> CameraRecord:
    return open_records(citizen)[0]


@pytest.fixture
async def one(me: Accepting, record: CameraRecord) -> str:
    return (await me.ids(record))[0]


def about(violation_id: str, **changed: Json) -> Json:
    said = {
        "violationId": violation_id,
        "kind": "OBJECTION",
        "ground": "INCONSISTENT_SIGNALS",
        "text": SAID,
        "idempotencyKey": "statement-1",
    }
    return said | changed


async def submit(me: Accepting, violation_id: str, **changed: Json) -> Any:
    answer = await me.ask(SUBMIT, input=about(violation_id, **changed))
    assert "errors" not in answer, answer
    return answer["data"]["submitStatement"]


async def withdraw(me: Accepting, violation_id: str) -> Any:
    query = "query($id: ID!) { node(id: $id) { ... on Violation { statements { id } } } }"
    held = (await me.ask(query, id=violation_id))["data"]["node"]["statements"]
    answer = await me.ask(WITHDRAW, input={"id": held[0]["id"]})
    return answer["data"]["withdrawStatement"]


def codes(result: Any) -> list[str]:
    return [one["code"] for one in result["refusals"]]


async def test_an_objection_stands_in_the_way_until_it_is_withdrawn(
    me: Accepting, one: str
) -> None:
    preview_hash = await me.hash(one)

    statement = (await submit(me, one, text=f"  {SAID}\n"))["statement"]

    assert statement == {
        "id": statement["id"],
        "number": statement["number"],
        "kind": "OBJECTION",
        "ground": "INCONSISTENT_SIGNALS",
        "text": SAID,
        "status": "SUBMITTED",
        "submittedAt": "2026-11-02T04:00:00+00:00",
        "answerDueOn": "2026-11-09",  # five working days
        "endedAt": None,
    }
    assert statement["number"].startswith("S20261102")
    listed = await me.violation(one)
    assert listed["statements"] == [{"number": statement["number"], "status": "SUBMITTED"}]
    assert listed["eligibility"]["allowed"] is False
    (refusal,) = listed["eligibility"]["refusals"]
    assert refusal["code"] == "UNDER_DISPUTE"
    assert statement["number"] in refusal["message"]
    assert "2026-11-09" in refusal["nextStep"]
    assert codes(await me.preview(one)) == ["UNDER_DISPUTE"]
    assert codes(await me.accept(preview_hash, one)) == ["UNDER_DISPUTE"]
    assert await me.writes() == []

    me.clock.advance(minutes=1)
    withdrawn = await withdraw(me, one)

    assert withdrawn["statement"] == {
        "number": statement["number"],
        "status": "WITHDRAWN",
        "endedAt": "2026-11-02T04:01:00+00:00",
    }
    assert await withdraw(me, one) == withdrawn
    accepted = await me.accept(preview_hash, one)
    assert accepted["acceptance"]["items"][0]["status"] == "DECIDED"


async def test_sent_again_it_is_the_same(me: Accepting, one: str) -> None:
    results = await asyncio.gather(*(submit(me, one) for _ in range(8)))

    assert all(result == results[0] for result in results)
    assert await me.rows("statements") == 1
    reused = await me.ask(SUBMIT, input=about(one, text="something else"))
    assert [e["extensions"] for e in reused["errors"]] == [{"code": "BAD_REQUEST"}]
    other = await submit(me, one, idempotencyKey="statement-2")
    assert codes(other) == ["UNDER_DISPUTE"]
    assert await me.rows("statements") == 1


async def test_ten_at_once_are_one(me: Accepting, one: str) -> None:
    results = await asyncio.gather(
        *(submit(me, one, idempotencyKey=f"statement-{n}") for n in range(10))
    )

    kinds = sorted(result["__typename"] for result in results)
    assert kinds == ["Refused"] * 9 + ["SubmitStatementSuccess"]
    assert await me.rows("statements") == 1


@pytest.mark.parametrize("text", ["", " \n", "长" * 1001])
async def test_a_text_has_1_to_1000_characters(me: Accepting, one: str, text: str) -> None:
    assert codes(await submit(me, one, text=text)) == ["STATEMENT_TEXT_INVALID"]
    assert await me.rows("statements") == 0
    longest = await submit(me, one, text="长" * 1000)
    assert longest["__typename"] == "SubmitStatementSuccess"


async def test_after_the_decision_it_is_too_late(me: Accepting, one: str) -> None:
    await me.accept(await me.hash(one), one)
    nodes = await me.violations()
    paid = next(node["id"] for node in nodes if node["status"] == "PAID")

    assert codes(await submit(me, one)) == ["ALREADY_HANDLED"]
    assert codes(await submit(me, paid)) == ["ALREADY_HANDLED"]
    assert await me.rows("statements") == 0


async def test_not_while_it_is_being_accepted(me: Accepting, one: str, register: Register) -> None:
    preview_hash = await me.hash(one)
    await register.switch("down", interface="04C56")
    await me.accept(preview_hash, one)

    assert codes(await submit(me, one)) == ["BEING_HANDLED_ELSEWHERE"]


async def test_an_answered_one_cannot_be_withdrawn(me: Accepting, one: str) -> None:
    await submit(me, one)
    async with me.api.running.db.begin() as connection:
        await connection.execute(text("UPDATE statements SET state = 'dismissed'"))

    assert codes(await withdraw(me, one)) == ["ALREADY_HANDLED"]
    assert (await me.violation(one))["eligibility"]["allowed"] is True


async def test_accepting_and_objecting_at_once_never_both(me: Accepting, citizen: Person) -> None:
    """Whoever is first keeps the other out, whichever it is."""
    ids = await me.ids(*open_records(citizen))
    hashes = [await me.hash(one) for one in ids]

    async def object_to(n: int) -> Any:
        return await submit(me, ids[n], idempotencyKey=f"statement-{n}")

    async def accept(n: int) -> Any:
        return await me.accept(hashes[n], ids[n], key=f"acceptance-{n}")

    for n in range(len(ids)):
        said, accepted = await asyncio.gather(object_to(n), accept(n))
        objected = said["__typename"] == "SubmitStatementSuccess"
        decided = accepted["__typename"] == "AcceptViolationsSuccess"
        assert not (objected and decided)
    async with me.api.running.db.read() as connection:
        both = await connection.execute(
            text(
                "SELECT count(*) FROM statements s JOIN accepted_violations a"
                " USING (violation_id) WHERE s.state = 'submitted' AND a.state <> 'refused'"
            )
        )
        assert both.scalar_one() == 0


async def test_somebody_elses_objection_counts_without_its_number(me: Accepting, one: str) -> None:
    number = (await submit(me, one))["statement"]["number"]
    async with me.api.running.db.begin() as connection:
        await connection.execute(text("UPDATE statements SET citizen_digest = '\\x00'"))

    listed = await me.violation(one)

    (refusal,) = listed["eligibility"]["refusals"]
    assert refusal["code"] == "UNDER_DISPUTE"
    assert number not in str(listed)
    assert listed["statements"] == []


async def test_strangers_officers_and_nobody(
    me: Accepting, one: str, api: Api, stranger: Person
) -> None:
    mine = (await submit(me, one))["statement"]["id"]
    other = Accepting(api, me.register, me.clock, stranger)

    assert codes(await submit(other, one)) == ["NOT_FOUND"]
    taken = await other.ask(WITHDRAW, input={"id": mine})
    assert codes(taken["data"]["withdrawStatement"]) == ["NOT_FOUND"]
    for document, given in ((SUBMIT, about(one)), (WITHDRAW, {"id": mine})):
        body = {"query": document, "variables": {"input": given}}
        nobody = (await api.post(body)).json()
        assert [e["extensions"]["code"] for e in nobody["errors"]] == ["UNAUTHENTICATED"]
        unverified = await me.ask(document, token=me.token(acr="none"), input=given)
        assert [e["extensions"]["code"] for e in unverified["errors"]] == ["STEP_UP_REQUIRED"]
    assert (await me.violation(one))["statements"][0]["status"] == "SUBMITTED"


async def test_what_was_said_is_sealed(me: Accepting, one: str) -> None:
    await submit(me, one)

    async with me.api.running.db.read() as connection:
        rows = await connection.execute(text("SELECT t::text FROM statements t"))
        shown = "\n".join(rows.scalars())
    assert SAID not in shown
    assert SAID.encode().hex() not in shown
    assert me.person.identity_number not in shown
