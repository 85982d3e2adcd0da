"""Accepting while the register is silent, loses answers, refuses, or knows otherwise."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from resolvers.ids import key_of
from sandbox.city import CameraRecord, Person
from services.acceptance_claim import lock_handling
from tests.graphql.accepting import Accepting, accepting, open_records
from tests.stack import Api, Register, TestClock

TELL, ASK, READ = "04C56", "04C03", "04C01"
WAITING = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")


@pytest.fixture
async def me(api: Api, register: Register, clock: TestClock, citizen: Person) -> Accepting:
    return await accepting(api, register, clock, citizen)


@pytest.fixture
def record(citizen: Person) -> CameraRecord:
    """Parked where that is forbidden: 200 yuan, 3 points."""
    return open_records(citizen)[2]


@pytest.fixture
async def one(me: Accepting, record: CameraRecord) -> str:
    return (await me.ids(record))[0]


def statuses(result: Any) -> list[str]:
    assert result["__typename"] == "AcceptViolationsSuccess", result
    return [item["status"] for item in result["acceptance"]["items"]]


async def test_lost_before_it_arrived(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    preview_hash = await me.hash(one)
    await register.switch("down", interface=TELL, times=1)

    assert statuses(await me.accept(preview_hash, one)) == ["PENDING"]
    pending = await me.violation(one)
    assert (pending["status"], pending["decision"]) == ("UNHANDLED", None)
    assert pending["acceptance"]["status"] == "PENDING"
    assert [one["code"] for one in pending["eligibility"]["refusals"]] == [
        "BEING_HANDLED_ELSEWHERE"
    ]
    assert "have accepted" in pending["eligibility"]["refusals"][0]["message"]
    assert await me.writes() == []
    await register.forget_calls()

    assert await me.sweep(seconds=3) == 0
    assert await me.sweep(seconds=4) == 1

    decided = await me.violation(one)
    assert (decided["status"], decided["acceptance"]["status"]) == ("DECIDED", "DECIDED")
    assert decided["decision"]["text"].count(decided["decision"]["number"]) == 1
    assert await me.writes() == [(TELL, record.serial)]
    calls = await register.calls()
    assert (calls[TELL], calls[READ]) == (1, 2)  # told once; read to write down, and to show
    assert await me.sweep(hours=1) == 0


@pytest.mark.parametrize("trouble", ["reset-after", "cut-body", "fault-500", "empty-return"])
async def test_the_answer_was_lost_after_it_was_decided(
    me: Accepting, one: str, record: CameraRecord, register: Register, trouble: str
) -> None:
    """The register is asked, not told again: one effect, one call that writes."""
    preview_hash = await me.hash(one)
    await register.switch(trouble, interface=TELL, times=1)

    assert statuses(await me.accept(preview_hash, one)) == ["PENDING"]
    assert await me.writes() == [(TELL, record.serial)]
    assert await me.sweep(seconds=7) == 1

    decided = await me.violation(one)
    assert (decided["status"], decided["acceptance"]["status"]) == ("DECIDED", "DECIDED")
    assert await me.writes() == [(TELL, record.serial)]
    assert (await register.calls())[TELL] == 1


async def test_the_same_request_finishes_what_is_due(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    preview_hash = await me.hash(one)
    await register.switch("reset-after", interface=TELL, times=1)
    assert statuses(await me.accept(preview_hash, one)) == ["PENDING"]
    assert statuses(await me.accept(preview_hash, one)) == ["PENDING"]  # not due yet
    me.clock.advance(seconds=7)

    again = await asyncio.gather(*(me.accept(preview_hash, one) for _ in range(8)))

    assert "DECIDED" in {status for result in again for status in statuses(result)}
    assert statuses(await me.accept(preview_hash, one)) == ["DECIDED"]
    assert (await register.calls())[TELL] == 1
    assert await me.writes() == [(TELL, record.serial)]


async def test_the_first_is_decided_while_the_second_still_asks_the_register(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    """The same request twice: the second finds it handled, by itself, and is no refusal."""
    preview_hash = await me.hash(one)
    db = me.api.running.db
    async with db.begin() as connection:
        await lock_handling(connection, None, [key_of("Violation", one)])
        first = asyncio.create_task(me.accept(preview_hash, one))
        async with db.read() as other:
            while not (await other.execute(WAITING)).scalar_one():
                assert not first.done()
                await asyncio.sleep(0.01)
        # What the first has just read is too old for the second.
        me.clock.advance(seconds=1)
        await register.switch("slow", interface=ASK, times=1, parameters={"seconds": 0.8})
        second = asyncio.create_task(me.accept(preview_hash, one))
        await asyncio.sleep(0.3)
    both = [await first, await second]

    assert [result["__typename"] for result in both] == ["AcceptViolationsSuccess"] * 2, both
    assert statuses(both[0]) == ["DECIDED"]
    assert len({result["acceptance"]["id"] for result in both}) == 1
    assert await me.writes() == [(TELL, record.serial)]


async def test_a_decision_that_cannot_be_read_is_one_all_the_same(
    me: Accepting, one: str, register: Register
) -> None:
    preview_hash = await me.hash(one)
    await register.switch("down", interface=READ)

    result = await me.accept(preview_hash, one)

    assert statuses(result) == ["DECIDED"]
    decision = result["acceptance"]["items"][0]["decision"]
    assert len(decision["number"]) == 15
    assert decision["decidedAt"] == me.clock.now.isoformat()
    await register.calm()
    me.clock.advance(seconds=5)
    assert len((await me.violation(one))["decision"]["number"]) == 16


async def test_down_for_a_day_becomes_a_task_for_people(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    preview_hash = await me.hash(one)
    await register.switch("down", interface=TELL, times=1)
    await register.switch("refusal", interface=ASK)
    accepted = await me.accept(preview_hash, one)
    assert statuses(accepted) == ["PENDING"]

    until, checks = me.clock.now + timedelta(hours=26), 0
    while me.clock.now < until:
        checks += await me.sweep(minutes=13)

    assert 35 < checks < 70  # within the first minutes, then about every 30
    assert await _tasks(me) == [("acceptance_unknown", accepted["acceptance"]["id"] is not None)]
    assert (await me.violation(one))["acceptance"]["status"] == "PENDING"
    await register.calm()
    assert await me.sweep(hours=25) == 1
    assert (await me.violation(one))["acceptance"]["status"] == "DECIDED"
    assert await me.writes() == [(TELL, record.serial)]


async def test_somebody_else_was_faster_at_the_register(
    me: Accepting, one: str, record: CameraRecord, register: Register, stranger: Person
) -> None:
    """Decided against another driver since the list was read: refused, and free of us."""
    preview_hash = await me.hash(one)
    await register.change("handle", xh=record.serial, jszh=stranger.identity_number)

    result = await me.accept(preview_hash, one)

    assert statuses(result) == ["REFUSED"]
    item = result["acceptance"]["items"][0]
    assert item["decision"] is None
    assert "handled by somebody else" in item["problem"]
    seen = await me.violation(one)
    assert (seen["status"], seen["decision"]["text"]) == ("DECIDED", None)
    assert seen["acceptance"]["status"] == "REFUSED"
    assert await me.writes() == []


async def test_somebody_else_was_faster_while_nobody_answered(
    me: Accepting, one: str, record: CameraRecord, register: Register, stranger: Person
) -> None:
    preview_hash = await me.hash(one)
    await register.switch("down", interface=TELL, times=1)
    assert statuses(await me.accept(preview_hash, one)) == ["PENDING"]
    await register.change("handle", xh=record.serial, jszh=stranger.identity_number)

    assert await me.sweep(seconds=7) == 1

    assert (await me.violation(one))["acceptance"]["status"] == "REFUSED"
    assert (await register.calls())[TELL] == 1  # the lost one: it was asked, and told no more


async def test_a_record_that_is_gone(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    preview_hash = await me.hash(one)
    await register.change("remove", xh=record.serial)

    result = await me.accept(preview_hash, one)

    assert statuses(result) == ["REFUSED"]
    assert "no such record" in result["acceptance"]["items"][0]["problem"]
    assert await me.writes() == []


async def test_of_several_each_has_its_own_fate(
    me: Accepting, citizen: Person, register: Register
) -> None:
    records = open_records(citizen)[:3]
    ids = await me.ids(*records)
    preview_hash = await me.hash(*ids)
    await register.change("remove", xh=records[1].serial)

    result = await me.accept(preview_hash, *ids)

    assert statuses(result) == ["DECIDED", "REFUSED", "DECIDED"]
    assert {*await me.writes()} == {(TELL, records[0].serial), (TELL, records[2].serial)}


async def test_whoever_comes_after_a_crash_asks_first(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    """The process dies with the answer in its hands: the lease runs out, a worker finds out."""
    preview_hash = await me.hash(one)
    await me.accept(preview_hash, one)
    async with me.api.running.db.begin() as connection:
        await connection.execute(
            text(
                "UPDATE accepted_violations SET state = 'pending', decision_number = NULL,"
                " decided_at = NULL, next_check_at = :now, lease_until = :until,"
                " lease_id = gen_random_uuid()"
            ),
            {"now": me.clock.now, "until": me.clock.now + timedelta(seconds=45)},
        )

    assert await me.sweep(seconds=44) == 0
    assert await me.sweep(seconds=1) == 1

    assert (await me.violation(one))["acceptance"]["status"] == "DECIDED"
    assert (await register.calls())[TELL] == 1
    assert await me.writes() == [(TELL, record.serial)]


async def test_two_workers_do_not_work_on_one(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    preview_hash = await me.hash(one)
    await register.switch("down", interface=TELL, times=1)
    await me.accept(preview_hash, one)
    me.clock.advance(seconds=7)

    done = await asyncio.gather(*(me.api.running.chores.sweep() for _ in range(6)))

    assert sum(done) == 1
    assert await me.writes() == [(TELL, record.serial)]


async def test_decided_otherwise_than_accepted_needs_people(
    me: Accepting, one: str, record: CameraRecord, register: Register
) -> None:
    """The fine was changed at the register within the minutes in which the old one is fresh."""
    preview_hash = await me.hash(one)
    await register.change("change", xh=record.serial, fields={"fkje": "150"})

    result = await me.accept(preview_hash, one)

    assert statuses(result) == ["DECIDED"]
    assert await _tasks(me) == [("acceptance_unknown", True)]


async def _tasks(me: Accepting) -> list[tuple[str, bool]]:
    """Tasks for people, and whether each names an accepted violation."""
    async with me.api.running.db.read() as connection:
        rows = await connection.execute(
            text(
                "SELECT kind, EXISTS (SELECT FROM accepted_violations a WHERE"
                " a.acceptance_id || ':' || a.position = subject) FROM human_tasks"
            )
        )
        return [(kind, names) for kind, names in rows]
