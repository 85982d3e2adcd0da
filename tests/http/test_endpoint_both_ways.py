"""What is posted gets the same answer through ASGI and without it."""

from typing import Any

import pytest

from graphql_api.requests import MAX_BODY
from graphql_api.responses import Answer, RawHeader
from tests.http.endpoints import endpoint_beside
from tests.stack import Api, TestClock

QUERY = b'{"query": "{ __typename }"}'
JSON = (b"content-type", b"application/json")
ENGLISH = (b"accept-language", b"en")
MODERN = (b"accept", b"application/graphql-response+json")

POSTED: dict[str, tuple[int, list[RawHeader], bytes]] = {
    "good": (200, [JSON], QUERY),
    "modern": (200, [JSON, MODERN], QUERY),
    "usual type": (200, [(b"content-type", b"application/json; charset=utf-8")], QUERY),
    "unusual type": (200, [(b"content-type", b' Application/JSON ;charset="UTF8";')], QUERY),
    "no type": (415, [ENGLISH], QUERY),
    "two types": (415, [JSON, JSON], QUERY),
    "another charset": (415, [(b"content-type", b"application/json; charset=gbk")], QUERY),
    "packed": (415, [JSON, (b"content-encoding", b"gzip")], QUERY),
    "not packed": (200, [JSON, (b"content-encoding", b"Identity")], QUERY),
    "not acceptable": (406, [JSON, (b"accept", b"text/html")], QUERY),
    "token refused": (401, [JSON, (b"authorization", b"Bearer x")], QUERY),
    "too large, as it says": (413, [JSON, (b"content-length", b"%d" % (MAX_BODY + 1))], QUERY),
    "too large": (413, [JSON], b" " * MAX_BODY + QUERY),
    "as large as may be": (200, [JSON], QUERY.ljust(MAX_BODY)),
    "no JSON": (400, [JSON, ENGLISH], b"nonsense"),
    "no query": (400, [JSON], b"{}"),
    "no GraphQL": (200, [JSON], b'{"query": "{"}'),
    "no GraphQL, modern": (400, [JSON, MODERN], b'{"query": "{"}'),
}


async def test_the_same_answers(api: Api, clock: TestClock) -> None:
    async with endpoint_beside(api, clock) as endpoint:
        for name, (status, headers, body) in POSTED.items():
            answer = await endpoint.answer_post(headers, body)
            assert answer.status == status, name
            assert await through_asgi(endpoint, headers, body) == answer, name


async def test_trouble_of_our_own_is_told_the_same_way(api: Api, clock: TestClock) -> None:
    async with endpoint_beside(api, clock, services=None, public_url=None) as endpoint:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("graphql_api.errors.secrets.token_hex", lambda _: "0" * 12)
            patch.setattr("graphql_api.endpoint.executed", _fail)
            answer = await endpoint.answer_post([JSON], QUERY)
            assert answer.status == 500
            assert await through_asgi(endpoint, [JSON], QUERY) == answer


def _fail(*_: object) -> Answer:
    raise ValueError


async def through_asgi(endpoint: Any, headers: list[RawHeader], body: bytes) -> Answer:
    """The answer as an ASGI server hears it, without its length."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "headers": headers, "query_string": b""}
    await endpoint(scope, receive, send)
    start, rest = sent
    *others, length = start["headers"]
    assert length == (b"content-length", b"%d" % len(rest["body"]))
    return Answer(start["status"], rest["body"], tuple(others))
