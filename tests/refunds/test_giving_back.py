"""Officers give payments back: all, a part, and never more than there is."""

import asyncio

import pytest

from domain.failures import Forbidden, Unauthenticated
from domain.principals import Anonymous, Citizen, Officer, Principal
from domain.refunds import RefundReason
from tests.refunds.office import ANOTHER, OFFICER, Office
from tests.stack import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")
STRANGERS: tuple[tuple[Principal, type[Exception]], ...] = (
    (Anonymous(), Unauthenticated),
    (Citizen("https://office", "c-1"), Forbidden),
    (Officer("https://office", "r-1", frozenset({"reviewer"})), Forbidden),
    (Officer("https://office", "r-2"), Forbidden),
)
# Rows that nobody would get to by hand.
EARLIER_ONES = """INSERT INTO refunds (id, number, payment_id, requester, idempotency_key,
    request_hash, reason, status, amount_fen, created_at, ended_at)
  SELECT gen_random_uuid(), 'R2026110' || i, id, 'f-1', 'earlier-' || i, '', 'paid_in_error',
    'failed', 1, paid_at, paid_at FROM payments, generate_series(1, 50) i;
INSERT INTO refund_lines (refund_id, position, principal_fen, surcharge_fen, from_suspense)
  SELECT id, 1, 1, 0, false FROM refunds"""
FORGET_ONE = """DELETE FROM refund_lines
  WHERE refund_id = (SELECT id FROM refunds WHERE number = 'R20261101');
DELETE FROM refunds WHERE id NOT IN (SELECT refund_id FROM refund_lines)"""


async def test_all_of_it(office: Office, channel: str) -> None:
    payment = await office.paid(channel, 5900, 20000)
    await office.world.sweep()

    begun = await office.refund(payment)

    assert begun == {"ALIPAY": "succeeded", "WECHAT": "processing"}[channel]
    await office.judge()
    assert await office.end() == [25900]
    assert await office.shown(channel, payment) == {
        "status": "REFUNDED",
        "refunded": {"fen": 25900},
        "lines": [{"status": "REFUNDED"}, {"status": "REFUNDED"}],
        "refunds": [
            {
                "status": "SUCCEEDED",
                "reason": "PAID_IN_ERROR",
                "amount": {"fen": 25900},
                "lines": [
                    {"principal": {"fen": 5000}, "surcharge": {"fen": 900}},
                    {"principal": {"fen": 10000}, "surcharge": {"fen": 10000}},
                ],
            }
        ],
        "receipt": "REFUNDED",
    }
    # The register knows of the payment, and nobody can tell it otherwise.
    assert office.tasks() == [
        ("register_shows_paid", f"{payment['number']}-1"),
        ("register_shows_paid", f"{payment['number']}-2"),
    ]
    assert await office.refund(payment) == "NOTHING_TO_REFUND"


async def test_parts_and_then_the_rest(office: Office, channel: str) -> None:
    payment = await office.paid(channel, 5900, 20000, 10000)
    places = await office.places(payment)

    await office.refund(payment, (places[5900], 0, 900))
    await office.world.sweep_until_quiet()

    shown = await office.shown(channel, payment)
    assert (shown["status"], shown["refunded"]["fen"], shown["receipt"]) == (
        "PAID",
        900,
        "PARTLY_REFUNDED",
    )
    assert [line["status"] for line in shown["lines"]] == ["PAID"] * 3
    assert office.tasks() == []
    await office.refund(payment, (places[5900], 2000, 0), (places[10000], 10000, 0))
    await office.judge()
    await office.world.sweep_until_quiet()
    shown = await office.shown(channel, payment)
    states = [line["status"] for line in shown["lines"]]
    assert states[places[10000] - 1] == "REFUNDED"
    assert sorted(states) == ["PAID", "PAID", "REFUNDED"]
    await office.refund(payment)
    assert await office.end() == [900, 12000, 23000]
    assert (await office.shown(channel, payment))["status"] == "REFUNDED"
    # The channel had no reason to refuse any of them: the time between was kept.
    assert await office.problems() == []


async def test_a_second_one_waits_for_its_time(office: Office, channel: str) -> None:
    """Nothing is sent before the channel takes it, and then it is, by a worker."""
    payment = await office.paid(channel, 20000)
    await office.refund(payment, (1, 1, 0))
    office.world.clock.advance(seconds=13 if channel == "WECHAT" else 0)
    await office.comes_to("succeeded")
    before = await office.calls(channel)

    assert await office.refund(payment, (1, 2, 0)) == "created"

    assert await office.calls(channel) == before
    gap = {"ALIPAY": 3, "WECHAT": 47}[channel]
    await office.later(gap - 1)
    assert await office.calls(channel) == before
    await office.later(1)
    assert await office.calls(channel) == before + 1
    assert await office.end() == [1, 2]


@pytest.mark.parametrize("channel", ["WECHAT"])
async def test_the_same_request_again(office: Office, channel: str) -> None:
    payment = await office.paid(channel, 5900, 10000)
    again: Json = {"key": "one-and-the-same", "expected": 15900}

    told = await asyncio.gather(
        *(office.refund(payment, (1, 5000, 0), (2, 1, 0), **again) for _ in range(5))
    )
    await office.world.sweep_until_quiet()
    # The order of lines says nothing.
    told.append(await office.refund(payment, (2, 1, 0), (1, 5000, 0), **again))

    assert set(told) <= {"created", "processing", "succeeded"}
    assert told[-1] == "succeeded"
    for lines in ([(1, 5000, 0)], [(1, 5001, 0), (2, 1, 0)], []):
        other = await office.refund(payment, *lines, **again)
        assert other == "bad idempotency_key_reused", lines
    reason = RefundReason.PAID_TOO_MUCH
    other = await office.refund(payment, (1, 5000, 0), (2, 1, 0), reason=reason, **again)
    assert other == "bad idempotency_key_reused"
    # Somebody else's key is another one.
    other = await office.refund(payment, (1, 5000, 0), (2, 1, 0), officer=ANOTHER, **again)
    assert other == "REFUNDABLE_CHANGED"
    assert await office.end() == [5001]


async def test_more_than_there_is(office: Office) -> None:
    channel = "ALIPAY"
    payment = await office.paid(channel, 5900, 10000)
    unpaid = await office.world.payer(channel).begun(*await office.decisions(20000))

    beyond: list[list[tuple[int, int, int]]] = [
        *([(1, 5001, 0)], [(1, 0, 901)], [(1, 5900, 0)]),
        *([(2, 10000, 1)], [(3, 1, 0)], [(1, 5000, 900), (2, 10001, 0)]),
    ]
    for lines in beyond:
        assert await office.refund(payment, *lines) == "BEYOND_REFUNDABLE", lines
    for lines in ([(1, 0, 0)], [(1, -1, 0)], [(1, 1, -1)], [(1, 1, 0), (1, 1, 0)]):
        assert await office.refund(payment, *lines) == "bad refund_lines", lines
    for expected in (0, 15899, 15901):
        assert await office.refund(payment, expected=expected) == "REFUNDABLE_CHANGED"
    own = RefundReason.PAID_TWICE
    assert await office.refund(payment, reason=own) == "bad refund_reason"
    assert await office.refund(unpaid, expected=20000) == "NOT_FOUND"
    assert await office.refund({"number": "2026110222222222222222"}) == "NOT_FOUND"

    assert (list(office.refunds()), await office.calls(channel)) == ([], 0)
    await office.refund(payment, (1, 5000, 900))
    await office.world.sweep_until_quiet()
    assert await office.refund(payment, (1, 1, 0), expected=10000) == "BEYOND_REFUNDABLE"
    assert await office.refund(payment, expected=15900) == "REFUNDABLE_CHANGED"
    assert await office.end() == [5900]


async def test_many_officers_at_once(office: Office, channel: str) -> None:
    payment = await office.paid(channel, 5900, 10000)
    officers = [Officer("https://office", f"g-{one}", frozenset({"finance"})) for one in range(10)]

    told = await asyncio.gather(
        *(office.refund(payment, expected=15900, officer=one) for one in officers)
    )

    begun = [one for one in told if one.islower()]
    assert len(begun) == 1
    others = {one for one in told if one not in begun}
    assert others <= {"REFUND_UNDER_WAY", "REFUNDABLE_CHANGED", "NOTHING_TO_REFUND"}
    assert await office.end() == [15900]


async def test_fifty_are_the_most(office: Office) -> None:
    payment = await office.paid("WECHAT", 5900)
    office.world.run(EARLIER_ONES)

    assert await office.refund(payment) == "TOO_MANY_REFUNDS"

    office.world.run(FORGET_ONE)
    assert await office.refund(payment) == "processing"
    await office.world.sweep_until_quiet()
    assert await office.given() == [5900]


@pytest.mark.parametrize("seconds", [21 * 3600 + 59 * 60, 22 * 3600])
async def test_the_treasurys_cut_off(office: Office, channel: str, seconds: int) -> None:
    """Paid at noon in China; the money is handed on at 10 the next morning."""
    payment = await office.paid(channel, 5900, 10000)
    await office.world.sweep()
    office.world.clock.advance(seconds=seconds)
    in_time = seconds < 22 * 3600

    told = [await office.refund(payment, (1, 1, 0), key="the-same-key") for _ in range(2)]

    found, treasury = await office.find(payment), f"treasury: {payment['number']}"
    assert found is not None
    assert found.needs_treasury is not in_time
    if in_time:
        assert treasury not in told
        assert await office.end() == [1]
        return
    assert told == [treasury] * 2
    assert await office.refund(payment) == treasury
    assert office.tasks() == [("treasury_refund", payment["number"])]
    assert (list(office.refunds()), await office.end()) == ([], [])
    assert (await office.shown(channel, payment))["status"] == "PAID"


@pytest.mark.parametrize("channel", ["WECHAT"])
async def test_what_was_decided_in_time_is_given_back_later(office: Office, channel: str) -> None:
    payment = await office.paid(channel, 10000)
    office.world.clock.advance(hours=21, minutes=59)
    await office.trouble(channel, "drop-before", office.method(channel), times=1)
    assert await office.refund(payment) in ("unknown", "created")

    await office.later(3600)

    assert await office.end() == [10000]


async def test_only_officers_of_finance(office: Office) -> None:
    payment = await office.paid("ALIPAY", 5900)

    for who, failure in STRANGERS:
        for number in (payment, {"number": "nothing"}):
            with pytest.raises(failure):
                await office.refund(number, officer=who, expected=5900)
            with pytest.raises(failure):
                await office.find(number, officer=who)

    assert (list(office.refunds()), await office.calls("ALIPAY")) == ([], 0)


async def test_a_fine_that_was_given_back_is_owed_again(office: Office, channel: str) -> None:
    """Given back before the register knew: it is not told, and somebody can pay it."""
    payment = await office.paid(channel, 5900)
    decision = payment["lines"][0]["decisionNumber"]
    await office.refund(payment)
    office.world.clock.advance(seconds=13)
    while office.refunds()[0][0] != "succeeded":
        await office.world.api.running.paying.refund_checks.sweep()
    assert await office.end() == [5900]
    assert await office.world.register.writes() == []
    assert office.tasks() == []

    again = await office.paid(channel, 5900)

    assert again["lines"][0]["decisionNumber"] == decision
    await office.refund(again, (1, 1, 0))
    assert await office.end() == [5900, 1]
    assert len(await office.world.register.writes()) == 1


async def test_what_the_register_shows_as_paid_is_a_task(office: Office) -> None:
    """It was told, and has no way to be told otherwise: nobody can pay until people saw to it."""
    payment = await office.paid("ALIPAY", 5900)
    await office.world.sweep()
    await office.refund(payment)

    assert await office.end() == [5900]

    assert office.tasks() == [("register_shows_paid", f"{payment['number']}-1")]
    office.world.clock.advance(minutes=11)
    owed = await office.world.payer("ALIPAY").decisions()
    assert 5900 not in [one["quote"]["total"]["fen"] for one in owed]
    assert (await office.world.evidence()).effects[0][1] == f"{payment['number']}-1"
    assert OFFICER.actor in [row[0] for row in office.world.rows("SELECT requester FROM refunds")]
