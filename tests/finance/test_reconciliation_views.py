"""What did not agree, as officers see it, and that suspense follows when they close it."""

import asyncio
from datetime import timedelta

import pytest

from domain.discrepancies import DiscrepancyKind, DiscrepancyState
from domain.ledger import SuspenseReason, suspense
from domain.money import Money
from domain.platforms import Channel
from services.discrepancies import is_booked_here
from tests.finance.desk import DAY, DISCREPANCIES, SUSPENSE, Desk, find_discrepancy
from tests.finance.money import LEDGER, noon
from tests.graphql.phones import refused
from tests.stack import START, Api, Json

DAYS = """query($from: Date!, $until: Date!, $channel: Channel) { finance {
  reconciliationDays(dayFrom: $from, dayUntil: $until, channel: $channel) {
    channel day state doubt payments refunds paid { fen } refunded { fen } fees { fen yuan }
    decisions confirmed notAsked doneAt counts { kind state count } } } }"""
BALANCES = """SELECT account, sum(amount_fen) FROM ledger_entries GROUP BY account
  HAVING sum(amount_fen) <> 0"""


@pytest.fixture
def me(api: Api) -> Desk:
    return Desk(api)


async def in_suspense(me: Desk) -> tuple[int, int, int]:
    """Its balance, what open discrepancies say, and what nobody explains."""
    found = (await me.see(SUSPENSE))["suspense"]
    return tuple(found[name]["fen"] for name in ("balance", "explained", "difference"))


async def seen(me: Desk, **filter: Json) -> list[Json]:
    found: list[Json] = (await me.see(DISCREPANCIES, filter=filter))["discrepancies"]["nodes"]
    return found


async def close_task(me: Desk, number: str) -> Json:
    (task,) = [task for task in await me.tasks(kinds=["DISCREPANCY"]) if task["subject"] == number]
    await me.do("take", id=task["id"])
    return await me.do("close", id=task["id"], outcome="GIVEN_BACK", note="voucher 17")


@pytest.mark.parametrize(
    ("kind", "fen"),
    [
        (DiscrepancyKind.UNKNOWN_PAYMENT, 20000),
        (DiscrepancyKind.PAYMENT_MISSING, -20000),
        (DiscrepancyKind.SURPLUS_HELD, 20000),
    ],
)
async def test_closing_its_task_resolves_a_discrepancy(
    api: Api, me: Desk, kind: DiscrepancyKind, fen: int
) -> None:
    if not is_booked_here(kind):
        held = suspense(
            Channel.ALIPAY,
            "A1-1",
            amount=Money(fen),
            reason=SuspenseReason.AFTER_CLOSE,
            occurred_at=noon(DAY),
        )
        async with api.running.db.begin() as connection:
            await LEDGER.post(connection, held)
    await find_discrepancy(api, "20261101ZZZZZZZZZZZZZZ", fen, kind=kind)
    (found,) = await seen(me)
    yuan = "200.00" if fen > 0 else "-200.00"
    assert found == {
        "number": found["number"],
        "channel": "ALIPAY",
        "day": "2026-11-01",
        "kind": kind.name,
        "subject": "20261101ZZZZZZZZZZZZZZ",
        "place": 7,
        "ours": None,
        "theirs": {"fen": 20000},
        "suspense": {"fen": fen, "yuan": yuan},
        "state": "OPEN",
        "foundAt": START.isoformat(),
        "endedAt": None,
    }
    assert await in_suspense(me) == (fen, fen, 0)

    closed = await close_task(me, found["number"])

    assert (closed["__typename"], closed["task"]["outcome"]) == ("CloseTaskSuccess", "GIVEN_BACK")
    assert await seen(me) == [
        found
        | {
            "suspense": {"fen": 0, "yuan": "0.00"},
            "state": "RESOLVED",
            "endedAt": START.isoformat(),
        }
    ]
    assert await in_suspense(me) == (0, 0, 0)
    assert await api.rows(BALANCES) == []


async def test_a_refused_step_moves_no_money(api: Api, me: Desk) -> None:
    await find_discrepancy(api, "one", 500)
    (task,) = await me.tasks()

    closed = await me.do("close", id=task["id"], outcome="DONE", note="x")

    assert closed == refused("TASK_NOT_TAKEN")
    assert [one["state"] for one in await seen(me)] == ["OPEN"]
    assert await in_suspense(me) == (500, 500, 0)


async def test_what_heals_by_itself_closes_its_task(api: Api, me: Desk) -> None:
    await find_discrepancy(api, "one", 500)
    (found,) = await seen(me)
    (task,) = await me.tasks()
    await me.do("take", id=task["id"])

    async with api.running.db.begin() as connection:
        discrepancies = api.running.paying.discrepancies
        assert await discrepancies.end(connection, found["number"], DiscrepancyState.HEALED)

    (closed,) = await me.tasks()
    assert (closed["outcome"], closed["owner"]) == ("CORRECTED_BY_OTHERS", me.actor)
    assert [one["action"] for one in closed["history"]["nodes"]] == ["OPENED", "TAKEN", "CLOSED"]
    assert closed["history"]["nodes"][-1]["actor"] is None
    late = await me.do("close", id=task["id"], outcome="DONE", note="x")
    assert late == refused("TASK_CLOSED")
    assert await in_suspense(me) == (0, 0, 0)


async def test_people_and_the_service_end_the_same_at_once(api: Api, me: Desk) -> None:
    subjects = [f"number {place}" for place in range(6)]
    for subject in subjects:
        await find_discrepancy(api, subject, 500)
    tasks = await me.tasks()
    for task in tasks:
        await me.do("take", id=task["id"])

    async def heal(number: str) -> None:
        async with api.running.db.begin() as connection:
            discrepancies = api.running.paying.discrepancies
            await discrepancies.end(connection, number, DiscrepancyState.HEALED)

    closing = [me.do("close", id=one["id"], outcome="DONE", note="x") for one in tasks]
    results = await asyncio.gather(*closing, *(heal(one["subject"]) for one in tasks))

    for result, one in zip(results[: len(tasks)], await seen(me), strict=True):
        by_people = result["__typename"] == "CloseTaskSuccess"
        assert by_people or result == refused("TASK_CLOSED")
        assert one["state"] == ("RESOLVED" if by_people else "HEALED")
    ends = [[e["action"] for e in task["history"]["nodes"]] for task in await me.tasks()]
    assert ends == [["OPENED", "TAKEN", "CLOSED"]] * len(tasks)
    assert await in_suspense(me) == (0, 0, 0)
    assert await api.rows(BALANCES) == []


async def test_suspense_that_nobody_explains(api: Api, me: Desk) -> None:
    await find_discrepancy(api, "one", 500)
    held = suspense(
        Channel.WECHAT,
        "W1-1",
        amount=Money(70),
        reason=SuspenseReason.SECOND_CHANNEL,
        occurred_at=noon(DAY),
    )
    async with api.running.db.begin() as connection:
        await LEDGER.post(connection, held)

    assert await in_suspense(me) == (570, 500, 70)


async def test_filters_and_pages_of_discrepancies(api: Api, me: Desk) -> None:
    later = DAY + timedelta(days=1)
    await find_discrepancy(api, "one", 1)
    await find_discrepancy(api, "two", 2, day=later, kind=DiscrepancyKind.FEE_DIFFERS)
    await find_discrepancy(api, "three", 3, channel=Channel.WECHAT)
    await find_discrepancy(api, "four", 4, state=DiscrepancyState.WAITING)

    async def subjects(**filter: Json) -> list[str]:
        return sorted(one["subject"] for one in await seen(me, **filter))

    assert await subjects() == ["four", "one", "three", "two"]
    assert await subjects(channel="WECHAT") == ["three"]
    assert await subjects(dayFrom="2026-11-02") == ["two"]
    assert await subjects(dayUntil="2026-11-01", channel="ALIPAY") == ["four", "one"]
    assert await subjects(kinds=["FEE_DIFFERS", "PAID_TWICE"]) == ["two"]
    assert await subjects(states=["WAITING", "HEALED"]) == ["four"]

    shown: list[str] = []
    after = None
    for number in range(2):
        page = (await me.see(DISCREPANCIES, first=2, after=after, direction="DESC"))[
            "discrepancies"
        ]
        shown += [one["subject"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 4
        assert page["pageInfo"]["hasNextPage"] is (number == 0)
    assert sorted(shown) == ["four", "one", "three", "two"]


async def test_days_with_their_counts(api: Api, me: Desk) -> None:
    await api.run(
        "INSERT INTO reconciliation_days (channel, day, state, sha256, doubt, payments, refunds,"
        " paid_fen, refunded_fen, fees_fen, decisions, confirmed, not_asked, done_at) VALUES"
        " ('alipay', '2026-11-01', 'done', 'aa', NULL, 9, 2, 900, 200, -5, 8, 7, 1,"
        " '2026-11-02T02:00Z'),"
        " ('wechat', '2026-11-01', 'refused', 'bb', 'line 7: cut', 0, 0, 0, 0, 0, 0, 0, 0, NULL),"
        " ('alipay', '2026-10-31', 'waiting', NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL)"
    )
    await find_discrepancy(api, "one", 1)
    await find_discrepancy(api, "two", 1)
    await find_discrepancy(api, "three", 1, state=DiscrepancyState.HEALED)

    whole = {"from": "2026-10-31", "until": "2026-11-01"}
    days = (await me.see(DAYS, **whole))["reconciliationDays"]
    done = {
        "channel": "ALIPAY",
        "day": "2026-11-01",
        "state": "DONE",
        "doubt": None,
        "payments": 9,
        "refunds": 2,
        "paid": {"fen": 900},
        "refunded": {"fen": 200},
        "fees": {"fen": -5, "yuan": "-0.05"},
        "decisions": 8,
        "confirmed": 7,
        "notAsked": 1,
        "doneAt": "2026-11-02T02:00:00+00:00",
        "counts": [
            {"kind": "UNKNOWN_PAYMENT", "state": "HEALED", "count": 1},
            {"kind": "UNKNOWN_PAYMENT", "state": "OPEN", "count": 2},
        ],
    }
    assert days[1] == done
    assert [(one["day"], one["channel"], one["state"], one["doubt"]) for one in days] == [
        ("2026-10-31", "ALIPAY", "WAITING", None),
        ("2026-11-01", "ALIPAY", "DONE", None),
        ("2026-11-01", "WECHAT", "REFUSED", "line 7: cut"),
    ]
    only = await me.see(DAYS, **{"from": "2026-11-01", "until": "2026-11-01"}, channel="ALIPAY")
    assert only["reconciliationDays"] == [done]


@pytest.mark.parametrize(
    ("first", "last"), [("2026-11-02", "2026-11-01"), ("2026-10-01", "2026-11-01")]
)
async def test_at_most_31_days(me: Desk, first: str, last: str) -> None:
    answer = await me.ask(DAYS, **{"from": first, "until": last})

    assert [(e["message"], e["extensions"]["code"]) for e in answer["errors"]] == [
        ("Give the first day before the last, and at most 31 days.", "BAD_REQUEST")
    ]
