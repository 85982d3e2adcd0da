"""A GraphQL request that is here as a whole, while its answer is on its way."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from graphql_api.serving import Limits
from tests.http.serving_kit import (
    BIG,
    SECRET,
    Running,
    echoed,
    get,
    post,
    serving,
    until,
)

HOLD, HI, BROKEN = (
    post("/graphql", body, "Accept-Language: en") for body in (b"hold", b"hi", b"broken")
)
HELD, ECHO = echoed("/graphql", "hold"), echoed("/graphql", "hi")
LIMITS = Limits(answer_seconds=0.3, last_words_seconds=0.2, keep_alive_seconds=60)


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with serving(LIMITS) as one:
        yield one


def at_work(running: Running) -> int:
    return len(running.server.server_state.tasks)


async def test_requests_that_arrive_meanwhile_are_answered_in_order(running: Running) -> None:
    client = await running.connect()
    client.send(HOLD)
    await until(lambda: running.app.direct)
    for path in ("/1", "/2", "/graphql", "/3"):
        client.send(post(path, b"hi"))
        assert (await running.ask(get("/x"))).status == 200
    # Only one at a time.
    assert at_work(running) == 1
    running.app.go_on.set()
    assert (await client.read()).json == HELD
    told = [(await client.read()).json["path"] for _ in range(4)]
    assert told == ["/1", "/2", "/graphql", "/3"]
    # And after that the lane is free again.
    assert (await client.ask(HI)).json == ECHO
    assert running.app.direct == [b"hold", b"hi"]


async def test_what_is_sent_meanwhile_without_end_is_not_read(running: Running) -> None:
    client = await running.connect(small=True)
    client.send(HOLD, get("/x"), *[post("/x", b"x" * 100_000) for _ in range(100)])
    await until(lambda: running.app.direct)
    for _ in range(5):
        await running.ask(get("/y"))
    assert client.writer.transport.get_write_buffer_size() > 1_000_000
    running.app.go_on.set()
    assert (await client.read()).json == HELD
    for _ in range(101):
        assert (await client.read()).status == 200


async def test_a_client_that_leaves_is_not_answered_but_the_work_is_done(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    client = await running.connect()
    client.send(HOLD)
    await until(lambda: running.app.direct)
    client.reset()
    await until(lambda: running.connections == 0)
    assert at_work(running) == 1
    running.app.go_on.set()
    await until(lambda: not at_work(running))
    assert running.app.finished == [b"hold"]
    assert caplog.messages == []
    assert (await running.ask(HI)).json == ECHO


async def test_a_client_that_has_sent_all_gets_its_answer(running: Running) -> None:
    client = await running.connect()
    client.send(HOLD)
    client.writer.write_eof()
    await until(lambda: running.app.direct)
    assert (await running.ask(get("/x"))).status == 200
    running.app.go_on.set()
    answer = await client.read()
    assert (answer.json, answer.is_last) == (HELD, True)
    assert await client.is_closed()


async def test_an_answer_that_is_not_taken_is_cut_off(running: Running) -> None:
    client = await running.connect(small=True)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    client.send(post("/graphql", b"big"))
    await until(lambda: running.app.finished)
    await until(lambda: running.connections == 0)


async def test_the_next_answer_waits_until_the_last_one_is_taken() -> None:
    async with serving(Limits()) as running:
        client = await running.connect(small=True)
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        client.send(post("/graphql", b"big"))
        await until(lambda: running.app.finished)
        client.send(HI)
        await until(lambda: len(running.app.finished) == 2)
        assert (await running.ask(get("/x"))).status == 200
        # Or answers would pile up in our memory: the lane does not wait before it writes.
        assert running.app.direct == [b"big"]
        client.writer.transport.resume_reading()  # type: ignore[attr-defined]
        assert (await client.read()).body == BIG
        assert (await client.read()).json == ECHO


async def test_what_nobody_caught_is_answered_and_logged_without_its_text(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    client = await running.connect()
    answer = await client.ask(BROKEN)
    [error] = answer.json["errors"]
    assert (answer.status, answer.is_last) == (500, False)
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["reference"] in caplog.text
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text
    assert (await client.ask(HI)).json == ECHO


async def test_it_holds_no_place_after_that() -> None:
    async with serving(Limits(places=1, queue=0, place_seconds=60.0)) as running:
        for raw in (BROKEN, HI, BROKEN, HI):
            answer = await running.ask(raw)
        assert answer.json == ECHO


async def test_who_is_silent_after_an_answer_is_parted_from() -> None:
    async with serving(Limits(keep_alive_seconds=1)) as running:
        client = await running.connect()
        for _ in range(3):
            assert (await client.ask(HI)).json == ECHO
            await asyncio.sleep(0.6)
        before = asyncio.get_running_loop().time()
        assert (await client.ask(HI)).json == ECHO
        assert await client.is_closed()
        assert 0.9 < asyncio.get_running_loop().time() - before < 5.0


async def test_who_has_gone_leaves_no_timer_behind() -> None:
    loop = asyncio.get_running_loop()

    def timers() -> list[str]:
        waiting = loop._scheduled  # type: ignore[attr-defined]
        return [repr(one) for one in waiting if not one.cancelled() and "Alarm" in repr(one)]

    async with serving(Limits(keep_alive_seconds=60)) as running:
        assert (await running.ask(HI)).json == ECHO
        # The clients' and the one of the places.
        before = len(timers())
        for client in running.clients:
            client.writer.close()
        await until(lambda: running.connections == 0)
        assert before > len(timers()) <= 1


async def test_work_is_not_silence() -> None:
    async with serving(Limits(keep_alive_seconds=1)) as running:
        client = await running.connect()
        assert (await client.ask(HI)).json == ECHO
        client.send(HOLD)
        await asyncio.sleep(1.2)
        running.app.go_on.set()
        assert (await client.read()).json == HELD
