"""The third side: what the register says, and that its silence says nothing."""

from dataclasses import replace
from datetime import timedelta

from domain.discrepancies import ReconciliationState
from domain.platforms import Channel
from services.reconciliation.register import RegisterPart
from tests.reconciliation.days_past import instants
from tests.reconciliation.injecting import Injecting
from tests.reconciliation.world import DAY, NEXT, World

ALIPAY = Channel.ALIPAY


async def test_a_silent_register_is_asked_again_and_never_guessed(world: World) -> None:
    past = world.past(ALIPAY)
    injected = Injecting.of(past, DAY, world.register.city)
    decision = next(injected.unpaid)
    fen = (decision.fine_yuan or 0) * 100
    untold = past.pay(next(injected.times), fen, decision=decision.number, mirrored="unpaid")
    past.pay(next(injected.times))
    await past.happen()
    world.morning_after(DAY)
    await world.register.switch("down")

    report = await world.run(ALIPAY)

    # The bill's part is done all the same.
    assert report.state is ReconciliationState.DONE
    assert report.register == RegisterPart(decisions=2, confirmed=1, not_asked=1)
    assert await world.found() == set()
    assert await world.open_tasks() == []
    await world.register.calm()
    world.clock.advance(minutes=59)
    assert await world.reconciliation.run_due() == 0
    world.clock.advance(minutes=2)

    [again] = [one async for one in world.reconciliation.due()]

    assert again.register == RegisterPart(decisions=2, confirmed=2, not_asked=0)
    assert await world.found() == {("register_unpaid", f"{untold.number}-1", "healed", 0)}
    assert [one["key"] for one in await world.register.writes()] == [decision.number]
    assert await world.reconciliation.run_due() == 0


async def test_an_annulled_decision_is_not_called_unpaid(world: World) -> None:
    past = world.past(ALIPAY)
    injected = Injecting.of(past, DAY, world.register.city)
    decision = next(injected.unpaid)
    fen = (decision.fine_yuan or 0) * 100
    past.pay(next(injected.times), fen, decision=decision.number, mirrored="unpaid")
    await past.happen()
    tombstone = {"jllx": "3", "gxsj": f"{DAY} 23:00:00"}
    await world.register.change("change-decision", jdsbh=decision.number, fields=tombstone)
    world.morning_after(DAY)

    report = await world.run(ALIPAY)

    assert report.register == RegisterPart(decisions=1, confirmed=0, not_asked=1)
    assert (await world.found(), await world.register.writes()) == (set(), [])


async def test_what_the_register_will_not_show_is_for_people_after_two_days(world: World) -> None:
    past, times = world.past(ALIPAY), instants(DAY)
    # A decision that it has never heard of.
    unknown = past.pay(next(times), decision="500103999999999", mirrored="unpaid")
    await past.happen()
    world.morning_after(DAY)

    await world.run(ALIPAY)

    assert await world.found() == {("register_unpaid", f"{unknown.number}-1", "waiting", 0)}
    assert await world.open_tasks() == []
    for days in (1, 2):
        world.morning_after(DAY + timedelta(days=days))
        await world.run(ALIPAY, DAY + timedelta(days=days))

    assert await world.found() == {("register_unpaid", f"{unknown.number}-1", "open", 0)}
    assert [kind for kind, _ in await world.open_tasks()] == ["discrepancy"]


async def test_what_is_beyond_the_number_of_questions_is_counted(world: World) -> None:
    past, times = world.past(ALIPAY), instants(DAY)
    for place in range(5):
        past.pay(next(times), decision=f"50010399999999{place}", mirrored="unpaid")
    await past.happen()
    world.morning_after(NEXT)
    few = replace(world.reconciliation.register, most_calls=3)

    part = await few.compare(world.reconciliation.day_of(ALIPAY, DAY))

    # Each is asked about twice: it is told again in between.
    assert part == RegisterPart(decisions=5, confirmed=0, not_asked=2)
