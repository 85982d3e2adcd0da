"""Slow clients and crowds cost a bounded time and number of connections."""

from dataclasses import replace

from graphql_api.serving import Limits
from tests.http.serving_kit import BIG, echoed, get, post, refused, serving, until

LATE = refused("The request did not arrive in time.")
QUICK = Limits(
    head_seconds=0.2,
    body_seconds=0.2,
    answer_seconds=0.2,
    last_words_seconds=0.2,
    keep_alive_seconds=60,
)
BUSY = {
    "zh": "系统繁忙，请稍后再试。",
    "en": "We are busy. Please try again shortly.",
}


async def test_who_sends_no_request_is_cut_off_without_a_word() -> None:
    async with serving(QUICK) as running:
        for nothing in (b"", b"\r\n"):
            client = await running.connect()
            client.send(nothing)
            assert await client.is_closed()
        # Empty lines after a request are no request either.
        client = await running.connect()
        assert (await client.ask(get("/x"))).status == 200
        client.send(b"\r\n")
        assert await client.is_closed()


async def test_a_head_that_does_not_end_is_refused() -> None:
    async with serving(QUICK) as running:
        client = await running.connect()
        assert (await client.ask(get("/x"))).status == 200

        answer = await client.ask(b"POST /y HTTP/1.1\r\nHost: x\r\n")

        assert (answer.status, answer.is_last, answer.json) == (408, True, LATE)
        assert await client.is_closed()
        assert running.app.seen == ["GET /x"]


async def test_a_body_that_does_not_end_is_refused_and_the_application_told() -> None:
    async with serving(QUICK) as running:
        client = await running.connect()

        answer = await client.ask(post("/x", b"hi")[:-1])

        assert (answer.status, answer.is_last, answer.json) == (408, True, LATE)
        assert await client.is_closed()
        assert running.app.gone == ["/x"]


async def test_a_body_that_nobody_needed_must_end_too() -> None:
    async with serving(QUICK) as running:
        client = await running.connect()
        assert (await client.ask(post("/early", b"hi")[:-1])).json == echoed("/early")
        assert await client.is_closed()


async def test_work_is_not_timed() -> None:
    async with serving(QUICK) as running:
        client = await running.connect()
        client.send(post("/x", b"hold"))
        await until(lambda: running.app.seen)
        other = await running.connect()
        # As long as our patience with senders.
        assert await other.is_closed()
        running.app.go_on.set()
        assert (await client.read()).json == echoed("/x", "hold")


async def test_a_request_that_we_do_not_read_yet_is_not_timed() -> None:
    async with serving(QUICK) as running:
        client = await running.connect()
        body = b"x" * 200_000
        raw = post("/late", body)
        client.send(raw[:-1])
        await until(lambda: running.app.seen)
        # As long as our patience with senders.
        assert await (await running.connect()).is_closed()
        client.send(raw[-1:])
        running.app.go_on.set()
        assert (await client.read()).json == echoed("/late", body.decode())


async def test_who_does_not_take_the_answer_is_cut_off() -> None:
    async with serving(QUICK) as running:
        client = await running.connect(small=True)
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]
        client.send(get("/big"))
        await until(lambda: running.app.seen)
        await until(lambda: running.connections == 0)


async def test_who_takes_the_answer_gets_all_of_it() -> None:
    async with serving(Limits()) as running:
        answer = await running.ask(get("/big"))
        assert answer.body == BIG


async def test_a_crowd_is_told_to_come_again_but_health_is_answered() -> None:
    limits = replace(QUICK, head_seconds=10.0, connections=2, crowd=2)
    async with serving(limits) as running:
        first = [await running.connect() for _ in range(2)]
        for client in first:
            assert (await client.ask(get("/x"))).status == 200

        for language, message in BUSY.items():
            late = await running.connect()
            answer = await late.ask(post("/y", b"hi", f"Accept-Language: {language}"))
            assert (answer.status, answer.is_last) == (503, True)
            assert answer.headers["retry-after"] == "1"
            extensions = {"code": "RETRY_LATER", "retryAfter": 1.0}
            assert answer.json == {"errors": [{"message": message, "extensions": extensions}]}
            assert await late.is_closed()
        health = await running.ask(get("/livez"))
        assert (health.status, health.is_last) == (200, True)
        assert [(await client.ask(get("/x"))).is_last for client in first] == [False, False]
        assert set(running.app.seen) == {"GET /x", "GET /livez"}


async def test_of_a_larger_crowd_the_rest_is_cut_off() -> None:
    limits = replace(QUICK, head_seconds=10.0, connections=1, crowd=1)
    async with serving(limits) as running:
        clients = [await running.connect() for _ in range(3)]
        assert await clients[2].is_closed()
        assert (await clients[1].ask(get("/x"))).status == 503
        assert (await clients[0].ask(get("/x"))).status == 200
