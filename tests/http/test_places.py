"""Places are taken in turn, given back once, and never lost."""

import asyncio
from contextlib import suppress

from graphql_api.serving import Limits
from graphql_api.serving.places import Place, Places

LONG_SECONDS = 60.0


def places(**changed: float) -> Places:
    usual = {"places": 1, "queue": 2, "queue_seconds": LONG_SECONDS, "place_seconds": LONG_SECONDS}
    return Places(Limits(**{**usual, **changed}))  # type: ignore[arg-type]


def taken(some: Places) -> Place:
    place = some.take_at_once()
    assert place is not None
    return place


async def waiting(some: Places) -> asyncio.Task[Place | None]:
    """Somebody in the queue."""
    task = asyncio.create_task(some.wait())
    await asyncio.sleep(0)
    return task


async def test_they_are_taken_in_turn_and_given_back_once() -> None:
    some = places()
    place = taken(some)
    assert some.take_at_once() is None
    first, second = await waiting(some), await waiting(some)
    assert some.are_full
    assert await some.wait() is None
    for _ in range(3):
        some.give_back(place)
    place = await first or place
    assert not second.done()
    # Nobody who comes now overtakes.
    assert some.take_at_once() is None
    some.give_back(place)
    assert await second
    assert some.take_at_once() is None


async def test_nobody_waits_longer_than_for_so_long() -> None:
    some = places(queue_seconds=0.1)
    place = taken(some)
    first = await waiting(some)
    await asyncio.sleep(0.05)
    second = await waiting(some)
    assert await first is None
    assert not second.done()
    some.give_back(place)
    assert await second


async def test_who_holds_one_for_too_long_is_passed_over() -> None:
    some = places(places=2, place_seconds=0.1)
    early = taken(some)
    await asyncio.sleep(0.05)
    late = taken(some)
    first, second = await waiting(some), await waiting(some)
    assert await first
    assert not early.is_held
    assert late.is_held
    assert not second.done()
    assert await second
    # What was taken back is not given back once more.
    for place in (early, late):
        some.give_back(place)
    assert some.take_at_once() is None


async def test_a_place_of_somebody_who_is_gone_goes_to_the_next() -> None:
    some = places()
    for moment in ("before", "after"):
        place = taken(some)
        first, second = await waiting(some), await waiting(some)
        if moment == "after":
            some.give_back(place)
        first.cancel()
        with suppress(asyncio.CancelledError):
            await first
        if moment == "before":
            some.give_back(place)
        place = await second or place
        some.give_back(place)
    assert some.take_at_once()


class Watched(Places):
    """Counts how often the timer goes off."""

    looks = 0

    def _take_back(self) -> None:
        self.looks += 1
        super()._take_back()


async def test_what_is_given_back_in_time_needs_no_timer_of_its_own() -> None:
    some = Watched(Limits(place_seconds=0.1))
    for _ in range(100):
        some.give_back(taken(some))
        await asyncio.sleep(0.001)
    last = taken(some)
    await asyncio.sleep(0.15)
    assert not last.is_held
    # One in 0.1 seconds, and a few in which there was another that was still held.
    assert 2 <= some.looks < 30
