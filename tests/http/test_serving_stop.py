"""Stopping: nobody who behaves well notices."""

import asyncio
import signal

import pytest

from graphql_api.serving import Limits, Server
from tests.http.serving_kit import (
    PATIENCE_SECONDS,
    Echo,
    Running,
    echoed,
    get,
    post,
    serving,
    until,
)

LIVED = ["lifespan.startup", "lifespan.shutdown"]
SHORT = Limits(last_words_seconds=0.2, head_seconds=60, keep_alive_seconds=60)
LONG_SECONDS = 60.0


@pytest.fixture(params=["/x", "/graphql"])
def path(request: pytest.FixtureRequest) -> str:
    """Through uvicorn's cycles, and through the lane."""
    way: str = request.param
    return way


def is_draining(running: Running) -> bool:
    return running.told == ["drain"]


async def test_while_draining_everybody_is_served_and_sent_elsewhere(path: str) -> None:
    async with serving(SHORT, drain_seconds=LONG_SECONDS) as running:
        idle, working = await running.connect(), await running.connect()
        assert not (await idle.ask(get("/x"))).is_last
        working.send(post(path, b"hold"))
        await until(lambda: len(running.app.seen) == 2)

        running.stop()
        await until(lambda: is_draining(running))

        # Kept alive until now, new, and at work: all are answered, and all connections end.
        answer = await idle.ask(post(path, b"hi"))
        assert (answer.status, answer.json, answer.is_last) == (200, echoed(path, "hi"), True)
        assert await idle.is_closed()
        assert (await running.ask(get("/new"))).is_last
        running.app.go_on.set()
        answer = await working.read()
        assert (answer.json, answer.is_last) == (echoed(path, "hold"), True)
        # Nobody else is told more than once, and the second signal ends the draining.
        running.stop()
        await running.ends()
        assert running.told == ["drain"]
        assert running.app.lifespan == LIVED


async def test_after_draining_nobody_is_let_in_and_what_runs_is_finished(path: str) -> None:
    async with serving(SHORT, drain_seconds=0.2) as running:
        working, arriving, idle, silent = [await running.connect() for _ in range(4)]
        for client in (idle, silent):
            assert (await client.ask(get("/x"))).status == 200
        working.send(post(path, b"hold"))
        raw = post(path, b"hi")
        arriving.send(raw[:10])
        await until(lambda: len(running.app.seen) == 3)

        running.stop()
        await until(lambda: not running.server.servers[0].is_serving())
        with pytest.raises(ConnectionError):
            await running.connect()

        # A request that was on its way to an idle connection, and one that had begun to arrive.
        answer = await idle.ask(raw)
        assert (answer.json, answer.is_last) == (echoed(path, "hi"), True)
        assert await silent.is_closed()
        answer = await arriving.ask(raw[10:])
        assert (answer.json, answer.is_last) == (echoed(path, "hi"), True)
        running.app.go_on.set()
        assert (await working.read()).json == echoed(path, "hold")
        await running.ends()
        assert running.app.lifespan == LIVED


async def test_without_a_drain_it_stops_at_once_and_still_answers_what_runs(path: str) -> None:
    async with serving(SHORT) as running:
        working, idle = await running.connect(), await running.connect()
        assert (await idle.ask(get("/x"))).status == 200
        working.send(post(path, b"hold"))
        await until(lambda: len(running.app.seen) == 2)

        running.stop()

        assert await idle.is_closed()
        running.app.go_on.set()
        assert (await working.read()).json == echoed(path, "hold")
        await running.ends()
        assert running.app.lifespan == LIVED


@pytest.mark.parametrize("drain_seconds", [0.0, LONG_SECONDS])
async def test_the_second_signal_hurries(
    drain_seconds: float, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(SHORT, drain_seconds=drain_seconds) as running:
        working, idle, arriving = [await running.connect() for _ in range(3)]
        working.send(post(path, b"hold", "Accept-Language: en"))
        arriving.send(f"POST {path}".encode())
        await until(lambda: running.app.seen)

        running.stop()
        await until(lambda: is_draining(running))
        running.stop()

        # What could not be finished is told so.
        answer = await working.read()
        [error] = answer.json["errors"]
        assert (answer.status, answer.is_last) == (503, True)
        assert error["extensions"] == {"code": "RETRY_LATER", "retryAfter": 1.0}
        for client in (working, idle, arriving):
            assert await client.is_closed()
        await running.ends()
        assert running.app.lifespan == LIVED
        assert "Traceback" not in caplog.text


async def test_what_does_not_end_in_time_is_told_so(path: str) -> None:
    async with serving(Limits(finish_seconds=0)) as running:
        working = await running.connect()
        working.send(post(path, b"hold"))
        await until(lambda: running.app.seen)

        running.stop()

        answer = await working.read()
        assert (answer.status, answer.is_last) == (503, True)
        await running.ends()
        assert running.app.lifespan == LIVED


async def test_a_signal_before_it_listens_stops_it_too() -> None:
    echo = Echo()
    server = Server(echo, drain_seconds=LONG_SECONDS, on_drain=lambda: None)
    server.handle_exit(signal.SIGTERM, None)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await server.serve(sockets=[])
    assert echo.lifespan == LIVED
