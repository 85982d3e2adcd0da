"""What is put right by itself, and what comes out of suspense when it is explained later."""

from datetime import timedelta

import pytest

from domain.platforms import Channel
from domain.times import start_of
from tests.reconciliation.days_past import instants
from tests.reconciliation.world import DAY, NEXT, World

ALIPAY, WECHAT = Channel.ALIPAY, Channel.WECHAT


async def test_what_the_channel_does_not_confirm_is_open_until_it_does(world: World) -> None:
    past = world.past(ALIPAY)
    unknown = past.pay(next(instants(DAY)), knows=False)
    await past.happen()
    world.morning_after(DAY)
    await world.platforms.switch_paying("ALIPAY", "http-500", method="alipay.trade.query")

    await world.run(ALIPAY)

    assert await world.found() == {("not_settled", unknown.number, "open", 20_000)}
    assert len(await world.open_tasks()) == 1
    await world.check_books()
    await world.platforms.calm_paying("ALIPAY")

    await world.run(ALIPAY)

    assert await world.found() == {("not_settled", unknown.number, "healed", 0)}
    # It had ended: the money goes back by itself.
    assert await world.open_tasks() == []
    assert await world.api.rows("SELECT payment_id, reason FROM refunds") == [
        (unknown.id, "paid_after_end")
    ]
    await world.check_books()


async def test_what_is_in_the_bill_of_another_day_was_not_missing(world: World) -> None:
    past = world.past(WECHAT)
    late = past.pay(start_of(DAY) + timedelta(hours=12))
    past.spoil("shift", late.number, DAY)
    await past.happen()
    world.morning_after(DAY)

    await world.run(WECHAT)

    assert await world.found() == {("payment_missing", late.number, "open", -20_000)}
    await world.check_books()
    world.morning_after(NEXT)

    await world.run(WECHAT, NEXT)

    assert await world.found() == {
        ("payment_missing", late.number, "healed", 0),
        ("day_boundary", late.number, "healed", 0),
    }
    assert await world.open_tasks() == []
    await world.check_books()


@pytest.mark.parametrize("offset", [timedelta(seconds=-30), timedelta(seconds=30)])
async def test_near_midnight_the_neighbouring_bill_decides(world: World, offset: timedelta) -> None:
    """The later of the two days, or the earlier one, is reconciled last."""
    past = world.past(ALIPAY)
    past.pay(start_of(DAY) + timedelta(hours=3))
    past.pay(start_of(NEXT) + timedelta(hours=3))
    near = past.pay(start_of(NEXT) + offset)
    own = DAY if offset < timedelta(0) else NEXT
    past.spoil("drop", near.number, own)
    await past.happen()
    world.morning_after(NEXT)
    await world.reconciliation.days.plan([ALIPAY])
    neighbour = NEXT if own == DAY else DAY

    await world.run(ALIPAY, own)

    assert await world.found() == {("day_boundary", near.number, "waiting", 0)}
    assert await world.open_tasks() == []

    await world.run(ALIPAY, neighbour)

    assert await world.found() == {
        ("day_boundary", near.number, "healed", 0),
        ("payment_missing", near.number, "open", -20_000),
    }
    await world.check_books()


async def test_what_was_settled_after_its_day_was_done_is_looked_for_too(world: World) -> None:
    past, times = world.past(ALIPAY), instants(DAY)
    past.pay(next(times))
    await past.happen()
    world.morning_after(DAY)
    await world.run(ALIPAY)
    late = past.pay(next(times), there=False)
    past.there.clear()
    await past.happen()
    world.morning_after(NEXT)

    await world.run(ALIPAY, NEXT)

    assert await world.found("day = '2026-11-03'") == {
        ("payment_missing", late.number, "open", -20_000)
    }


async def test_an_accepted_refund_is_listed_though_nobody_has_the_money_yet(world: World) -> None:
    past, times = world.past(WECHAT), instants(DAY)
    for status in ("processing", "abnormal"):
        sold = past.pay(next(times))
        past.give_back(sold, next(times), status=status, refunded_at=None)
    await past.happen()
    world.morning_after(DAY)

    await world.run(WECHAT)

    assert await world.found() == set()
    assert await world.open_tasks() == []


async def test_a_refund_that_the_bill_lists_is_asked_about(world: World) -> None:
    past, times = world.past(ALIPAY), instants(DAY)
    refund = past.give_back(
        past.pay(next(times), status="refunding"),
        next(times),
        status="unknown",
        accepted_at=None,
        refunded_at=None,
    )
    past.refunds_there.clear()
    past.give_back(refund.of, next(times), here=False)
    await past.happen()
    world.morning_after(DAY)

    await world.run(ALIPAY)

    assert await world.found() == {("unknown_refund", refund.number, "healed", 0)}
    assert await world.api.rows("SELECT status FROM refunds") == [("succeeded",)]
    await world.check_books()


async def test_a_payment_that_is_still_open_is_settled_by_the_bill(world: World) -> None:
    past = world.past(WECHAT)
    live = past.pay(next(instants(DAY)), knows=False, status="unknown", fen=12_300)
    past.spoil("amount", live.number, DAY, fen=12_200)
    await past.happen()
    world.morning_after(DAY)

    await world.run(WECHAT)

    assert await world.api.rows("SELECT status, paid_at FROM payments") == [
        ("paid", live.created_at)
    ]
    # What is ours now can be compared.
    assert await world.found() == {
        ("not_settled", live.number, "healed", 0),
        ("amount_differs", live.number, "open", -100),
    }
    await world.check_books()
    world.morning_after(NEXT)

    await world.run(WECHAT, NEXT)

    # The register has never heard of the decision; it was told in the meantime.
    assert await world.found("day = '2026-11-04'") == {
        ("register_unpaid", f"{live.number}-1", "waiting", 0)
    }


async def test_a_line_of_an_earlier_day_again_is_a_second_one(world: World) -> None:
    past = world.past(ALIPAY)
    once = past.pay(next(instants(DAY)))
    past.spoil_bill("add", NEXT, outTradeNo=once.number, fen=20_000)
    await past.happen()
    world.morning_after(NEXT)

    # The order in which days are done does not tell which line is the first: what is done is.
    await world.run(ALIPAY, NEXT)
    await world.run(ALIPAY, DAY)

    found = {
        ("day_boundary", once.number, "healed", 0),
        ("duplicate_line", once.number, "open", 20_000),
        # Whatever the channel kept of the line that came first.
        ("fee_differs", once.number, "open", 0),
    }
    assert await world.found() == found
    await world.check_books()
    await world.run(ALIPAY, NEXT)
    assert await world.found() == found
