"""Money that settles nothing, or nothing any more, goes back by itself, and once."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from domain.discrepancies import DiscrepancyState
from domain.refunds import RefundReason
from tests.refunds.office import REFUND, Office, fail_next
from tests.stack import Api, Json, running_api

pytestmark = pytest.mark.asyncio(loop_scope="module")
ENDED = """UPDATE payments SET status = 'expired', ended_at = now(), next_check_at = NULL
  WHERE status = 'awaiting'"""
RELEASED = "UPDATE payment_items SET state = 'released' WHERE state = 'live'"
WHY = "SELECT reason, requester, status, amount_fen FROM refunds ORDER BY created_at, id"
DISCREPANCIES = "SELECT kind, state, suspense_fen FROM discrepancies ORDER BY found_at"


@pytest_asyncio.fixture(loop_scope="module")
async def second(office: Office) -> AsyncIterator[Api]:
    """Another process on the same database; notices go to one and the other in turn."""
    world = office.world
    async with running_api(world.api.settings, world.database_url, world.clock) as one:
        world.platforms.receivers.append(one.http)
        yield one
        world.platforms.receivers.remove(one.http)


async def paid_late(office: Office, channel: str, *amounts: int) -> Json:
    """A payment that expired here while it was being paid; nobody knows of the money yet."""
    payer = office.world.payer(channel)
    payment = await payer.begun(*await office.decisions(*amounts))
    await office.world.platforms.switch_paying(channel, "notice-lost", method="notice", times=1)
    await payer.tap_pay(payment)
    await office.world.api.run(ENDED)
    await office.world.api.run(RELEASED)
    office.world.ordered_late.add(payment["number"])
    return payment


async def told_often(office: Office, channel: str, payment: Json, *others: Api) -> None:
    """Notices five-fold, at once and again, while every process sweeps."""
    number, processes = payment["number"], (office.world.api, *others)
    for _ in range(2):
        await asyncio.gather(
            *(office.world.notify(channel, number, times=5, parallel=True) for _ in range(2)),
            *(one.running.chores.sweep() for one in processes * 2),
        )


async def test_paid_after_the_end(office: Office, second: Api, channel: str) -> None:
    payment = await paid_late(office, channel, 5900, 20000)

    await told_often(office, channel, payment, second)

    await office.judge()
    assert await office.end() == [25900]
    shown = await office.shown(channel, payment)
    assert (shown["status"], shown["refunded"]["fen"], shown["receipt"]) == ("EXPIRED", 25900, None)
    assert [line["status"] for line in shown["lines"]] == ["REFUNDED", "REFUNDED"]
    assert [(one["reason"], one["status"]) for one in shown["refunds"]] == [
        ("PAID_AFTER_END", "SUCCEEDED")
    ]
    assert (await office.world.register.writes(), list(office.tasks())) == ([], [])


@pytest.mark.parametrize(("late", "good"), [("ALIPAY", "WECHAT"), ("WECHAT", "ALIPAY")])
async def test_the_second_channel(office: Office, second: Api, late: str, good: str) -> None:
    """The other payment stands, and its fine stays paid."""
    surplus = await paid_late(office, late, 20000)
    standing = await office.paid(good, 20000)

    await told_often(office, late, surplus, second)

    assert await office.end() == [20000]
    assert office.world.rows(WHY) == [("paid_twice", "clearway", "succeeded", 20000)]
    assert (await office.shown(good, standing))["status"] == "PAID"
    assert len(await office.world.register.writes()) == 1
    assert list(office.tasks()) == []


async def test_annulled_before_it_was_paid(office: Office, second: Api, channel: str) -> None:
    """One of two decisions: what was paid for it goes back, and the other is settled."""
    payer = office.world.payer(channel)
    wanted = await office.decisions(5900, 10000)
    payment = await payer.begun(*wanted)
    await office.world.annul(wanted[0])
    await office.world.platforms.switch_paying(channel, "notice-lost", method="notice", times=1)
    await office.world.payer(channel).tap_pay(payment)

    await told_often(office, channel, payment, second)

    await office.judge()
    assert await office.end() == [5900]
    shown = await office.shown(channel, payment)
    assert (shown["status"], shown["receipt"]) == ("PAID", "PARTLY_REFUNDED")
    assert sorted(line["status"] for line in shown["lines"]) == ["PAID", "REFUNDED"]
    assert office.world.rows(WHY) == [("decision_annulled", "clearway", "succeeded", 5900)]
    assert list(office.tasks()) == []


async def test_annulled_after_it_was_paid(office: Office, second: Api, channel: str) -> None:
    """The mirror hears of it, and a sweep finds it; of several, one after the other."""
    payment = await office.paid(channel, 5900, 10000, 20000)
    await office.world.sweep()
    await office.refund(payment, (1, 1, 0))
    await office.world.sweep_until_quiet()
    for decision in await office.decisions_of(payment, 5900, 10000):
        await office.world.annul(decision)

    for _ in range(3):
        await asyncio.gather(
            *(one.running.paying.annulled.sweep() for one in (office.world.api, second) * 3)
        )
    assert len(office.world.rows(WHY)) == 2

    places = await office.places(payment)
    first, then = sorted((places[5900], places[10000]))
    left = {places[5900]: 5900, places[10000]: 10000}
    left[1] -= 1
    assert await office.end() == [1, left[first], left[then]]
    assert [row[:2] for row in office.world.rows(WHY)][1:] == [
        ("decision_annulled", "clearway")
    ] * 2
    shown = await office.shown(channel, payment)
    assert (shown["status"], shown["receipt"]) == ("PAID", "PARTLY_REFUNDED")
    # What does not stand any more need not be told to anybody.
    assert list(office.tasks()) == []


async def test_annulled_after_the_cut_off(office: Office, channel: str) -> None:
    """People have to; one task, which is not opened again when they have closed it."""
    payment = await office.paid(channel, 5900, 10000)
    await office.world.sweep()
    [decision] = await office.decisions_of(payment, 5900)
    office.world.clock.advance(days=1)
    await office.world.annul(decision)

    for _ in range(3):
        await office.world.sweep()
    place = (await office.places(payment))[5900]
    assert office.tasks() == [("treasury_refund", f"{payment['number']}-{place}")]
    await office.world.api.run("UPDATE human_tasks SET outcome = 'given_back', closed_at = now()")
    for _ in range(3):
        await office.later(3600)

    assert (await office.end(), list(office.tasks())) == ([], [])
    assert office.world.rows("SELECT count(*) FROM human_tasks") == [(1,)]


async def surplus_that_failed(office: Office, channel: str, *amounts: int) -> Json:
    """Surplus that the channel would not give back."""
    payment = await paid_late(office, channel, *amounts)
    await fail_next(office, channel)
    await office.world.notify(channel, payment["number"])
    await office.world.sweep_until_quiet()
    return payment


async def test_surplus_that_is_not_taken_back(office: Office, channel: str) -> None:
    """It is in suspense, people know; an officer gives it back, all of it, whenever that is."""
    payment = await surplus_that_failed(office, channel, 5900, 10000)
    await office.judge()
    assert sorted(kind for kind, _ in office.tasks()) == [
        *("discrepancy", "discrepancy", "refund_failed")
    ]
    held = sorted(office.world.rows(DISCREPANCIES))
    assert held == [("surplus_held", "open", 5900), ("surplus_held", "open", 10000)]
    shown = await office.shown(channel, payment)
    assert (shown["status"], shown["refunded"]["fen"]) == ("EXPIRED", 0)
    assert [line["status"] for line in shown["lines"]] == ["SURPLUS", "SURPLUS"]
    # Long after the treasury's cut-off: it never became the treasury's.
    office.world.clock.advance(days=30)

    place = (await office.places(payment))[5900]
    assert await office.refund(payment, (place, 5000, 0)) == "SURPLUS_IN_PARTS"
    await office.refund(payment, (place, 5000, 900), reason=RefundReason.PAID_TOO_MUCH)
    await office.judge()
    await office.world.sweep_until_quiet()
    assert sorted(office.world.rows(DISCREPANCIES)) == [
        ("surplus_held", "healed", 0),
        ("surplus_held", "open", 10000),
    ]
    await office.judge()
    office.world.clock.advance(minutes=1)
    await office.refund(payment)
    assert await office.end() == [5900, 10000]
    assert [kind for kind, _ in office.tasks()] == ["refund_failed"]
    assert (await office.shown(channel, payment))["status"] == "EXPIRED"


async def test_surplus_that_people_have_given_back_is_not_given_back_again(
    office: Office, channel: str
) -> None:
    """They closed the task: the money went another way, and no button gives it once more."""
    payment = await surplus_that_failed(office, channel, 5900)
    [(number,)] = office.world.rows("SELECT subject FROM human_tasks WHERE kind = 'discrepancy'")
    discrepancies = office.world.api.running.paying.discrepancies
    async with office.world.api.running.db.begin() as connection:
        await discrepancies.end(connection, number, DiscrepancyState.RESOLVED)

    assert await office.refund(payment) == "NOTHING_TO_REFUND"

    assert await office.given() == []
    assert office.world.rows(DISCREPANCIES) == [("surplus_held", "resolved", 0)]


@pytest.mark.parametrize("is_resolved_first", [True, False])
async def test_an_officer_gives_back_what_another_says_is_given_back(
    office: Office, is_resolved_first: bool
) -> None:
    """At the same moment: it goes one way or the other, and the books know which."""
    payment = await surplus_that_failed(office, "ALIPAY", 5900)
    [(number,)] = office.world.rows("SELECT subject FROM human_tasks WHERE kind = 'discrepancy'")
    running = office.world.api.running
    office.world.clock.advance(seconds=4)

    async def resolve() -> bool:
        async with running.db.begin() as connection:
            ended = running.paying.discrepancies.end(connection, number, DiscrepancyState.RESOLVED)
            return await ended

    if is_resolved_first:
        resolved, told = await asyncio.gather(resolve(), office.refund(payment, expected=5900))
    else:
        told, resolved = await asyncio.gather(office.refund(payment, expected=5900), resolve())

    if resolved:
        assert told == "REFUNDABLE_CHANGED"
        assert await office.given() == []
    else:
        assert await office.end() == [5900]


async def test_a_channel_that_is_silent_when_the_surplus_comes(
    office: Office, channel: str
) -> None:
    """The notice is acknowledged all the same; a worker sends it when it can."""
    payment = await paid_late(office, channel, 20000)
    await office.trouble(channel, "drop-before", REFUND[channel])

    answers = await office.world.notify(channel, payment["number"])
    await office.later(1)
    await office.later(40)

    assert [one["acknowledged"] for one in answers] == [True]
    assert [one[0] for one in office.refunds()] == ["unknown"]
    assert await office.refund(payment, expected=20000) == "REFUND_UNDER_WAY"
    assert await office.end() == [20000]


async def test_an_annulled_one_that_fails_is_left_to_people(office: Office, channel: str) -> None:
    """No sweep tries again by itself; an officer may."""
    payment = await office.paid(channel, 5900, 10000)
    await office.world.sweep()
    [decision] = await office.decisions_of(payment, 10000)
    await office.world.annul(decision)
    await fail_next(office, channel)

    await office.world.sweep_until_quiet()
    for _ in range(3):
        await office.later(3600)

    [(number,)] = office.world.rows("SELECT number FROM refunds")
    assert office.tasks() == [("refund_failed", number)]
    assert await office.given() == []
    shown = await office.shown(channel, payment)
    assert (shown["status"], [one["status"] for one in shown["lines"]]) == ("PAID", ["PAID"] * 2)
    place = (await office.places(payment))[10000]
    await office.refund(payment, (place, 10000, 0), reason=RefundReason.DECISION_ANNULLED)
    assert await office.end() == [10000]


@pytest.mark.parametrize("channel", ["WECHAT"])
async def test_no_channel_takes_back_what_is_a_year_old(office: Office, channel: str) -> None:
    payment = await surplus_that_failed(office, channel, 5900)
    calls = await office.calls(channel)
    office.world.clock.advance(days=365)

    for _ in range(2):
        assert await office.refund(payment) == f"treasury: {payment['number']}"

    assert await office.calls(channel) == calls
    assert ("treasury_refund", payment["number"]) in office.tasks()
    assert len(office.tasks()) == 3
    assert await office.end() == []
