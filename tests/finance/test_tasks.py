"""Tasks of the finance desk: an owner, a reason, a history, and no end without an outcome."""

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError

from domain.tasks import TaskKind
from sandbox.city import Person
from services.dismissals import DismissalService
from tests.finance.desk import ONE_TASK, TASKS, Desk, open_task, step
from tests.graphql.phones import refused
from tests.stack import START, Api, Json, TestClock

OPENED = {"action": "OPENED", "actor": None, "note": None, "at": START.isoformat()}


@pytest.fixture
def me(api: Api) -> Desk:
    return Desk(api)


@pytest.fixture
def colleague(api: Api) -> Desk:
    return Desk(api, "officer-2")


async def the_task(desk: Desk) -> Json:
    (task,) = await desk.tasks()
    return task


def event(desk: Desk, action: str, note: str | None = None) -> Json:
    return {"action": action, "actor": desk.actor, "note": note, "at": START.isoformat()}


def history(*events: Json) -> Json:
    return {"totalCount": len(events), "nodes": list(events)}


async def test_a_task_from_its_beginning_to_its_end(api: Api, me: Desk) -> None:
    await open_task(api, "20261102AAAAAAAAAAAAAA")
    seen = await the_task(me)
    assert seen == {
        "id": seen["id"],
        "kind": "PAYMENT_UNKNOWN",
        "subject": "20261102AAAAAAAAAAAAAA",
        "reason": "The payment platform does not say what became of this payment.",
        "nextStep": "Look the number up in the merchant's back office and note what you find;"
        " the service keeps asking, too.",
        "openedAt": START.isoformat(),
        "owner": None,
        "isMine": False,
        "outcome": None,
        "closedAt": None,
        "history": history(OPENED),
    }

    taken = await me.do("take", id=seen["id"])
    mine = seen | {
        "owner": me.actor,
        "isMine": True,
        "history": history(OPENED, event(me, "TAKEN")),
    }
    assert taken == {"__typename": "TakeTaskSuccess", "task": mine}

    noted = await me.do("note", id=seen["id"], note="  asked 张三 by phone\n")
    said = event(me, "NOTED", "asked 张三 by phone")
    mine["history"] = history(OPENED, event(me, "TAKEN"), said)
    assert noted == {"__typename": "NoteTaskSuccess", "task": mine}

    closed = await me.do("close", id=seen["id"], outcome="CORRECTED_BY_OTHERS", note="shown paid")
    end = event(me, "CLOSED", "shown paid")
    done = mine | {
        "outcome": "CORRECTED_BY_OTHERS",
        "closedAt": START.isoformat(),
        "history": history(OPENED, event(me, "TAKEN"), said, end),
    }
    assert closed == {"__typename": "CloseTaskSuccess", "task": done}
    assert await me.see(ONE_TASK, id=seen["id"]) == {"task": done}
    assert await me.tasks(state="CLOSED") == [done]
    assert await me.tasks(state="OPEN") == []
    words = "SELECT count(*) FROM task_events WHERE encode(sealed, 'escape') LIKE '%shown%'"
    assert await api.rows(words) == [(0,)]


async def test_every_step_can_be_sent_again(me: Desk, api: Api) -> None:
    await open_task(api, "one")
    given = {"id": (await the_task(me))["id"]}
    for verb, more in [
        ("release", {}),
        ("take", {}),
        ("note", {"note": "said once"}),
        ("release", {}),
        ("take", {}),
        ("close", {"outcome": "DONE", "note": "done"}),
    ]:
        assert await me.do(verb, **given, **more) == await me.do(verb, **given, **more)

    steps = [one["action"] for one in (await the_task(me))["history"]["nodes"]]
    assert steps == ["OPENED", "TAKEN", "NOTED", "RELEASED", "TAKEN", "CLOSED"]
    other = await me.do("close", **given, outcome="GIVEN_BACK", note="done")
    assert other == refused("TASK_CLOSED")


async def test_who_is_dismissed_leaves_their_tasks_to_others(
    api: Api, me: Desk, colleague: Desk, clock: TestClock
) -> None:
    await open_task(api, "theirs")
    await open_task(api, "mine")
    theirs, mine = await me.tasks()
    await colleague.do("take", id=theirs["id"])
    mine = (await me.do("take", id=mine["id"]))["task"]

    service = DismissalService(api.running.db, clock)
    await service.dismiss(api.settings.own_issuer, colleague.subject, "left the bureau")

    left, kept = await me.tasks()
    assert (left["owner"], kept) == (None, mine)
    steps = [(one["action"], one["actor"]) for one in left["history"]["nodes"]]
    assert steps == [("OPENED", None), ("TAKEN", colleague.actor), ("RELEASED", None)]
    assert (await me.do("take", id=left["id"]))["__typename"] == "TakeTaskSuccess"


async def test_only_its_owner_sees_to_a_task(api: Api, me: Desk, colleague: Desk) -> None:
    await open_task(api, "one")
    one = await the_task(me)
    for verb, more in [("note", {}), ("close", {"outcome": "DONE"})]:
        assert await me.do(verb, id=one["id"], note="x", **more) == refused("TASK_NOT_TAKEN")
    await colleague.do("take", id=one["id"])
    theirs = await the_task(colleague)

    steps: list[tuple[str, Json]] = [
        ("take", {}),
        ("release", {}),
        ("note", {"note": "x"}),
        ("close", {"outcome": "DONE", "note": "x"}),
    ]
    for verb, more in steps:
        assert await me.do(verb, id=one["id"], **more) == refused("TASK_TAKEN")
    assert await the_task(colleague) == theirs
    assert await the_task(me) == theirs | {"isMine": False}
    assert await me.tasks(mine=True) == []
    assert await colleague.tasks(mine=True) == [theirs]

    await colleague.do("close", id=one["id"], outcome="DONE", note="x")
    for verb, more in steps:
        assert await me.do(verb, id=one["id"], **more) == refused("TASK_CLOSED")


@pytest.mark.parametrize("note", ["", " \n ", "长" * 501])
async def test_no_end_without_words(api: Api, me: Desk, note: str) -> None:
    await open_task(api, "one")
    one = (await the_task(me))["id"]
    await me.do("take", id=one)
    before = await the_task(me)

    assert await me.do("note", id=one, note=note) == refused("TASK_NOTE_INVALID")
    closed = await me.do("close", id=one, outcome="DONE", note=note)

    assert closed == refused("TASK_NOTE_INVALID")
    assert await the_task(me) == before


async def test_no_end_without_an_outcome(api: Api, me: Desk) -> None:
    await open_task(api, "one")
    one = (await the_task(me))["id"]
    await me.do("take", id=one)

    for outcome in ({}, {"outcome": None}):
        body = {"query": step("close"), "variables": {"input": {"id": one, "note": "x"} | outcome}}
        answer = (await api.post(body, me.token)).json()
        assert "data" not in answer
        assert [e["extensions"]["code"] for e in answer["errors"]] == ["BAD_REQUEST"]
    with pytest.raises(IntegrityError, match="ck_human_tasks_closed_with_outcome"):
        await api.run("UPDATE human_tasks SET closed_at = now()")

    assert (await the_task(me))["closedAt"] is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE task_events SET actor = 'somebody else'",
        "UPDATE task_events SET at = now() WHERE false",
        "DELETE FROM task_events",
        "TRUNCATE task_events",
    ],
)
async def test_a_history_only_grows(api: Api, me: Desk, change: str) -> None:
    await open_task(api, "one")

    with pytest.raises(IntegrityError, match="a history only grows"):
        await api.run(change)

    assert (await the_task(me))["history"] == history(OPENED)


async def test_of_many_officers_one_takes_it(api: Api, me: Desk) -> None:
    await open_task(api, "one")
    one = (await the_task(me))["id"]

    desks = [Desk(api, f"officer-{number}") for number in range(8)]
    results = await asyncio.gather(*(desk.do("take", id=one) for desk in desks))

    owners = [
        desk.actor
        for desk, result in zip(desks, results, strict=True)
        if result["__typename"] == "TakeTaskSuccess"
    ]
    assert [result for result in results if result["__typename"] == "Refused"] == (
        [refused("TASK_TAKEN")] * 7
    )
    task = await the_task(me)
    assert [task["owner"]] == owners
    assert [e["action"] for e in task["history"]["nodes"]] == ["OPENED", "TAKEN"]


async def test_pages_in_both_directions(api: Api, me: Desk, clock: TestClock) -> None:
    subjects = [f"number {place}" for place in range(5)]
    for place, subject in enumerate(subjects):
        await open_task(api, subject, [TaskKind.BILL_MISSING, TaskKind.REFUND_FAILED][place % 2])
        # Two of them at the same instant.
        clock.advance(seconds=place // 2)

    for direction, expected in (("ASC", subjects), ("DESC", subjects[::-1])):
        shown, after = [], None
        for number in range(3):
            page = await me.see(TASKS, first=2, after=after, direction=direction)
            tasks, info = page["tasks"]["nodes"], page["tasks"]["pageInfo"]
            shown += [task["subject"] for task in tasks]
            after = info["endCursor"]
            assert page["tasks"]["totalCount"] == 5
            assert (info["hasPreviousPage"], info["hasNextPage"]) == (number > 0, number < 2)
        assert shown == expected
        beyond = (await me.see(TASKS, first=2, after=after, direction=direction))["tasks"]
        assert (beyond["nodes"], beyond["totalCount"]) == ([], 5)

    missing = await me.tasks(kinds=["BILL_MISSING"])
    assert [task["subject"] for task in missing] == subjects[::2]
    other_way = await me.ask(TASKS, after=after, direction="ASC")
    assert [e["extensions"]["code"] for e in other_way["errors"]] == ["BAD_REQUEST"]
    for wrong in ({"first": 51}, {"first": -1}, {"after": "x"}):
        answer = await me.ask(TASKS, **wrong)
        assert [e["extensions"]["code"] for e in answer["errors"]] == ["BAD_REQUEST"]


async def test_a_page_with_histories_is_two_statements(api: Api, me: Desk) -> None:
    for place in range(4):
        await open_task(api, f"number {place}")
    api.statements.clear()

    assert len(await me.tasks()) == 4

    assert [one.split()[0] for one in api.statements] == ["WITH", "SELECT"]


async def test_what_is_no_task(api: Api, me: Desk) -> None:
    await open_task(api, "one")
    unknown = "VGFzazowMTljNWI3Yi0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA="

    assert await me.see(ONE_TASK, id=unknown) == {"task": None}
    assert await me.do("take", id=unknown) == refused("NOT_FOUND")
    closed = await me.do("close", id=unknown, outcome="DONE", note="x")
    assert closed == refused("NOT_FOUND")
    wrong = await me.ask(ONE_TASK, id="x")
    assert [e["extensions"]["code"] for e in wrong["errors"]] == ["BAD_REQUEST"]


async def test_a_task_that_was_closed_can_be_needed_again(api: Api, me: Desk) -> None:
    await open_task(api, "one")
    await open_task(api, "one")
    first = (await the_task(me))["id"]
    await me.do("take", id=first)
    await me.do("close", id=first, outcome="NOTHING_TO_DO", note="nothing")

    await open_task(api, "one")

    again = await me.tasks()
    assert [(task["id"] == first, task["outcome"]) for task in again] == [
        (True, "NOTHING_TO_DO"),
        (False, None),
    ]


async def test_the_reason_is_told_in_chinese(api: Api, me: Desk) -> None:
    await open_task(api, "one", TaskKind.BILL_REFUSED)

    answer = await me.ask(TASKS, language="zh-CN")

    (task,) = answer["data"]["finance"]["tasks"]["nodes"]
    assert (task["reason"], task["nextStep"]) == (
        "支付平台的账单不完整或被改动，没有采用。",
        "请联系支付平台重新生成账单，然后重新对账。",
    )


async def test_nobody_else_sees_or_changes_anything(api: Api, me: Desk, citizen: Person) -> None:
    await open_task(api, "one")
    one = (await the_task(me))["id"]
    await me.do("take", id=one)
    before = await the_task(me)
    callers = {
        "nobody": (None, "UNAUTHENTICATED"),
        "a citizen": (api.token(citizen), "FORBIDDEN"),
        "a citizen who says it": (api.token(citizen, roles=["finance"]), "FORBIDDEN"),
        "another role": (Desk(api, role="reviewer").token, "FORBIDDEN"),
        "a longer role": (Desk(api, role="finance2").token, "FORBIDDEN"),
    }
    given: Json = {"id": one, "note": "x", "outcome": "DONE"}
    wanted = {"take": ["id"], "release": ["id"], "note": ["id", "note"], "close": list(given)}
    operations: list[tuple[str, Json]] = [
        ("{ finance { __typename } }", {}),
        ("{ finance { tasks { totalCount } } }", {}),
        ("{ finance { discrepancies { totalCount } } }", {}),
        ("{ finance { suspense { balance { fen } } } }", {}),
        (
            '{ finance { reconciliationDays(dayFrom: "2026-11-01", dayUntil: "2026-11-01") {'
            " day } } }",
            {},
        ),
        (
            '{ finance { settlementStatement(channel: ALIPAY, day: "2026-11-01") { day } } }',
            {},
        ),
        (ONE_TASK, {"id": one}),
        *(
            (step(verb), {"input": {name: given[name] for name in names}})
            for verb, names in wanted.items()
        ),
    ]

    for who, (token, code) in callers.items():
        for query, variables in operations:
            answer = (await api.post({"query": query, "variables": variables}, token)).json()
            assert answer["data"] is None, (who, query)
            assert [e["extensions"]["code"] for e in answer["errors"]] == [code], (who, query)

    assert await the_task(me) == before
