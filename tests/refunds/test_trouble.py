"""Refunds in trouble: lost answers, silent channels, refusals, and what channels say later."""

import asyncio
from dataclasses import dataclass, field

import pytest

from domain.money import Money
from domain.platforms import Channel
from domain.refunds import Refund, RefundOrder, RefundState
from tests.refunds.office import ASK, REFUND, Office, fail_next
from tests.stack import Json

pytestmark = pytest.mark.asyncio(loop_scope="module")
LOST = ("drop-before", "drop-after", "throttled")
STANDING = "SELECT status, next_check_at IS NULL, lease_id FROM refunds ORDER BY created_at"
NOT_SOON = "UPDATE refunds SET next_check_at = next_check_at + interval '1 day'"
SENT = "SELECT 1 FROM refunds WHERE sends > 0 AND lease_id IS NOT NULL"
REFUSED = {"ALIPAY": "ACQ.SELLER_BALANCE_NOT_ENOUGH", "WECHAT": "NOT_ENOUGH"}


@dataclass(slots=True)
class Scripted:
    """A channel that says what it is told to: what no sandbox does."""

    states: list[RefundState]
    fen: int
    asked: list[RefundState] = field(default_factory=list)

    async def refund(self, order: RefundOrder) -> Refund:
        raise AssertionError("nothing is sent")

    async def ask(self, number: str, refund_number: str) -> Refund:
        self.asked.append(self.states.pop(0))
        return Refund(number, refund_number, self.asked[-1], Money(self.fen), "the-channels")


def scripted(office: Office, *states: RefundState, fen: int) -> Scripted:
    """The process has to do with such a channel from now on, in place of WeChat Pay."""
    one = Scripted(list(states), fen)
    office.world.api.running.paying.refund_checks.channels[Channel.WECHAT] = one
    return one


async def until_sent(office: Office) -> None:
    """Return when a request for a refund is on its way."""
    for _ in range(2000):
        if office.world.rows(SENT):
            return
        await asyncio.sleep(0.002)
    raise AssertionError("nobody sends it")


@pytest.mark.parametrize("name", LOST)
async def test_lost_answers(office: Office, channel: str, name: str) -> None:
    """Whether it had arrived or not: it is given back once, and blocks others until it is."""
    payment = await office.paid(channel, 20000, 5900)
    await office.trouble(channel, name, REFUND[channel], times=2)

    status = await office.refund(payment, (1, 1, 0))

    assert status == ("created" if name == "throttled" else "unknown")
    assert await office.refund(payment) == "REFUND_UNDER_WAY"
    for seconds in (8, 13, 60, 60):
        await office.later(seconds)
    assert await office.end() == [1]
    await office.refund(payment)
    assert await office.end() == [1, 25899]
    assert await office.problems() == []


@pytest.mark.parametrize(("channel", "method"), [("ALIPAY", REFUND), ("WECHAT", ASK)])
async def test_a_channel_that_is_silent_for_days(
    office: Office, channel: str, method: dict[str, str]
) -> None:
    """People are asked after 25 hours; then it answers, and their task is closed."""
    payment = await office.paid(channel, 20000)
    if method is ASK:
        await office.trouble(channel, "drop-after", REFUND[channel], times=1)
    await office.trouble(channel, "drop-before", method[channel])

    assert await office.refund(payment) == "unknown"
    for hours in (1, 1, 1, 1, 1, 1, 22):
        await office.later(hours * 3600)

    assert office.tasks() == [
        ("refund_unknown", *office.world.rows("SELECT number FROM refunds")[0])
    ]
    assert await office.refund(payment, expected=0) == "REFUND_UNDER_WAY"
    assert await office.end() == [20000]
    assert "refund_unknown" not in [kind for kind, _ in office.tasks()]


async def test_queries_that_lag(office: Office, channel: str) -> None:
    """It is done, and a query has never heard of it: the same again gives nothing twice."""
    payment = await office.paid(channel, 20000)
    name = {"ALIPAY": "refund-query-lags", "WECHAT": "refund-absent"}[channel]
    await office.trouble(channel, "drop-after", REFUND[channel], times=1)
    await office.trouble(channel, name, ASK[channel])

    assert await office.refund(payment) == "unknown"
    for seconds in (20, 70, 70):
        await office.later(seconds)

    assert await office.calls(channel) > 1
    assert await office.end() == [20000]


async def test_one_that_takes_its_time_at_alipay(office: Office) -> None:
    payment = await office.paid("ALIPAY", 20000)
    await office.trouble("ALIPAY", "refund-pending", REFUND["ALIPAY"], parameters={"seconds": 90})

    assert await office.refund(payment) == "processing"
    await office.later(20)
    assert [one[0] for one in office.refunds()] == ["processing"]

    assert await office.end() == [20000]


async def test_an_empty_account(office: Office, channel: str) -> None:
    """The same refund again once there is enough; people are told in the meantime."""
    payment = await office.paid(channel, 20000)
    name, parameters = "not-enough", {}
    if channel == "ALIPAY":
        name, parameters = "refund-refused", {"sub_code": REFUSED[channel]}
    await office.trouble(channel, name, REFUND[channel], times=3, parameters=parameters)

    told = await office.refund(payment)

    [(status, _, problem)] = office.refunds()
    assert (told, status, problem) == ("created", "created", "balance")
    assert [kind for kind, _ in office.tasks()] == ["refund_balance"]
    for _ in range(2):
        await office.later(1801)
        assert [kind for kind, _ in office.tasks() if kind != "register_shows_paid"] == [
            "refund_balance"
        ]
    before = await office.calls(channel)
    await office.later(60)
    assert await office.calls(channel) == before
    assert await office.end() == [20000]
    assert "refund_balance" not in [kind for kind, _ in office.tasks()]


async def test_one_that_fails_changes_nothing(office: Office, channel: str) -> None:
    payment = await office.paid(channel, 5900, 20000)
    before = await office.shown(channel, payment)

    await fail_next(office, channel)
    await office.refund(payment)
    await office.world.sweep_until_quiet()

    await office.judge()
    shown = await office.shown(channel, payment)
    assert [one["status"] for one in shown.pop("refunds")] == ["FAILED"]
    before.pop("refunds")
    assert shown == before
    assert office.tasks() == []
    problem = {"ALIPAY": "ACQ.TRADE_NOT_ALLOW_REFUND", "WECHAT": "closed"}[channel]
    assert await office.problems() == [problem]
    # Another one, with a number of its own, may go better.
    office.world.clock.advance(minutes=1)
    await office.refund(payment)
    assert await office.end() == [25900]


async def test_a_refusal_of_what_was_sent_before_is_not_its_end(office: Office) -> None:
    """The first request may yet arrive; what is left of it is not guessed."""
    payment = await office.paid("ALIPAY", 20000)
    await office.trouble("ALIPAY", "drop-after", REFUND["ALIPAY"], times=1)
    await office.trouble("ALIPAY", "refund-query-lags", ASK["ALIPAY"])
    refusal = {"sub_code": "ACQ.TRADE_NOT_ALLOW_REFUND"}

    assert await office.refund(payment) == "unknown"
    await office.trouble("ALIPAY", "refund-refused", REFUND["ALIPAY"], parameters=refusal)
    await office.later(30)
    await office.later(30)

    assert office.refunds() == [("unknown", 20000, "ACQ.TRADE_NOT_ALLOW_REFUND")]
    assert await office.end() == [20000]


async def test_the_payers_account_takes_no_money(office: Office) -> None:
    """People are asked; they have it paid out, which is processed once more, and then done."""
    payment = await office.paid("WECHAT", 5900, 20000)
    await office.trouble("WECHAT", "refund-abnormal", REFUND["WECHAT"], times=1)
    await office.refund(payment, (1, 5000, 0))
    office.world.clock.advance(seconds=13)
    await office.comes_to("abnormal")
    [(number,)] = office.world.rows("SELECT number FROM refunds")
    assert office.tasks() == [("refund_abnormal", number)]
    assert (await office.shown("WECHAT", payment))["status"] == "REFUNDING"

    # The rest need not wait for it.
    office.world.clock.advance(minutes=1)
    assert await office.refund(payment) == "processing"
    await office.world.sweep_until_quiet()
    assert (await office.shown("WECHAT", payment))["status"] == "REFUNDING"
    await office.judge()
    states = (RefundState.PROCESSING, RefundState.ABSENT, RefundState.SUCCEEDED)
    channel = scripted(office, *states, fen=5000)
    for _ in states:
        [(status, _, _), _] = office.refunds()
        assert status == "abnormal"
        office.world.clock.advance(days=1)
        await office.world.sweep()

    assert [one[0] for one in office.refunds()] == ["succeeded", "succeeded"]
    assert channel.asked == list(states)
    assert (await office.shown("WECHAT", payment))["status"] == "REFUNDED"
    assert "refund_abnormal" not in [kind for kind, _ in office.tasks()]
    office.world.check_moves()
    balance = "SELECT coalesce(sum(amount_fen), 0) FROM ledger_entries WHERE account = '{}'"
    for account in ("refunds_payable", "wechat_clearing", "treasury_payable_fines"):
        assert office.world.rows(balance.format(account)) == [(0,)], account


async def test_another_amount_than_was_asked_for(office: Office) -> None:
    """Nobody believes it, and people are asked; the channel says otherwise the next day."""
    payment = await office.paid("WECHAT", 20000)
    await office.trouble("WECHAT", "refund-amount", ASK["WECHAT"], times=1)
    await office.refund(payment)
    office.world.clock.advance(seconds=13)
    await office.comes_to("unknown")

    assert [kind for kind, _ in office.tasks()][:1] == ["refund_unknown"]
    assert await office.end() == [20000]
    assert "refund_unknown" not in [kind for kind, _ in office.tasks()]


async def test_its_own_notice_hastens_it_at_wechat_pay(office: Office) -> None:
    payment = await office.paid("WECHAT", 20000)
    await office.refund(payment)
    await office.world.api.run(NOT_SOON)
    office.world.clock.advance(seconds=4)

    await office.comes_to("succeeded")

    assert await office.end() == [20000]


async def test_whatever_a_notice_of_a_refund_says(office: Office) -> None:
    """Only the channel's answer counts: forged, of another amount, of somebody else's order."""
    payment = await office.paid("WECHAT", 20000)
    for name in ("notice-forged", "notice-amount", "notice-other-merchant", "notice-duplicate"):
        await office.trouble("WECHAT", name, "notice", times=1)
        await office.refund(payment, (1, 1, 0))
        office.world.clock.advance(seconds=61)
        await office.world.sweep_until_quiet()
        await office.judge()

    assert await office.end() == [1] * 4
    assert [one[0] for one in office.refunds()] == ["succeeded"] * 4
    assert office.tasks() == []


async def test_the_payments_notice_hastens_it_at_alipay(office: Office) -> None:
    payment = await office.paid("ALIPAY", 20000)
    await office.trouble("ALIPAY", "drop-after", REFUND["ALIPAY"], times=1)
    await office.refund(payment)
    await office.world.api.run(NOT_SOON)
    office.world.clock.advance(seconds=11)
    forged: list[Json] = [{"signature": "wrong"}, {"merchant": "other"}]
    for change in forged:
        await office.world.notify("ALIPAY", payment["number"], times=2, **change)
        await office.world.sweep()
        assert [one[0] for one in office.refunds()] == ["unknown"]

    await office.world.notify("ALIPAY", payment["number"], times=5, parallel=True)
    # It says nothing for sure: the channel is asked.
    assert [one[0] for one in office.refunds()] == ["unknown"]
    await office.comes_to("succeeded")

    assert await office.end() == [20000]


async def test_a_notice_while_it_fails_does_not_revive_it(office: Office) -> None:
    """A notice about an earlier refund comes while the channel refuses this one."""
    payment = await office.paid("ALIPAY", 20000)
    await office.refund(payment, (1, 1, 0))
    office.world.clock.advance(seconds=4)
    refusal = {"sub_code": "ACQ.TRADE_NOT_ALLOW_REFUND"}
    await office.trouble("ALIPAY", "refund-refused", REFUND["ALIPAY"], times=1, parameters=refusal)
    await office.trouble("ALIPAY", "slow", REFUND["ALIPAY"], times=1, parameters={"seconds": 0.4})

    failing = asyncio.create_task(office.refund(payment, (1, 2, 0)))
    await until_sent(office)
    office.world.clock.advance(seconds=1)
    await office.world.notify("ALIPAY", payment["number"])
    assert await failing == "failed"

    assert office.world.rows(STANDING) == [("succeeded", True, None), ("failed", True, None)]
    office.world.clock.advance(minutes=5)
    await office.world.sweep()
    assert await office.end() == [1]


async def test_who_has_lost_the_lease_asks_nobody(office: Office) -> None:
    """A slow worker is told that there is not enough, when another has given it back already."""
    payment = await office.paid("WECHAT", 20000)
    await office.trouble("WECHAT", "not-enough", REFUND["WECHAT"], times=1)
    await office.trouble("WECHAT", "slow", REFUND["WECHAT"], times=1, parameters={"seconds": 0.4})
    slow = asyncio.create_task(office.refund(payment))
    await until_sent(office)
    office.world.clock.advance(seconds=61)
    await office.world.sweep()
    office.world.clock.advance(seconds=30)
    await office.comes_to("succeeded")
    assert not slow.done()
    await slow

    assert [one[0] for one in office.refunds()] == ["succeeded"]
    assert "refund_balance" not in [kind for kind, _ in office.tasks()]
    assert await office.end() == [20000]


async def test_two_workers_send_it_once(office: Office) -> None:
    channel = "WECHAT"
    payment = await office.paid(channel, 20000)
    await office.trouble(channel, "throttled", REFUND[channel], times=1)
    assert await office.refund(payment) == "created"
    before = await office.calls(channel)
    office.world.clock.advance(minutes=2)
    checks = office.world.api.running.paying.refund_checks

    await asyncio.gather(*(checks.sweep() for _ in range(8)))

    assert await office.calls(channel) == before + 1
    assert await office.end() == [20000]
