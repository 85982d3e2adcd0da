"""What comes over the wire is served or refused as HTTP wants it, and never leaves a traceback."""

import logging
from collections.abc import AsyncIterator

import pytest

from graphql_api.serving import Limits
from tests.http.serving_kit import SECRET, Running, echoed, get, post, refused, serving, until

NO_HTTP = refused("This is not valid HTTP.")
HEAD = b"POST /x HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LIMITS = Limits(
    target_bytes=200, head_bytes=1000, headers=20, last_words_seconds=0.2, keep_alive_seconds=60
)
REFUSAL_HEADERS = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "connection": "close",
}


@pytest.fixture
async def running() -> AsyncIterator[Running]:
    async with serving(LIMITS) as one:
        yield one


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno > logging.INFO]


MALFORMED = {
    "length and coding": HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nhi",
    "coding and length": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\nhi",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi",
    "negative length": HEAD + b"Content-Length: -2\r\n\r\nhi",
    "endless length": HEAD + b"Content-Length: 99999999999999999999999\r\n\r\nhi",
    "folded header": HEAD + b"X: a\r\n b\r\n\r\n",
    "folded coding": HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "coding unknown": HEAD + b"Transfer-Encoding: gzip\r\n\r\nhi",
    "bad chunk": CHUNKED + b"zz\r\nhi\r\n0\r\n\r\n",
    "chunk too long": CHUNKED + b"2\r\nhiX\r\n0\r\n\r\n",
    "NUL in a value": HEAD + b"X: a\0b\r\n\r\n",
    "NUL in a name": HEAD + b"X\0: a\r\n\r\n",
    "NUL in the target": b"GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
    "space before the colon": HEAD + b"X : a\r\n\r\n",
    "line feeds alone": b"GET / HTTP/1.1\nHost: x\n\n",
    "unknown method": b"FETCH / HTTP/1.1\r\nHost: x\r\n\r\n",
    "small method": b"get / HTTP/1.1\r\nHost: x\r\n\r\n",
    "tunnel": b"CONNECT example:443 HTTP/1.1\r\nHost: x\r\n\r\n",
    "relative target": b"GET x HTTP/1.1\r\nHost: x\r\n\r\n",
    "raw Chinese": "GET /渝 HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": bytes.fromhex("16030100c8010000c40303"),
}


async def test_malformed_is_refused(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    for name, raw in MALFORMED.items():
        client = await running.connect()

        answer = await client.ask(raw)

        assert (answer.status, answer.headers) == (400, REFUSAL_HEADERS), name
        assert answer.json == NO_HTTP, name
        assert await client.is_closed(), name
    # Where the head was in order, the application has been told that the rest will never come.
    assert len(running.app.seen) == len(running.app.gone)
    assert warnings_of(caplog) == []


SERVED = {
    "plain": (post("/x", b"hi"), "hi"),
    "chunks": (CHUNKED + b"2;note=1\r\nhi\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n", "hi!"),
    "empty lines first": (b"\r\n\r\n" + post("/x", b"hi"), "hi"),
    "whole address": (b"POST http://x/x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", ""),
    "other expectations": (post("/x", b"hi", "Expect: coffee"), "hi"),
}


async def test_unusual_is_served(running: Running) -> None:
    client = await running.connect()
    for name, (raw, body) in SERVED.items():
        answer = await client.ask(raw)
        assert (answer.status, answer.headers) == (200, {}), name
        assert answer.json == echoed("/x", body), name


async def test_http_1_0_gets_one_answer(running: Running) -> None:
    for more in (b"", b"Connection: keep-alive\r\n"):
        client = await running.connect()
        answer = await client.ask(b"GET /x HTTP/1.0\r\n" + more + b"\r\n")
        assert (answer.status, answer.is_last, answer.json) == (200, True, echoed("/x"))
        assert await client.is_closed()


async def test_who_asks_whether_to_go_on_is_told(running: Running) -> None:
    client = await running.connect()
    go_on = await client.ask(post("/x", b"hi", "Expect: 100-continue")[:-2])
    assert (go_on.status, go_on.body) == (100, b"")
    answer = await client.ask(b"hi")
    assert (answer.status, answer.json) == (200, echoed("/x", "hi"))


async def test_pipelined_requests_are_answered_in_order(running: Running) -> None:
    client = await running.connect()
    client.send(*(post(f"/{n}", b"hi") for n in range(5)))
    assert [(await client.read()).json["path"] for _ in range(5)] == [f"/{n}" for n in range(5)]


async def test_rubbish_after_a_request_does_not_take_its_answer(running: Running) -> None:
    """uvicorn alone would answer the request, which is carried out, with the 400."""
    client = await running.connect()
    answer = await client.ask(post("/x", b"hi"), b"\1\2rubbish\r\n\r\n")
    assert (answer.status, answer.json) == (200, echoed("/x", "hi"))
    assert await client.is_closed()


async def test_after_rubbish_nothing_more_is_begun(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    client = await running.connect()
    answer = await client.ask(post("/x", b"hi"), post("/y", b"hi"), b"\1\2rubbish\r\n\r\n")
    assert (answer.status, answer.json) == (200, echoed("/x", "hi"))
    assert await client.is_closed()
    assert running.app.seen == ["POST /x"]
    assert warnings_of(caplog) == []


async def test_an_offer_to_upgrade_is_ignored_and_the_body_is_read(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    """Java's HttpClient makes this offer with its first request unless it is told not to."""
    offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AA")
    client = await running.connect()
    client.send(post("/1", b"hi", *offer), post("/2", b"you", *offer), get("/3", *offer))
    answers = [await client.read() for _ in range(3)]
    assert [(one.status, one.json) for one in answers] == [
        (200, echoed("/1", "hi")),
        (200, echoed("/2", "you")),
        (200, echoed("/3")),
    ]
    client.send(CHUNKED.replace(b"\r\n\r\n", f"\r\n{offer[0]}\r\n{offer[1]}\r\n\r\n".encode()))
    assert (await client.ask(b"2\r\nhi\r\n", b"0\r\n\r\n")).json == echoed("/x", "hi")
    assert warnings_of(caplog) == []


TOO_MUCH = "A request may have 20 headers and 1000 bytes of them at most."
TOO_LARGE = {
    "target": (get("/" + "x" * 200), 414, "The request target may have 200 bytes at most."),
    "unfinished target": (
        b"GET /" + b"x" * 200,
        414,
        "The request target may have 200 bytes at most.",
    ),
    "headers": (get("/x", *(f"X-{n}: 1" for n in range(20))), 431, TOO_MUCH),
    "bytes": (get("/x", "X: " + "x" * 1000), 431, TOO_MUCH),
    "unfinished bytes": (b"GET /x HTTP/1.1\r\nX: " + b"x" * 1000, 431, TOO_MUCH),
}


async def test_a_head_that_is_too_large_is_refused(running: Running) -> None:
    for name, (raw, status, message) in TOO_LARGE.items():
        client = await running.connect()
        assert (await client.ask(get("/before"))).status == 200

        answer = await client.ask(raw)

        assert (answer.status, answer.headers) == (status, REFUSAL_HEADERS), name
        assert answer.json == refused(message), name
        assert await client.is_closed(), name
    assert set(running.app.seen) == {"GET /before"}


async def test_a_head_at_the_limits_is_served_in_however_many_pieces(running: Running) -> None:
    raw = get("/" + "x" * 199, *(f"X-{n}: 1" for n in range(18)), "Y: " + "y" * 500)
    client = await running.connect()
    assert (await client.ask(raw)).status == 200
    for place in range(0, len(raw), 50):
        client.send(raw[place : place + 50])
        await client.writer.drain()
    assert (await client.read()).status == 200


async def test_a_client_that_has_sent_all_gets_its_answers(running: Running) -> None:
    client = await running.connect()
    client.send(post("/1", b"hold"), post("/2", b"you"))
    client.writer.write_eof()
    await until(lambda: running.app.seen)
    # The loop has come round: the end has been seen.
    assert (await running.ask(get("/x"))).status == 200
    running.app.go_on.set()
    assert [(await client.read()).json for _ in range(2)] == [
        echoed("/1", "hold"),
        echoed("/2", "you"),
    ]
    assert await client.is_closed()


async def test_a_client_that_leaves_in_the_middle_is_noticed(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    for part in (b"", b"POST /x HT", post("/x", b"hi")[:-1]):
        client = await running.connect()
        client.send(part)
        client.writer.write_eof()
        assert await client.is_closed(), part
    await until(lambda: running.connections == 0)
    assert (running.app.seen, running.app.gone) == (["POST /x"], ["/x"])
    assert warnings_of(caplog) == []


async def test_an_answer_that_comes_early_leaves_the_connection_in_order(running: Running) -> None:
    client = await running.connect()
    raw = post("/early", b"x" * 200_000)
    assert (await client.ask(raw[:-100_000])).json == echoed("/early")
    answer = await client.ask(raw[-100_000:], post("/x", b"hi"))
    assert (answer.status, answer.json) == (200, echoed("/x", "hi"))


async def test_who_sends_far_too_much_can_read_why(running: Running) -> None:
    """Closing at once would reset the connection, and many clients read only when all is sent."""
    client = await running.connect()
    client.send(post("/early", b"x" * 8_000_000, "Connection: close"))
    await client.writer.drain()
    answer = await client.read()
    assert (answer.json, answer.is_last) == (echoed("/early"), True)
    assert await client.is_closed()


async def test_what_nobody_caught_is_answered_and_logged_without_its_text(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    client = await running.connect()
    answer = await client.ask(get("/broken", "Accept-Language: en"))
    [error] = answer.json["errors"]
    assert answer.status == 500
    assert error["extensions"]["code"] == "INTERNAL"
    assert error["extensions"]["reference"] in caplog.text
    assert "ValueError" in caplog.text
    assert SECRET not in caplog.text
    assert (await client.ask(get("/x"))).status == 200


async def test_an_answer_that_breaks_off_is_not_taken_for_a_whole_one(
    running: Running, caplog: pytest.LogCaptureFixture
) -> None:
    client = await running.connect()
    client.send(get("/half"))
    head = await client.reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert await client.is_closed()
    assert SECRET not in caplog.text
