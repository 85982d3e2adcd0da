"""What may be posted, and how the answer looks."""

import time
from itertools import product
from typing import Any

import pytest

from graphql_api.endpoint import MAX_BODY
from tests.stack import Api

QUERY = '{ violationCode(code: "1625") { code } }'
FOUND = {"data": {"violationCode": {"code": "1625"}}}
PLAIN = "application/json"
MODERN = "application/graphql-response+json"
BAD = {"code": "BAD_REQUEST"}


ACCEPTED = [
    ("", PLAIN),
    ("*/*", PLAIN),
    (PLAIN, PLAIN),
    ("text/html", PLAIN),
    (MODERN, MODERN),
    (f"{MODERN}; charset=utf-8, {PLAIN};q=0.9", MODERN),
    (MODERN.upper(), MODERN),
]
STATUSES = [(QUERY, 200), ("{ nonsense }", 400), ("{", 400), ("{ node(id: 1) }", 400)]


async def test_media_types(api: Api) -> None:
    for (accept, media_type), (query, status) in product(ACCEPTED, STATUSES):
        response = await api.post({"query": query}, accept=accept)

        assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert response.status_code == (status if media_type == MODERN else 200)
        assert ("data" in response.json()) is (status == 200)
    # An error in a field is no error of the request.
    part = await api.post({"query": '{ node(id: "x") { id } }'}, accept=MODERN)
    assert part.status_code == 200
    assert part.json()["data"] == {"node": None}


GOOD = [
    {"query": QUERY},
    {"query": QUERY, "variables": None, "operationName": None, "extensions": None},
    {"query": QUERY, "variables": {}, "extensions": {"persistedQuery": {}}, "id": 1},
    {"query": "query A " + QUERY, "operationName": "A"},
    {"query": "\ufeff" + QUERY},
]
FALSY: list[Any] = [[], 0, "", False]
NO_OBJECTS: list[Any] = [[], 1, "x"]
NO_QUERIES: list[Any] = [None, 1, [], {}, ""]
NO_NAMES: list[Any] = [[], {}, 0, 1, False]
WRONG: list[tuple[Any, str]] = [
    *((body, "The body must be a JSON object with a `query`.") for body in NO_OBJECTS),
    *(({"query": value}, "`query` must be a string.") for value in NO_QUERIES),
    ({}, "`query` must be a string."),
    *(
        ({"query": QUERY, "variables": value}, "`variables` must be an object.")
        for value in [*FALSY, [1], 1, "x"]
    ),
    *(
        ({"query": QUERY, "operationName": value}, "`operationName` must be a string.")
        for value in NO_NAMES
    ),
    *(
        ({"query": QUERY, "extensions": value}, "`extensions` must be an object.")
        for value in [*FALSY, [1]]
    ),
]


async def test_bodies(api: Api) -> None:
    for body in GOOD:
        response = await api.post(body)
        assert (response.status_code, response.json()) == (200, FOUND), body
    for body, message in WRONG:
        response = await api.post(body)
        expected = {"errors": [{"message": message, "extensions": BAD}]}
        assert (response.status_code, response.json()) == (400, expected), body


DOCUMENTS: list[Any] = [
        {"query": QUERY, "operationName": "Other"},
        {"query": QUERY, "operationName": ""},
        {"query": "query A " + QUERY, "operationName": "B"},
        {"query": "fragment A on Query { viewer { id } }"},
        {"query": "type A { b: Int }"},
        {"query": "# nothing"},
        {"query": "subscription { a }"},
        {"query": "{"},
        {"query": "{ viewer { id @nope } }"},
        {"query": "query ($d: Date) { violationCode(code: \"1\", on: $d) { code } }",
         "variables": {"d": "2026-13-01"}},
        {"query": "query ($d: Date) { violationCode(code: \"1\", on: $d) { code } }",
         "variables": {"d": 5}},
        {"query": "query ($n: Int) { violationCodes(search: \"\", first: $n) { totalCount } }",
         "variables": {"n": 2**70}},
        {"query": "query ($n: Int) { violationCodes(search: \"\", first: $n) { totalCount } }",
         "variables": {"n": True}},
        {"query": '{ violationCode(code: "\\ud800") { code } }'},
]  # fmt: skip


async def test_a_bad_document_is_the_clients_mistake(api: Api) -> None:
    for body, (accept, status) in product(DOCUMENTS, ((PLAIN, 200), (MODERN, 400))):
        response = await api.post(body, accept=accept)

        answer = response.json()
        assert response.status_code == status, body
        assert "data" not in answer
        assert answer["errors"]
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_REQUEST"}


RAW = [
    (b"", "application/json", 400),
    (b"nonsense", "application/json", 400),
    (b'{"query":', "application/json", 400),
    (b"\xff\xfe", "application/json", 400),
    (b'{"query": "\\ud800"}', "application/json", 400),
    (b'{"query": "{}", "variables": {"a": 1e400}}', "application/json", 400),
    (b"[" * 60_000, "application/json", 400),
    (b'{"query": "' + b"x" * MAX_BODY + b'"}', "application/json", 413),
    (b"{}", "text/plain", 415),
    (b"query=x", "application/x-www-form-urlencoded", 415),
    (b"{}", "multipart/form-data; boundary=x", 415),
    (b"{}", "application/graphql", 415),
    (b"{}", "", 415),
]


async def test_what_is_no_request_at_all(api: Api) -> None:
    for content, media_type, status in RAW:
        headers = {"content-type": media_type}
        response = await api.http.post("/graphql", content=content, headers=headers)

        assert response.status_code == status, (content[:20], media_type)
        assert [error["extensions"] for error in response.json()["errors"]] == [BAD]
    exact = b'{"query": "{ __typename }", "id": "' + b"x" * MAX_BODY
    exact = exact[: MAX_BODY - 2] + b'"}'
    headers = {"content-type": "Application/JSON; charset=UTF-8"}
    response = await api.http.post("/graphql", content=exact, headers=headers)
    assert response.json() == {"data": {"__typename": "Query"}}


async def test_only_post(api: Api) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"):
        response = await api.http.request(method, "/graphql", params={"query": QUERY})

        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert response.headers["content-type"].startswith("application/json")


def _nested(depth: int) -> str:
    return (
        "{ viewer { vehicles { nodes "
        + "{ violations { nodes { vehicle " * depth
        + ("{ id }" + " } } }" * depth + " } } }")
    )


LIMITS = [
    ("tokens", "{ " + " ".join(["__typename"] * 999) + " }", "tokens"),
    ("depth", _nested(4), "depth"),
    ("aliases", "{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }", "aliases"),
    ("nesting", "{ a " * 490 + "}" * 490, "nested"),
    ("lists", "{ a(b: " + "[" * 400 + "]" * 400 + ") }", "nested"),
    ("cycle", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "itself"),
]


async def test_limits(api: Api) -> None:
    for name, query, word in LIMITS:
        answer = (await api.post({"query": query})).json()

        assert "data" not in answer, name
        assert any(word in error["message"] for error in answer["errors"]), (name, answer)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_REQUEST"}
    fits = "{ " + " ".join(f"a{n}: __typename" for n in range(30)) + " }"
    assert "errors" not in (await api.post({"query": fits})).json()


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
    ("en;q=nan, en;q=-1", CHINESE),
    (";;;,,,=", CHINESE),
    ("x," * 5000 + "en", CHINESE),
]


async def test_languages(api: Api) -> None:
    for header, message in LANGUAGES:
        headers = {"accept-language": header} if header is not None else {}
        answer = (await api.post({"query": '{ node(id: "x") { id } }'}, **headers)).json()

        assert answer["errors"][0]["message"] == message, header


@pytest.mark.parametrize("query", ["{}", "{ viewer {} }"])
async def test_an_empty_selection_is_the_clients_mistake(api: Api, query: str) -> None:
    answer = (await api.post({"query": query})).json()

    assert answer["errors"][0]["extensions"] == BAD


async def test_one_of_several_operations_must_be_named(api: Api) -> None:
    answer = (await api.post({"query": f"query A {QUERY} query B {QUERY}"})).json()

    assert answer["errors"][0]["extensions"] == BAD


async def test_fragments_cost_no_more_than_their_size(api: Api) -> None:
    """16 fragments that spread the next one twice are 2^16 paths; 90 would fit into the limits."""
    fragments = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }} " for n in range(16))
    started = time.perf_counter()

    await api.post({"query": "{ ...F0 } " + fragments + "fragment F16 on Query { __typename }"})

    assert time.perf_counter() - started < 0.1
