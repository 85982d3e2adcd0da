"""More than we can answer is turned away at once, and nothing of it is carried out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from graphql_api.serving import Limits
from tests.http.serving_kit import Answer, Running, echoed, get, post, serving, until

LONG_SECONDS = 60.0
TWO = Limits(places=2, queue=0, queue_seconds=LONG_SECONDS, place_seconds=LONG_SECONDS)
BUSY = {
    "errors": [
        {
            "message": "We are busy. Please try again shortly.",
            "extensions": {"code": "RETRY_LATER", "retryAfter": 1.0},
        }
    ]
}
BUSY_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "content-language": "en",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "vary": "Accept, Accept-Language",
    "retry-after": "1",
}
EN = "Accept-Language: en"


@pytest.fixture(params=[True, False], ids=["lane", "asgi"])
def lane(request: pytest.FixtureRequest) -> bool:
    """Both ways in obey the same admission."""
    way: bool = request.param
    return way


def ask(body: bytes) -> bytes:
    return post("/graphql", body, EN)


def echoing(body: str) -> dict[str, str]:
    return echoed("/graphql", body)


@asynccontextmanager
async def full(limits: Limits, lane: bool) -> AsyncIterator[Running]:
    """A server whose two places are taken for as long as the block lasts."""
    async with serving(limits, lane=lane) as running:
        clients = [await running.connect() for _ in range(2)]
        for client in clients:
            client.send(ask(b"hold"))
        await until(lambda: len(running.app.seen) == 2)
        yield running
        running.app.go_on.set()
        assert [(await client.read()).json for client in clients] == [echoing("hold")] * 2


def assert_busy(answer: Answer) -> None:
    assert (answer.status, answer.headers, answer.json) == (503, BUSY_HEADERS, BUSY)


async def test_who_finds_no_place_is_turned_away_on_a_connection_that_stays(lane: bool) -> None:
    async with full(TWO, lane) as running:
        client = await running.connect()
        raw = ask(b"hi")
        # Whole, in pieces, without a body, and several at once.
        for parts in (
            [raw],
            [raw],
            [raw[:20], raw[20:-1], raw[-1:]],
            [get("/graphql?query={a}", EN)],
        ):
            for part in parts:
                client.send(part)
                await client.writer.drain()
            assert_busy(await client.read())
        client.send(raw, raw, raw)
        for _ in range(3):
            assert_busy(await client.read())
        assert running.app.seen == ["POST /graphql"] * 2
        running.app.go_on.set()
        await until(lambda: not running.server.server_state.tasks)
        assert (await client.ask(raw)).json == echoing("hi")


async def test_it_is_told_in_chinese_and_in_the_modern_media_type_too(lane: bool) -> None:
    async with full(TWO, lane) as running:
        client = await running.connect()
        for _ in range(2):
            modern = "application/graphql-response+json"
            answer = await client.ask(post("/graphql", b"hi", f"Accept: {modern}"))
            [error] = answer.json["errors"]
            assert (answer.status, error["message"]) == (503, "系统繁忙，请稍后再试。")
            assert answer.headers["content-type"] == f"{modern}; charset=utf-8"


async def test_who_wants_to_part_is_told_and_parted_from(lane: bool) -> None:
    async with full(TWO, lane) as running:
        client = await running.connect()
        assert_busy(await client.ask(ask(b"hi")))
        old = post("/graphql", b"hi", EN, "Connection: keep-alive").replace(b"/1.1", b"/1.0")
        for last in (post("/graphql", b"hi", EN, "Connection: close"), old):
            client = await running.connect()
            # What comes after it is not answered, nor carried out.
            answer = await client.ask(last, post("/x", b"hi"))
            assert (answer.status, answer.json, answer.is_last) == (503, BUSY, True)
            assert await client.is_closed()
        assert running.app.seen == ["POST /graphql"] * 2


async def test_all_but_graphql_comes_in(lane: bool) -> None:
    async with full(TWO, lane) as running:
        client = await running.connect()
        for path in ("/livez", "/readyz", "/notices", "/graphql/"):
            assert (await client.ask(post(path, b"hi"))).json == echoed(path, "hi")


async def test_a_few_wait_for_a_place_and_get_it(lane: bool) -> None:
    async with full(replace(TWO, queue=2), lane) as running:
        waiting = [await running.connect() for _ in range(2)]
        waiting[0].send(ask(b"hi"))
        waiting[1].send(get("/graphql"))
        await until(lambda: running.server.admission.is_full)
        assert_busy(await running.ask(ask(b"late")))
        running.app.go_on.set()
        assert [(await client.read()).json for client in waiting] == [echoing("hi"), echoing("")]


async def test_nobody_waits_for_long(lane: bool) -> None:
    async with full(replace(TWO, queue=2, queue_seconds=0.1), lane) as running:
        for raw in (ask(b"hi"), get("/graphql", EN)):
            assert_busy(await running.ask(raw))
        # Through ASGI the application had begun to read, and takes it that the client has gone.
        assert running.app.seen == ["POST /graphql"] * (2 if lane else 3)
        assert running.app.gone == ([] if lane else ["/graphql"])


async def test_who_is_slow_to_send_holds_no_place(lane: bool) -> None:
    async with serving(TWO, lane=lane) as running:
        slow = [await running.connect() for _ in range(3)]
        for client in slow:
            client.send(ask(b"hi")[:-1])
        await until(lambda: len(running.app.seen) == 3)
        assert (await running.ask(ask(b"you"))).json == echoing("you")
        for client in slow:
            assert (await client.ask(b"i")).json == echoing("hi")


async def test_who_waits_for_an_upstream_holds_none_for_long(lane: bool) -> None:
    async with full(replace(TWO, queue=1, place_seconds=0.1), lane) as running:
        assert (await running.ask(ask(b"hi"))).json == echoing("hi")


async def test_but_not_without_end(lane: bool) -> None:
    async with full(replace(TWO, queue=1, place_seconds=0.1, admitted=2), lane) as running:
        client = await running.connect()
        assert_busy(await client.ask(ask(b"hi")))
        assert running.app.seen == ["POST /graphql"] * 2
        running.app.go_on.set()
        await until(lambda: not running.server.server_state.tasks)
        assert (await client.ask(ask(b"hi"))).json == echoing("hi")


async def test_however_many_come_in_one_moment(lane: bool) -> None:
    limits = replace(TWO, places=10, queue=10, admitted=2)
    async with serving(limits, lane=lane) as running:
        clients = [await running.connect() for _ in range(5)]
        for client in clients:
            client.send(ask(b"hold"))
        for client in clients[2:]:
            assert_busy(await client.read())
        running.app.go_on.set()
        for client in clients[:2]:
            assert (await client.read()).json == echoing("hold")


async def test_who_pipelines_gets_the_answers_in_order(lane: bool) -> None:
    async with serving(replace(TWO, places=1), lane=lane) as running:
        client = await running.connect()
        client.send(ask(b"hold"))
        await until(lambda: running.server.admission.is_full)
        client.send(ask(b"hi"))
        assert_busy(await running.ask(ask(b"late")))
        running.app.go_on.set()
        assert [(await client.read()).json for _ in range(2)] == [echoing("hold"), echoing("hi")]
