"""Alarms ring when they were set to, however often they were put off before."""

import asyncio

from graphql_api.serving.alarm import Alarm


class Watch:
    """Tells how long after it was made the alarm rang."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time()
        self.rang: list[float] = []
        self.alarm = Alarm(lambda: self.rang.append(self._loop.time() - self._start))


async def test_it_rings_once_and_not_before_its_time() -> None:
    watch = Watch()
    watch.alarm.set(0.05)
    watch.alarm.set(10.0)
    await asyncio.sleep(0.3)
    [after] = watch.rang
    assert 0.05 <= after < 0.25
    watch.alarm.set(0.05)
    await asyncio.sleep(0.2)
    assert len(watch.rang) == 2


async def test_put_off_it_does_not_ring() -> None:
    watch = Watch()
    for end in (watch.alarm.off, watch.alarm.close):
        watch.alarm.set(0.02)
        end()
    await asyncio.sleep(0.1)
    assert watch.rang == []


async def test_set_again_it_rings_for_the_last_time_alone() -> None:
    for first, second in ((0.05, 0.15), (10.0, 0.15)):
        watch = Watch()
        watch.alarm.set(first)
        watch.alarm.off()
        watch.alarm.set(second)
        await asyncio.sleep(0.4)
        [after] = watch.rang
        assert 0.15 <= after < 0.35


async def test_put_off_and_set_a_thousand_times_it_is_one_timer() -> None:
    loop = asyncio.get_running_loop()
    watch = Watch()
    before = len(loop._scheduled)  # type: ignore[attr-defined]
    for _ in range(1000):
        watch.alarm.set(5.0)
        watch.alarm.off()
    watch.alarm.set(5.0)
    assert len(loop._scheduled) == before + 1  # type: ignore[attr-defined]
    watch.alarm.close()
