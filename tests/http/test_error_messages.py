"""What people and programs are told when something is wrong: in their language, with a code."""

import logging
from typing import Any, cast

import pytest
from graphql import ExecutionResult, execute_sync, parse
from strawberry import Schema
from strawberry import field as strawberry_field
from strawberry import type as strawberry_type

from domain.failures import Failure, RateLimited, TryLater
from domain.texts import Language
from graphql_api.errors import shown_error
from graphql_api.tokens import TokenVerifier
from tests.http.endpoints import api_beside
from tests.http.test_requests import BAD, QUERY
from tests.stack import Api, TestClock

MODERN = "application/graphql-response+json"
CHINESE, ENGLISH = "编号无效。", "This id is not valid here."
LANGUAGES = [
    (None, CHINESE),
    ("", CHINESE),
    ("zh-CN", CHINESE),
    ("fr", CHINESE),
    ("*", CHINESE),
    ("en", ENGLISH),
    ("en-GB,en;q=0.9", ENGLISH),
    ("EN-us", ENGLISH),
    ("fr, en;q=0.3", ENGLISH),
    ("zh;q=0.3, en;q=0.8", ENGLISH),
    ("en;q=0.8, zh;q=0.9", CHINESE),
    ("en;Q=0.1, zh;q=0.9", CHINESE),
    ("en;q=0", CHINESE),
    ("en;q=nonsense", CHINESE),
    ("en;q=nan, en;q=-1, en;q=9", CHINESE),
    ("en;q=١", CHINESE),
    (";;;,,,=", CHINESE),
    ("x," * 5000 + "en", CHINESE),
]


@pytest.mark.parametrize(("header", "message"), LANGUAGES)
async def test_languages(api: Api, header: str | None, message: str) -> None:
    headers = {"accept-language": header.encode()} if header is not None else {}
    response = await api.http.post(
        "/graphql", json={"query": '{ node(id: "x") { id } }'}, headers=cast(Any, headers)
    )

    assert response.json()["errors"][0]["message"] == message
    assert response.headers["content-language"] == ("en" if message == ENGLISH else "zh-CN")


VARIABLES = 'query ($d: Date) { violationCode(code: "1", on: $d) { code } }'
PAGES = 'query ($n: Int) { violationCodes(search: "", first: $n) { totalCount } }'
DOCUMENTS: list[Any] = [
    {"query": QUERY, "operationName": "Other"},
    {"query": QUERY, "operationName": ""},
    {"query": "query A " + QUERY, "operationName": "B"},
    {"query": f"query A {QUERY} query B {QUERY}"},
    {"query": "fragment A on Query { viewer { id } }"},
    {"query": "type A { b: Int }"},
    {"query": ""},
    {"query": "# nothing"},
    {"query": "subscription { a }"},
    {"query": "{"},
    {"query": "{ viewer { id @nope } }"},
    {"query": VARIABLES, "variables": {"d": "2026-13-01"}},
    {"query": VARIABLES, "variables": {"d": 5}},
    {"query": PAGES, "variables": {"n": 2**60}},
    {"query": PAGES, "variables": {"n": True}},
    {"query": '{ violationCode(code: "\\ud800") { code } }'},
]


@pytest.mark.parametrize("body", DOCUMENTS)
async def test_a_bad_document_is_the_clients_mistake(api: Api, body: Any) -> None:
    for accept, status in (("application/json", 200), (MODERN, 400)):
        response = await api.post(body, accept=accept)

        answer = response.json()
        assert response.status_code == status
        assert set(answer) == {"errors"}
        assert answer["errors"]
        assert [error["extensions"] for error in answer["errors"]] == [BAD] * len(answer["errors"])


async def test_what_the_library_says_is_kept_in_both_languages(api: Api) -> None:
    detail = "Cannot query field 'qqq' on type 'Query'."
    expected = {
        "zh-CN": f"请按括号中的说明修改查询文档或变量后重新发送（{detail}）。",
        "en": f"{detail} Correct the document or its variables and send it again.",
    }
    for language, message in expected.items():
        answer = await api.post({"query": "\n{ qqq }"}, **{"accept-language": language})

        entry = {"message": message, "extensions": BAD, "locations": [{"line": 2, "column": 3}]}
        assert answer.json() == {"errors": [entry]}


ADDRESSES = [
    ("GET", "/", 404, None),
    ("POST", "/graphql/x", 404, None),
    ("GET", "/evidence/", 404, None),
    ("GET", "/evidence/a/b", 404, None),
    ("GET", "/%00%FF", 404, None),
    ("POST", "/evidence/x", 405, "GET, HEAD"),
    ("DELETE", "/livez", 405, "GET, HEAD"),
    ("PUT", "/.well-known/jwks.json", 405, "GET, HEAD"),
    ("GET", "/evidence/x", 403, None),
]
SAID = {
    404: "There is nothing at this address: send GraphQL requests to /graphql.",
    405: "Use GET, HEAD: this address knows no other method.",
    403: "Ask for it again: this link is no longer good.",
}


@pytest.mark.parametrize(("method", "path", "status", "allow"), ADDRESSES)
async def test_every_refusal_is_json(
    api: Api, method: str, path: str, status: int, allow: str | None
) -> None:
    for accept in (MODERN, "application/json", "text/html"):
        headers = {"accept": accept, "accept-language": "en"}
        response = await api.http.request(method, path, headers=headers)

        assert response.status_code == status
        media_type = MODERN if accept == MODERN else "application/json"
        assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert response.headers["content-language"] == "en"
        assert "no-store" in response.headers["cache-control"]
        assert response.headers.get("allow") == allow
        assert response.json() == {"errors": [{"message": SAID[status], "extensions": BAD}]}


class Refusing:
    """Stands where the verifier does, and lets nobody in."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def principal(self, _: object) -> None:
        raise self._error


REFUSED: list[tuple[Failure, int, str | None]] = [
    (RateLimited("too_often", retry_after=2.2), 429, "3"),
    (TryLater("retry_later", retry_after=1), 503, "1"),
    (TryLater("retry_later"), 503, None),
]


@pytest.mark.parametrize(("failure", "status", "wait"), REFUSED)
async def test_whole_requests_can_be_put_off(
    api: Api, clock: TestClock, failure: Failure, status: int, wait: str | None
) -> None:
    verifier = cast(TokenVerifier, Refusing(failure))
    async with api_beside(api, clock, verifier=verifier) as one:
        response = await one.post({"query": QUERY})

    assert response.status_code == status
    assert response.headers.get("retry-after") == wait
    [error] = response.json()["errors"]
    assert error["extensions"]["code"] == failure.code
    assert error["extensions"].get("retryAfter") == failure.retry_after


async def test_nothing_internal_is_told_of_a_bug(
    api: Api, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    verifier = cast(TokenVerifier, Refusing(ValueError("渝A12345")))
    async with api_beside(api, clock, verifier=verifier) as one:
        response = await one.post({"query": QUERY}, **{"accept-language": "en"})

    assert response.status_code == 500
    [error] = response.json()["errors"]
    reference = error["extensions"].pop("reference")
    assert error["extensions"] == {"code": "INTERNAL"}
    assert error["message"].endswith(f"if you need help, quote {reference}.")
    [line] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert reference in line.getMessage()
    assert "渝A12345" not in response.text + caplog.text


@strawberry_type
class Query:
    @strawberry_field
    def large(self) -> int | None:
        return 2**40

    @strawberry_field
    def doubled(self, number: int) -> int | None:
        return number * 2


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ large }", "INTERNAL"),
        ("query ($n: Int) { doubled(number: $n) }", "BAD_REQUEST"),
        ('{ doubled(number: "x") }', "BAD_REQUEST"),
    ],
)
def test_our_wrong_value_is_not_the_clients_mistake(document: str, code: str) -> None:
    """graphql-core raises the same exception for both."""
    result = execute_sync(Schema(Query)._schema, parse(document))

    assert isinstance(result, ExecutionResult)
    assert result.errors is not None
    [error] = result.errors
    entry = shown_error(error, Language.EN)
    assert entry["extensions"]["code"] == code
    assert entry["path"]
    assert "1099511627776" not in str(entry)
