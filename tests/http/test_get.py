"""Queries in the address, and the methods that /graphql knows."""

from urllib.parse import quote, urlencode

import pytest

from graphql_api.requests import MAX_QUERY_STRING
from sandbox.city import Person
from tests.graphql.queries import BIND
from tests.http.test_requests import BAD, ENGLISH, FOUND, QUERY, said
from tests.stack import Api, Register

MODERN = "application/graphql-response+json"
METHODS = "GET, HEAD, OPTIONS, POST"
BROKEN = "Encode the query string as percent-encoded UTF-8."
TYPENAME = {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(
    "query_string",
    [
        urlencode({"query": QUERY}),
        urlencode({"query": QUERY, "operationName": "", "unknown": "x"}),
        urlencode({"query": QUERY, "variables": "null", "extensions": "null"}),
        urlencode({"query": QUERY, "variables": "{}", "extensions": '{"a": 1}'}),
        urlencode({"query": "query null " + QUERY, "operationName": "null"}),
        "&&query=" + quote(QUERY) + "&&x=1&y",
        "%71uery=" + quote(QUERY.replace(" ", "+"), safe="+"),
    ],
)
async def test_queries(api: Api, query_string: str) -> None:
    response = await api.http.get(f"/graphql?{query_string}")

    assert (response.status_code, response.json()) == (200, FOUND)
    assert response.headers["cache-control"] == "no-store"


async def test_variables_names_and_callers(api: Api, citizen: Person) -> None:
    query = "query A($c: String!) { violationCode(code: $c) { code } viewer { verification } }"
    asked = {"query": query + " query B { __typename }", "variables": '{"c": "1625"}'}
    headers = {"authorization": f"Bearer {api.token(citizen)}"}

    named = await api.http.get("/graphql", params=asked | {"operationName": "A"}, headers=headers)
    unnamed = await api.http.get("/graphql", params=asked, headers=ENGLISH)

    assert named.json() == {
        "data": {"violationCode": {"code": "1625"}, "viewer": {"verification": "FACE"}}
    }
    assert unnamed.json() == said("The document has several operations: name one as operationName.")


@pytest.mark.parametrize(
    ("query_string", "message"),
    [
        ("", "Give `query` as a string."),
        ("query", "Syntax Error: Unexpected <EOF>."),
        ("QUERY=%7Ba%7D", "Give `query` as a string."),
        ("query=%7Ba%7D&query=%7Bb%7D", "Give the parameter query only once."),
        ("query=%7Ba%7D&variables=%7B%7D&variables=%7B%7D", "the parameter variables only once."),
        ("query=%7Ba%7D&%6FperationName=A&operationName=A", "the parameter operationName only"),
        ("query=%zz", BROKEN),
        ("query=%7", BROKEN),
        ("query=%", BROKEN),
        ("query=%FF", BROKEN),
        ("query=%ED%A0%80", BROKEN),
        ("%FF=1&query=%7Ba%7D", BROKEN),
        ("query=%7Ba%7D&variables=", "The variables is not JSON: mend it."),
        ("query=%7Ba%7D&variables=x", "The variables is not JSON: mend it."),
        ("query=%7Ba%7D&variables=[]", "Give `variables` as a JSON object."),
        ("query=%7Ba%7D&variables=1", "Give `variables` as a JSON object."),
        ("query=%7Ba%7D&variables=%7B%22a%22:1,%22a%22:2%7D", "in the variables has a name twice"),
        ("query=%7Ba%7D&extensions=%22%22", "Give `extensions` as a JSON object."),
    ],
)
async def test_what_is_no_request(api: Api, query_string: str, message: str) -> None:
    headers = {"accept": MODERN, **ENGLISH}
    response = await api.http.get(f"/graphql?{query_string}", headers=headers)

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert message in error["message"]
    assert error["extensions"] == BAD


async def test_the_longest_query_string(api: Api) -> None:
    query_string = "query=%7B__typename%7D&x=" + "y" * MAX_QUERY_STRING
    fits = await api.http.get("/graphql?" + query_string[:MAX_QUERY_STRING])
    too_long = await api.http.get(
        "/graphql?" + query_string[: MAX_QUERY_STRING + 1], headers=ENGLISH
    )

    assert fits.json() == TYPENAME
    assert too_long.status_code == 414
    assert too_long.json() == said("The query string may have 16384 bytes at most: use POST.")


@pytest.mark.parametrize("accept", ["application/json", MODERN])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_mutations_are_never_made_by_get(
    api: Api, citizen: Person, register: Register, method: str, accept: str
) -> None:
    documents = [
        {"query": BIND, "variables": "{}"},
        {"query": "mutation A { __typename } query B { __typename }", "operationName": "A"},
        {"query": "mutation A { __typename } query B { __typename }", "operationName": "B"},
        {"query": "mutation { a: __typename b: nonsense }"},
    ]
    headers = {"accept": accept, "authorization": f"Bearer {api.token(citizen)}", **ENGLISH}
    for asked in documents:
        response = await api.http.request(method, "/graphql", params=asked, headers=headers)

        assert (response.status_code, response.headers["allow"]) == (405, "POST"), asked
        if method == "GET":
            assert response.json() == said("Send mutations with POST.")
    assert await register.calls() == {}


async def test_head_is_get_without_the_body(api: Api) -> None:
    for query in (QUERY, "{ nonsense }"):
        params, headers = {"query": query}, {"accept": MODERN, "accept-language": "en"}
        got = await api.http.get("/graphql", params=params, headers=headers)
        head = await api.http.head("/graphql", params=params, headers=headers)

        assert head.content == b""
        assert (head.status_code, head.headers) == (got.status_code, got.headers)


async def test_options_names_the_methods_and_trusts_no_origin(api: Api) -> None:
    headers = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    response = await api.http.request("OPTIONS", "/graphql", headers=headers)

    assert (response.status_code, response.content) == (204, b"")
    assert dict(response.headers) == {"allow": METHODS, "cache-control": "no-store"}
    posted = await api.post({"query": QUERY}, origin="https://evil.example")
    assert not [name for name in posted.headers if name.startswith("access-control")]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "QUERY"])
async def test_other_methods(api: Api, method: str) -> None:
    response = await api.http.request(
        method, "/graphql", params={"query": QUERY}, headers={"accept": "text/html", **ENGLISH}
    )

    assert (response.status_code, response.headers["allow"]) == (405, METHODS)
    assert response.json() == said("Use POST, GET: this address knows no other method.")
