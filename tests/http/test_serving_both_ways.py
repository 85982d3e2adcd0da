"""Whatever comes over the wire: the lane and ASGI answer it with the same bytes."""

import asyncio
import re
from contextlib import suppress

from graphql_api.serving import Limits
from tests.http.serving_kit import PATIENCE_SECONDS, Client, Running, get, post, serving, until

LIMITS = Limits(
    target_bytes=200, head_bytes=1000, headers=20, last_words_seconds=0.2, keep_alive_seconds=60
)
# The date, and the references of errors.
VARYING = re.compile(rb"\r\ndate: [^\r]*|\b[0-9a-f]{12}\b")
GOODBYE = get("/goodbye", "Connection: close")
HEAD = b"POST /graphql HTTP/1.1\r\nHost: x\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
OFFER = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AA")
WHOLE = post("/graphql", b"hi")


# What is sent, in pieces, and how many requests of it take the lane.
SENT: dict[str, tuple[list[bytes], int]] = {
    "plain": ([WHOLE], 1),
    "empty": ([post("/graphql")], 1),
    "no length": ([HEAD + b"\r\n"], 1),
    "one after the other": ([WHOLE, WHOLE, WHOLE], 3),
    "pipelined": ([WHOLE + post("/graphql", b"you") + WHOLE], 1),
    "pipelined with others": ([get("/x") + WHOLE + get("/y") + WHOLE], 0),
    "others pipelined": ([WHOLE + get("/x") + WHOLE + get("/y")], 1),
    "pipelined and cut": ([WHOLE + WHOLE[:30], WHOLE[30:-1], WHOLE[-1:] + WHOLE], 1),
    "chunks": ([CHUNKED + b"2;note=1\r\nhi\r\n1\r\n!\r\n0\r\nTrailer: t\r\n\r\n"], 1),
    "chunks in pieces": ([CHUNKED + b"2;note=1\r\nhi\r\n", b"1\r\n!\r\n0\r\n\r\n"], 0),
    "cut in the head": ([WHOLE[:9], WHOLE[9:]], 1),
    "cut after the head": ([WHOLE[:-2], WHOLE[-2:]], 0),
    "cut in the body": ([WHOLE[:-1], WHOLE[-1:]], 0),
    "byte by byte": ([WHOLE[n : n + 1] for n in range(len(WHOLE))], 0),
    "empty lines first": ([b"\r\n\r\n" + WHOLE], 1),
    "expects to go on": ([post("/graphql", b"hi", "Expect: 100-continue")], 0),
    "expects coffee": ([post("/graphql", b"hi", "Expect: coffee")], 1),
    "last": ([post("/graphql", b"hi", "Connection: close")], 1),
    "last, and another": ([post("/graphql", b"hi", "Connection: close") + WHOLE], 1),
    "old": ([WHOLE.replace(b"HTTP/1.1", b"HTTP/1.0")], 1),
    "old, to be kept": (
        [post("/graphql", b"hi", "Connection: keep-alive").replace(b"HTTP/1.1", b"HTTP/1.0")],
        1,
    ),
    "ended by the application": ([post("/graphql", b"last")], 1),
    "ended by both": ([post("/graphql", b"last", "Connection: close")], 1),
    "broken": ([post("/graphql", b"broken", "Accept-Language: en"), WHOLE], 2),
    "big": ([post("/graphql", b"big"), WHOLE], 2),
    "big body": ([post("/graphql", b"x" * 300_000)], 0),
    "upgrade": ([post("/graphql", b"hi", *OFFER), WHOLE], 2),
    "upgrade, in pieces": ([post("/graphql", b"hi", *OFFER)[:-1], b"i"], 0),
    "tunnel": ([b"CONNECT /graphql HTTP/1.1\r\nHost: x\r\n\r\n"], 0),
    "whole address": ([WHOLE.replace(b"/graphql", b"http://x/graphql")], 0),
    "with a query": ([WHOLE.replace(b"/graphql", b"/graphql?query={a}")], 0),
    "encoded": ([WHOLE.replace(b"/graphql", b"/%67raphql")], 0),
    "GET": ([get("/graphql?query={a}")], 0),
    "HEAD": ([get("/graphql").replace(b"GET", b"HEAD")], 0),
    "OPTIONS": ([WHOLE.replace(b"POST", b"OPTIONS")], 0),
    "PUT": ([WHOLE.replace(b"POST", b"PUT")], 0),
    "rubbish after it": ([WHOLE + b"\1\2rubbish\r\n\r\n"], 1),
    "rubbish after two": ([WHOLE + WHOLE + b"\1\2rubbish\r\n\r\n"], 1),
    "two lengths": ([HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nhi"], 0),
    "length and coding": ([HEAD + b"Content-Length: 2\r\n" + CHUNKED[len(HEAD) :] + b"hi"], 0),
    "bad chunk": ([CHUNKED + b"zz\r\nhi\r\n0\r\n\r\n"], 0),
    "bad second chunk": ([CHUNKED + b"2\r\nhi\r\nzz\r\nhi\r\n0\r\n\r\n"], 0),
    "bad chunk after an early answer": ([post("/early", b"hi"), CHUNKED + b"zz\r\n"], 0),
    "chunk too long": ([CHUNKED + b"2\r\nhiX\r\n0\r\n\r\n"], 0),
    "NUL": ([HEAD + b"X: a\0b\r\n\r\n"], 0),
    "too many headers": ([post("/graphql", b"hi", *(f"X-{n}: 1" for n in range(20)))], 0),
    "too much head": ([WHOLE, post("/graphql", b"hi", "X: " + "x" * 1000)], 1),
}


async def transcript(running: Running, pieces: list[bytes]) -> bytes:
    """All that a client reads who sends these pieces and then asks for the last answer."""
    client = await running.connect()
    heard = bytearray()
    hearing = asyncio.create_task(_hear(client, heard))
    for piece in [*pieces, GOODBYE]:
        client.send(piece)
        await _settled(running, client)
    client.writer.close()
    async with asyncio.timeout(PATIENCE_SECONDS):
        await hearing
    return VARYING.sub(b"", bytes(heard))


async def _hear(client: Client, heard: bytearray) -> None:
    with suppress(ConnectionError):
        while some := await client.reader.read(65536):
            heard += some


async def _settled(running: Running, client: Client) -> None:
    """What was sent has been read, and all that is whole is answered."""
    await until(lambda: not client.writer.transport.get_write_buffer_size())
    for _ in range(3):
        await running.ask(get("/other"))


async def test_the_same_answers() -> None:
    async with serving(LIMITS) as one, serving(LIMITS, lane=False) as other:
        for name, (pieces, direct) in SENT.items():
            one.app.direct.clear()
            told = await transcript(one, pieces)
            assert told.startswith(b"HTTP/1.1 "), name
            assert told == await transcript(other, pieces), name
            assert len(one.app.direct) == direct, name
        assert other.app.direct == []
        assert one.app.gone == other.app.gone


async def test_what_is_not_the_lane_s_does_not_take_it() -> None:
    """Nor does a POST elsewhere, or one among too many connections."""
    async with serving(Limits(connections=2)) as running:
        first = await running.connect()
        assert (await first.ask(post("/x", b"hi"))).status == 200
        assert (await running.ask(WHOLE)).status == 200
        answer = await running.ask(WHOLE)
        assert (answer.status, answer.is_last) == (503, True)
        assert running.app.direct == [b"hi"]
