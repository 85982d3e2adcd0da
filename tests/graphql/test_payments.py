"""Paying decided fines: begun, paid, settled once, told to the register."""

import asyncio

import pytest

from sandbox.city import Person
from tests.graphql.paying import Payer, a_key, owed_by, payer_of, settled
from tests.graphql.phones import refused
from tests.stack import Api, Json, Platforms, Register, TestClock

BOOKS = """SELECT t.kind, t.source_ref, e.account, e.amount_fen FROM ledger_entries e
  JOIN ledger_transactions t ON t.id = e.transaction_id"""
NOTHING_BEGUN = ("SELECT count(*) FROM payments", [(0,)])
CHANNELS = pytest.mark.parametrize("channel", ["ALIPAY", "WECHAT"])


@pytest.fixture
async def payer(api: Api, platforms: Platforms, register: Register, citizen: Person) -> Payer:
    return await payer_of(api, platforms, register, citizen, handled=2)


@pytest.fixture(params=["ALIPAY", "WECHAT"])
async def either(
    request: pytest.FixtureRequest,
    api: Api,
    platforms: Platforms,
    register: Register,
    citizen: Person,
) -> Payer:
    """The same person, in one mini-program and in the other."""
    return await payer_of(api, platforms, register, citizen, request.param, handled=2)


async def test_a_fine_is_paid(api: Api, either: Payer) -> None:
    overdue = await owed_by(either, 5900)

    payment = await either.begun(overdue["id"], expectedTotal=5900)

    number, channel = payment["number"], either.phone.channel
    assert (payment["status"], payment["amount"]) == ("AWAITING", {"fen": 5900})
    action = payment["clientAction"]
    if channel == "ALIPAY":
        assert action["__typename"] == "AlipayTradePay"
        assert action["tradeNO"]
    else:
        assert action["__typename"] == "WechatRequestPayment"
        assert action["package"].startswith("prepay_id=")
        assert action["signType"] == "RSA"
    assert payment["lines"] == [
        {
            "decisionNumber": overdue["number"],
            "principal": {"fen": 5000},
            "surcharge": {"fen": 900},
            "status": "LIVE",
            "registeredAt": None,
        }
    ]
    assert await either.money() == []

    await either.tap_pay(payment)
    shown = await settled(either, payment)

    assert shown["status"] == "PAID"
    assert shown["clientAction"] is None
    assert [(one["outTradeNo"], one["fen"]) for one in await either.money()] == [(number, 5900)]
    assert overdue["number"] not in [one["number"] for one in await either.decisions()]
    clearing = f"{channel.lower()}_clearing"
    assert set(await api.rows(BOOKS)) == {
        ("settlement", f"{number}-1", clearing, 5900),
        ("settlement", f"{number}-1", "fines_receivable", -5900),
        ("settlement", f"{number}-1", "fines_receivable", 5900),
        ("settlement", f"{number}-1", "treasury_payable_fines", -5000),
        ("settlement", f"{number}-1", "treasury_payable_surcharges", -900),
    }

    await api.sweep()

    shown = await either.show(payment["id"])
    assert shown["lines"][0]["registeredAt"] is not None
    writes = await either.register.writes()
    assert [(w["interface"], w["serial"]) for w in writes] == [("04C57", f"{number}-1")]
    await api.sweep()
    assert await either.register.writes() == writes


async def test_several_decisions_in_one_payment(api: Api, payer: Payer) -> None:
    owed = await payer.decisions()
    total = sum(one["quote"]["total"]["fen"] for one in owed)

    payment = await payer.begun(*(one["id"] for one in owed))
    await payer.tap_pay(payment)
    shown = await settled(payer, payment)

    assert (shown["status"], shown["amount"]["fen"]) == ("PAID", total)
    assert len(shown["lines"]) == len(owed) == 5
    assert await payer.decisions() == []
    await api.sweep()
    assert sorted(w["serial"] for w in await payer.register.writes()) == [
        f"{payment['number']}-{place}" for place in range(1, 6)
    ]


async def test_the_same_key_is_one_payment(api: Api, either: Payer) -> None:
    [first, second, *_] = await either.decisions()
    key = a_key()

    one = await either.begun(first["id"], key=key)
    again = await either.begun(first["id"], key=key)

    assert (again["id"], again["status"]) == (one["id"], "AWAITING")
    answer = await either.ask_create(second["id"], key=key)
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert await api.rows("SELECT count(*) FROM payments") == [(1,)]


async def test_fifty_at_once_are_one_payment(api: Api, payer: Payer) -> None:
    owed = await payer.decisions()

    results = await asyncio.gather(*(payer.create(owed[0]["id"]) for _ in range(50)))

    begun = [one for one in results if one["__typename"] == "CreatePaymentSuccess"]
    assert len(begun) == 1
    others = [one["refusals"][0]["code"] for one in results if one not in begun]
    assert others == ["PAYING_ELSEWHERE"] * 49
    assert await api.rows("SELECT count(*) FROM payments") == [(1,)]
    await payer.tap_pay(begun[0]["payment"])
    assert (await settled(payer, begun[0]["payment"]))["status"] == "PAID"
    assert refused_codes(await payer.create(owed[0]["id"])) == ["ALREADY_PAID"]
    assert len(await payer.money()) == 1


async def test_fifty_at_once_with_one_key_are_one_payment(api: Api, payer: Payer) -> None:
    owed = await payer.decisions()
    key = a_key()

    results = await asyncio.gather(*(payer.create(owed[0]["id"], key=key) for _ in range(50)))

    ids = {one["payment"]["id"] for one in results}
    assert len(ids) == 1
    shown = await payer.show(ids.pop())
    assert (shown["status"], shown["clientAction"] is None) == ("AWAITING", False)


@pytest.mark.parametrize("how", [{"parallel": True}, {}])
async def test_a_notice_five_times_is_one_settlement(api: Api, either: Payer, how: Json) -> None:
    owed = await either.decisions()
    payment = await either.begun(owed[0]["id"])
    channel = either.phone.channel
    await either.platforms.switch_paying(channel, "notice-lost")
    await either.tap_pay(payment)
    assert (await either.show(payment["id"]))["status"] == "AWAITING"
    await either.platforms.calm_paying(channel)

    answers = await either.platforms.notify(channel, payment["number"], times=5, **how)

    assert [one["acknowledged"] for one in answers] == [True] * 5
    assert (await either.show(payment["id"]))["status"] == "PAID"
    assert await api.rows("SELECT count(*) FROM ledger_transactions") == [(1,)]
    assert await api.rows("SELECT count(*) FROM write_backs") == [(1,)]


@pytest.mark.parametrize(
    "change",
    [{"amountFen": 1}, {"amountFen": 99999999}, {"merchant": "other"}, {"signature": "wrong"}],
)
async def test_a_wrong_notice_settles_nothing(api: Api, either: Payer, change: Json) -> None:
    owed = await either.decisions()
    payment = await either.begun(owed[0]["id"])
    channel = either.phone.channel
    await either.platforms.switch_paying(channel, "notice-lost")
    await either.tap_pay(payment)
    await either.platforms.calm_paying(channel)

    [answer] = await either.platforms.notify(channel, payment["number"], **change)

    assert (await either.show(payment["id"]))["status"] == "AWAITING"
    assert await api.rows("SELECT count(*) FROM ledger_transactions") == [(0,)]
    assert answer["acknowledged"] is ("amountFen" in change)
    # What the channel itself says settles it: another amount in a notice is only a hint.
    await either.platforms.notify(channel, payment["number"])
    assert (await either.show(payment["id"]))["status"] == "PAID"


async def test_a_lost_notice_is_made_up_for_by_asking(
    api: Api, either: Payer, clock: TestClock
) -> None:
    owed = await either.decisions()
    payment = await either.begun(owed[0]["id"])
    await either.platforms.switch_paying(either.phone.channel, "notice-lost")
    await either.tap_pay(payment)
    assert (await either.show(payment["id"]))["status"] == "AWAITING"

    clock.advance(seconds=60)
    await api.sweep()

    assert (await either.show(payment["id"]))["status"] == "PAID"


async def test_nobody_pays_in_time(api: Api, either: Payer, clock: TestClock) -> None:
    owed = await either.decisions()
    payment = await either.begun(owed[0]["id"])

    clock.advance(minutes=16)
    await api.sweep()
    await either.phone.renew()

    shown = await either.show(payment["id"])
    assert (shown["status"], shown["clientAction"]) == ("EXPIRED", None)
    assert [line["status"] for line in shown["lines"]] == ["RELEASED"]
    another = await either.begun(owed[0]["id"])
    assert another["number"] != payment["number"]
    assert another["status"] == "AWAITING"


async def test_money_after_the_end_goes_back(api: Api, either: Payer, clock: TestClock) -> None:
    """Paid in the last second, while the channel says for a while that nobody has."""
    owed = await either.decisions()
    payment = await either.begun(owed[0]["id"])
    channel, fen = either.phone.channel, payment["amount"]["fen"]
    await either.platforms.switch_paying(channel, "notice-lost")
    await either.platforms.switch_paying(channel, "query-lags", times=4)
    await either.tap_pay(payment)
    await api.run("UPDATE payments SET status = 'expired', ended_at = now(), next_check_at = NULL")
    await api.run("UPDATE payment_items SET state = 'released'")
    await either.platforms.calm_paying(channel)

    await either.platforms.notify(channel, payment["number"], times=3)

    shown = await either.show(payment["id"])
    assert (shown["status"], shown["lines"][0]["status"]) == ("EXPIRED", "SURPLUS")
    [(refund,)] = await api.rows("SELECT number FROM refunds")
    clearing = f"{channel.lower()}_clearing"
    decided = {
        ("paid_after_close", f"{payment['number']}-1", clearing, fen),
        ("paid_after_close", f"{payment['number']}-1", "suspense", -fen),
        ("refund_from_suspense", f"{refund}-1", "suspense", fen),
        ("refund_from_suspense", f"{refund}-1", "refunds_payable", -fen),
    }
    assert set(await api.rows(BOOKS)) == decided
    # Twice is enough unless a call takes too long, as on a busy machine.
    for _ in range(6):
        await api.sweep()
        clock.advance(seconds=13)
    assert set(await api.rows(BOOKS)) == decided | {
        ("refund_payout", refund, "refunds_payable", fen),
        ("refund_payout", refund, clearing, -fen),
    }
    assert [(one["kind"], one["fen"]) for one in await either.money()] == [
        ("payment", fen),
        ("refund", fen),
    ]
    shown = await either.show(payment["id"])
    assert (shown["status"], shown["lines"][0]["status"]) == ("EXPIRED", "REFUNDED")
    assert await api.rows("SELECT count(*) FROM write_backs") == [(0,)]


async def test_money_from_a_second_channel_goes_back(
    api: Api, platforms: Platforms, register: Register, citizen: Person
) -> None:
    first = await payer_of(api, platforms, register, citizen, "ALIPAY", handled=1)
    second = await payer_of(api, platforms, register, citizen, "WECHAT")
    owed = await first.decisions()
    late = await first.begun(owed[0]["id"])
    await platforms.switch_paying("ALIPAY", "notice-lost")
    await first.tap_pay(late)
    await api.run("UPDATE payments SET status = 'expired', ended_at = now(), next_check_at = NULL")
    await api.run("UPDATE payment_items SET state = 'released'")
    paid = await second.begun(owed[0]["id"])
    await second.tap_pay(paid)
    assert (await settled(second, paid))["status"] == "PAID"
    await platforms.calm_paying("ALIPAY")

    await platforms.notify("ALIPAY", late["number"])

    await api.sweep()
    assert (await first.show(late["id"]))["lines"][0]["status"] == "REFUNDED"
    assert (await second.show(paid["id"]))["lines"][0]["status"] == "PAID"
    fen = late["amount"]["fen"]
    assert [(one["kind"], one["fen"]) for one in await first.money()] == [
        ("payment", fen),
        ("refund", fen),
    ]
    assert ("paid_twice", f"{late['number']}-1", "suspense", -fen) in await api.rows(BOOKS)
    assert await api.rows("SELECT sum(amount_fen) FROM ledger_entries") == [(0,)]


async def test_money_for_an_annulled_decision_goes_back(api: Api, payer: Payer) -> None:
    owed = await payer.decisions()
    payment = await payer.begun(owed[0]["id"], owed[1]["id"])
    await api.run(
        "UPDATE violations SET decision_annulled = true WHERE decision_number ="
        f" '{owed[0]['number'][:15]}'"
    )

    await payer.tap_pay(payment)
    shown = await settled(payer, payment)

    assert shown["status"] == "REFUNDING"
    states = {line["decisionNumber"]: line["status"] for line in shown["lines"]}
    assert states == {owed[0]["number"]: "SURPLUS", owed[1]["number"]: "PAID"}
    await api.sweep()
    shown = await payer.show(payment["id"])
    assert shown["status"] == "PAID"
    states = {line["decisionNumber"]: line["status"] for line in shown["lines"]}
    assert states == {owed[0]["number"]: "REFUNDED", owed[1]["number"]: "PAID"}
    assert sorted(kind for (kind,) in await api.rows("SELECT kind FROM ledger_transactions")) == [
        "paid_though_annulled",
        "refund_from_suspense",
        "refund_payout",
        "settlement",
    ]
    assert await api.rows("SELECT count(*) FROM write_backs") == [(1,)]


async def test_a_payment_is_given_up(api: Api, either: Payer) -> None:
    owed = await either.decisions()
    payment = await either.begun(owed[0]["id"])

    result = await either.cancel(payment["id"])

    assert (result["payment"]["status"], result["payment"]["clientAction"]) == ("CANCELLED", None)
    assert (await either.cancel(payment["id"]))["payment"]["status"] == "CANCELLED"
    with pytest.raises(AssertionError, match="409"):
        await either.tap_pay(payment)
    assert (await either.begun(owed[0]["id"]))["status"] == "AWAITING"


async def test_what_is_paid_cannot_be_given_up(api: Api, either: Payer) -> None:
    owed = await either.decisions()
    payment = await either.begun(owed[0]["id"])
    await either.platforms.switch_paying(either.phone.channel, "notice-lost")
    await either.tap_pay(payment)

    result = await either.cancel(payment["id"])

    assert result == refused("ALREADY_PAID")
    assert (await either.show(payment["id"]))["status"] == "PAID"


async def test_what_was_paid_at_a_bank_a_moment_ago_is_not_paid_again(
    api: Api, payer: Payer, clock: TestClock
) -> None:
    """The list is fresh, and says unpaid; the register is asked all the same."""
    owed = await payer.decisions()
    await payer.register.change("pay", jdsbh=owed[0]["number"][:15])
    clock.advance(seconds=1)

    assert refused_codes(await payer.create(owed[0]["id"])) == ["ALREADY_PAID"]
    assert await api.rows("SELECT count(*) FROM payments") == [(0,)]


async def test_a_silent_register_does_not_stop_a_payment_while_its_answer_is_fresh(
    payer: Payer, clock: TestClock
) -> None:
    owed = await payer.decisions()
    await payer.register.switch("down")
    clock.advance(seconds=1)

    assert (await payer.begun(owed[0]["id"]))["status"] == "AWAITING"

    clock.advance(minutes=11)
    assert refused_codes(await payer.create(owed[1]["id"])) == ["UPSTREAM_UNAVAILABLE"]


async def test_somebody_elses_payment_does_not_exist(
    api: Api,
    payer: Payer,
    platforms: Platforms,
    register: Register,
    stranger: Person,
    clock: TestClock,
) -> None:
    owed = await payer.decisions()
    payment = await payer.begun(owed[0]["id"])
    other = await payer_of(api, platforms, register, stranger, "WECHAT")
    clock.advance(minutes=2)

    assert await other.show(payment["id"]) is None
    assert await other.cancel(payment["id"]) == refused("NOT_FOUND")
    assert refused_codes(await other.create(owed[0]["id"])) == ["NOT_FOUND"]
    assert (await payer.show(payment["id"]))["status"] == "AWAITING"
    # Nobody asked the channel about it either: that is for its owner, and for the worker.
    assert await platforms.calls("ALIPAY", "alipay.trade.query") == 0
    answer = await api.ask("query($id: ID!) { payment(id: $id) { number } }", id=payment["id"])
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_who_never_signed_in_there_cannot_pay_there(api: Api, payer: Payer) -> None:
    owed = await payer.decisions()

    result = await payer.create(owed[0]["id"], channel="WECHAT")

    assert refused_codes(result) == ["CHANNEL_UNAVAILABLE"]
    assert await api.rows("SELECT count(*) FROM payments") == [(0,)]


@pytest.mark.parametrize("expected", [5899, 5901, 0])
async def test_another_total_than_was_shown_is_not_charged(
    api: Api, payer: Payer, expected: int
) -> None:
    overdue = await owed_by(payer, 5900)

    result = await payer.create(overdue["id"], expectedTotal=expected)

    assert refused_codes(result) == ["AMOUNT_CHANGED"]
    assert "59.00" in result["refusals"][0]["message"]
    assert await api.rows("SELECT count(*) FROM payments") == [(0,)]


def refused_codes(result: Json) -> list[str]:
    assert result["__typename"] == "Refused", result
    return [one["code"] for one in result["refusals"]]
