"""Bodies that come slowly, in pieces, not at all, or say beforehand that they are too large."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from graphql_api.requests import MAX_BODY
from tests.http.endpoints import endpoint_beside
from tests.stack import Api, TestClock

BODY = b'{"query": "{ __typename }"}'
JSON = (b"content-type", b"application/json")
Messages = list[dict[str, Any]]


class Client:
    """An ASGI server's side of one request: gives these messages, then nothing more."""

    def __init__(self, messages: Iterable[dict[str, Any]]) -> None:
        self._messages = list(messages)
        self.read = 0
        self.sent: Messages = []

    async def receive(self) -> dict[str, Any]:
        if not self._messages:
            await asyncio.Event().wait()
        self.read += 1
        return self._messages.pop(0)

    async def send(self, message: Any) -> None:
        self.sent.append(message)

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.sent[0]["headers"])


def part(content: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


async def ask(api: Api, clock: TestClock, client: Client, *headers: tuple[bytes, bytes]) -> Client:
    scope = {"type": "http", "method": "POST", "headers": [JSON, *headers], "query_string": b""}
    async with endpoint_beside(api, clock, body_seconds=0.2) as endpoint:
        await endpoint(scope, client.receive, client.send)
    return client


async def test_a_body_in_pieces(api: Api, clock: TestClock) -> None:
    pieces = [part(BODY[:5]), part(b""), part(BODY[5:]), part(b"", more=False)]

    client = await ask(api, clock, Client(pieces))

    assert client.sent[0]["status"] == 200
    assert client.sent[1]["body"] == b'{"data":{"__typename":"Query"}}'


@pytest.mark.parametrize("messages", [[], [part(BODY[:5])], [part(b"") for _ in range(50)]])
async def test_a_body_that_does_not_come_is_408(
    api: Api, clock: TestClock, messages: Messages
) -> None:
    client = await ask(api, clock, Client(messages), (b"accept-language", b"en"))

    assert client.sent[0]["status"] == 408
    assert client.headers[b"connection"] == b"close"
    assert client.sent[1]["body"] == (
        b'{"errors":[{"message":"The body did not arrive in time: check the connection and send'
        b' it again.","extensions":{"code":"RETRY_LATER"}}]}'
    )


@pytest.mark.parametrize("before", [[], [part(BODY[:5])]])
async def test_a_client_that_leaves_is_not_answered(
    api: Api, clock: TestClock, before: Messages, caplog: pytest.LogCaptureFixture
) -> None:
    client = await ask(api, clock, Client([*before, {"type": "http.disconnect"}]))

    assert client.sent == []
    assert [one for one in caplog.records if one.name.startswith("clearway.")] == []


@pytest.mark.parametrize("length", [str(MAX_BODY + 1), "9" * 30, "9" * 10_000])
async def test_a_length_that_is_too_large_is_refused_unread(
    api: Api, clock: TestClock, length: str
) -> None:
    client = await ask(api, clock, Client([]), (b"content-length", length.encode()))

    assert client.sent[0]["status"] == 413
    assert client.headers[b"connection"] == b"close"
    assert client.read == 0


async def test_a_body_longer_than_it_said_is_not_read_on(api: Api, clock: TestClock) -> None:
    client = Client([part(b"x" * 10_000) for _ in range(100)])

    await ask(api, clock, client, (b"content-length", b"100"))

    assert client.sent[0]["status"] == 413
    assert client.read == MAX_BODY // 10_000 + 1


async def test_a_bad_token_is_refused_before_the_body_is_read(api: Api, clock: TestClock) -> None:
    client = await ask(api, clock, Client([]), (b"authorization", b"Bearer x"))

    assert client.sent[0]["status"] == 401
    assert client.read == 0
