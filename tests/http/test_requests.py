"""What may be posted: JSON with a document, and nothing that can be read in two ways."""

from typing import Any

import pytest

from graphql_api.json_text import MAX_VALUES
from graphql_api.requests import MAX_BODY
from tests.stack import Api

QUERY = '{ violationCode(code: "1625") { code } }'
FOUND = {"data": {"violationCode": {"code": "1625"}}}
PLAIN = "application/json"
BAD = {"code": "BAD_REQUEST"}
ENGLISH = {"accept-language": "en"}


def said(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": BAD}]}


GOOD = [
    {"query": QUERY},
    {"query": QUERY, "variables": None, "operationName": None, "extensions": None},
    {"query": QUERY, "variables": {}, "extensions": {"persistedQuery": {}}, "id": 1},
    {"query": "query A " + QUERY, "operationName": "A"},
    {"query": "\ufeff" + QUERY},
    {"query": QUERY, "variables": {"unused": 'a": "b\\'}},
]
FALSY: list[Any] = [[], 0, "", False]
NO_OBJECTS: list[Any] = [1, "x", True]
NO_QUERIES: list[Any] = [None, 1, [], {}]
NO_NAMES: list[Any] = [[], {}, 0, 1, False]
BATCHES: list[Any] = [[], [{"query": QUERY}], [1]]
WRONG: list[tuple[Any, str]] = [
    *((body, "A JSON array is no request: send operations one by one.") for body in BATCHES),
    *((body, "The body must be a JSON object with a `query`.") for body in NO_OBJECTS),
    *(({"query": value}, "Give `query` as a string.") for value in NO_QUERIES),
    ({}, "Give `query` as a string."),
    *(
        ({"query": QUERY, "variables": value}, "Give `variables` as a JSON object.")
        for value in [*FALSY, [1], 1, "x"]
    ),
    *(
        ({"query": QUERY, "operationName": value}, "Give `operationName` as a string.")
        for value in NO_NAMES
    ),
    *(
        ({"query": QUERY, "extensions": value}, "Give `extensions` as a JSON object.")
        for value in [*FALSY, [1]]
    ),
]


async def test_bodies(api: Api) -> None:
    for body in GOOD:
        response = await api.post(body)
        assert (response.status_code, response.json()) == (200, FOUND), body
    for body, message in WRONG:
        response = await api.post(body, **ENGLISH)
        assert (response.status_code, response.json()) == (400, said(message)), body


NOT_JSON = "The body is not JSON: mend it."
TWICE = "A JSON object in the body has a name twice: remove one."
TOO_MANY = f"The JSON may have {MAX_VALUES} values at most: send less at once."
TRAPS = [
    (b"null", "The body must be a JSON object with a `query`."),
    (b"", NOT_JSON),
    (b"nonsense", NOT_JSON),
    (b'{"query":', NOT_JSON),
    (b'{"query": "{}"} {}', NOT_JSON),
    (b"\xef\xbb\xbf" + b'{"query": "{__typename}"}', NOT_JSON),
    (b"\xff\xfe{\x00}\x00", NOT_JSON),
    (b'{"query": "\xff"}', NOT_JSON),
    (b'{"query": "\\ud800"}', NOT_JSON),
    (b'{"query": "\xed\xa0\x80"}', NOT_JSON),
    (b'{"query": "a\nb"}', NOT_JSON),
    (b'{"query": "{}", "variables": {"a": NaN}}', NOT_JSON),
    (b'{"query": "{}", "variables": {"a": -Infinity}}', NOT_JSON),
    (b'{"query": "{}", "variables": {"a": 1e400}}', NOT_JSON),
    (b'{"query": "{}", "variables": {"a": 01}}', NOT_JSON),
    (b"[" * 60_000, NOT_JSON),
    (b'{"a":' * 10_000, NOT_JSON),
    (b'{"query": "{a}", "query": "{__typename}"}', TWICE),
    (b'{"query": "{a}", "\\u0071uery": "{__typename}"}', TWICE),
    (b'{"query": "{a}", "variables": {"a": {"b\\\\" : 1, "b\\\\" :2}}}', TWICE),
    (b'{"query": "{a}", "extensions": [{"": 1, "": 1}]}', TWICE),
    (b'{"query": "{a} #\\":", "query": "{a} #\\" :"}', TWICE),
    (b'{"query": "{a}", "variables": {"a": [' + b"1," * MAX_VALUES + b"1]}}", TOO_MANY),
]


async def test_json_that_is_none_or_has_two_readings(api: Api) -> None:
    for content, message in TRAPS:
        headers = {"content-type": PLAIN, **ENGLISH}
        response = await api.http.post("/graphql", content=content, headers=headers)

        assert (response.status_code, response.json()) == (400, said(message)), content[:60]


async def test_strings_that_look_like_names(api: Api) -> None:
    content = b'{"query" : "{ __typename #\\": \\" :\\n }", "variables":{"a\\":": "\\":\\":"}}'
    response = await api.http.post("/graphql", content=content, headers={"content-type": PLAIN})

    assert (response.status_code, response.json()) == (200, {"data": {"__typename": "Query"}})


CODES = 'query ($first: Int) { violationCodes(search: "", first: $first) { totalCount } }'
IDS = "query ($id: ID!) { node(id: $id) { id } }"


@pytest.mark.parametrize(
    ("query", "value"),
    [
        (CODES, b'"20"'),
        (CODES, b"2.5"),
        (CODES, b"99999999999999999999999999999999999999"),
        (CODES, b"true"),
        (CODES, b"[[[[1]]]]"),
        (IDS, b"1.5"),
        (IDS, b"{}"),
        (IDS, b"[" * 900 + b"]" * 900),
        (IDS, b"null"),
    ],
)
async def test_values_that_fit_no_type(api: Api, query: str, value: bytes) -> None:
    content = b'{"query": "%s", "variables": {"first": %s, "id": %s}}' % (
        query.replace('"', '\\"').encode(),
        value,
        value,
    )
    headers = {"content-type": PLAIN, "accept": "application/graphql-response+json"}
    response = await api.http.post("/graphql", content=content, headers=headers)

    assert response.status_code == 400
    assert "data" not in response.json()
    assert [error["extensions"] for error in response.json()["errors"]] == [BAD]


TYPES = [
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "application/jsonx",
    "application/json; charset=gbk",
    "application/json; charset=utf-16",
    "application/json; charset=utf-8; charset=gbk",
    "",
]


async def test_content_types(api: Api) -> None:
    body = b'{"query": "{ __typename }"}'
    for media_type in TYPES:
        headers = {"content-type": media_type, **ENGLISH}
        response = await api.http.post("/graphql", content=body, headers=headers)
        assert response.status_code == 415, media_type
        assert response.json() == said("Send the body as application/json in UTF-8.")
        assert response.headers["accept-post"] == PLAIN
    for good in (
        "Application/JSON",
        "application/json;charset=UTF-8",
        'application/json; charset="utf8"',
    ):
        headers = {"content-type": good}
        response = await api.http.post("/graphql", content=body, headers=headers)
        assert response.json() == {"data": {"__typename": "Query"}}, good
    two = [("content-type", PLAIN), ("content-type", "text/plain")]
    assert (await api.http.post("/graphql", content=body, headers=two)).status_code == 415


async def test_compressed_bodies_are_not_read(api: Api) -> None:
    body = b'{"query": "{ __typename }"}'
    for coding in ("gzip", "br", "identity, gzip", "nonsense"):
        headers = {"content-type": PLAIN, "content-encoding": coding, **ENGLISH}
        response = await api.http.post("/graphql", content=body, headers=headers)
        assert response.status_code == 415
        assert response.json() == said("Send the body without compression.")
        assert response.headers["accept-encoding"] == "identity"
    headers = {"content-type": PLAIN, "content-encoding": "Identity"}
    response = await api.http.post("/graphql", content=body, headers=headers)
    assert response.status_code == 200


async def test_the_largest_body(api: Api) -> None:
    exact = b'{"query": "{ __typename }", "id": "' + b"x" * MAX_BODY
    exact = exact[: MAX_BODY - 2] + b'"}'
    headers = {"content-type": PLAIN, **ENGLISH}

    fits = await api.http.post("/graphql", content=exact, headers=headers)
    too_large = await api.http.post("/graphql", content=exact + b" ", headers=headers)

    assert fits.json() == {"data": {"__typename": "Query"}}
    assert too_large.status_code == 413
    assert too_large.headers["connection"] == "close"
    assert too_large.json() == said("The body may have 65536 bytes at most: send less at once.")
