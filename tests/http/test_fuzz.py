"""Whatever is sent, the answer is JSON with a status below 500 and a code from the list."""

import asyncio
from dataclasses import replace
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.hostile_documents import answer, new_endpoint
from domain.failures import FailureCode
from domain.times import utc_now
from graphql_api.tokens import TokenVerifier

EXAMPLES = 120
METHODS = ["POST", "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "x"]
MEDIA_TYPES = {
    b"application/json; charset=utf-8",
    b"application/graphql-response+json; charset=utf-8",
}
CODES = {code.value for code in FailureCode}
WORDS = [
    "{", "}", "(", ")", "[", "]", ":", "!", "$", "@", "...", "on", "query", "mutation", "fragment",
    "viewer", "node", "id", "violationCodes", "search", "first", "__typename", "__schema", "types",
    '"x"', '"""', "1", "-1", "1e9", "null", "true", "#", "\n", "\ufeff", "\U0001f600", "\\u0000",
    "a: id", "F", "...F",
]  # fmt: skip
documents = st.one_of(
    st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join),
    st.text(max_size=60),
    st.sampled_from(
        [
            "{ __typename }",
            "query A($id: ID!) { node(id: $id) { id } }",
            'query A($f: Int) { violationCodes(search: "1", first: $f) { totalCount } }',
        ]
    ),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
requests = st.fixed_dictionaries(
    {"query": documents | json_values},
    optional={
        "variables": st.dictionaries(st.sampled_from(["id", "f", "x"]), json_values) | json_values,
        "operationName": st.sampled_from(["A", "B", ""]) | json_values,
        "extensions": json_values,
    },
)


def as_json(value: Any) -> bytes:
    """JSON as other programs write it; what cannot be written at all is sent as text."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return repr(value).encode(errors="replace")


bodies = st.one_of(requests.map(as_json), json_values.map(as_json), st.binary(max_size=80))
header_values = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(
        [
            b"application/json", b"application/json; charset=utf-8", b"*/*", b"text/html", b"en",
            b"application/graphql-response+json", b"application/*;q=0.5", b"gzip", b"identity",
            b"Bearer x.y.z", b"Basic eDp5", b"q=", b";q=1,,", b"100000", b"zh;q=0.5, en",
        ]
    ),
)  # fmt: skip
headers = st.lists(
    st.tuples(
        st.sampled_from(
            [
                b"accept",
                b"accept-language",
                b"content-type",
                b"content-encoding",
                b"content-length",
                b"authorization",
            ]
        ),
        header_values,
    ),
    max_size=5,
)
query_strings = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.tuples(
            st.sampled_from([b"query", b"variables", b"operationName", b"extensions", b"%71uery"]),
            st.sampled_from([b"%7B__typename%7D", b"%7B%7D", b"%ZZ", b"%FF", b"1", b"", b"A", b"+"])
            | st.binary(max_size=20),
        ).map(b"=".join),
        max_size=4,
    ).map(b"&".join),
)
JSON = (b"content-type", b"application/json")


def check(status: int, found: dict[bytes, bytes], content: bytes, *, without_body: bool) -> None:
    assert 200 <= status < 500
    if without_body:
        assert content == b""
        return
    assert found[b"content-type"] in MEDIA_TYPES
    assert int(found[b"content-length"]) == len(content)
    answer = orjson.loads(content)
    assert set(answer) <= {"data", "errors"}
    assert "data" in answer or answer["errors"]
    for error in answer.get("errors", ()):
        assert error["message"]
        assert error["extensions"]["code"] in CODES - {"INTERNAL"}


fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@fuzz
@given(
    method=st.sampled_from(["POST"] * 6 + METHODS),
    some_headers=headers,
    plain=st.booleans(),
    query_string=query_strings,
    body=bodies,
    open_schema=st.booleans(),
)
def test_anything(
    method: str,
    some_headers: list[tuple[bytes, bytes]],
    plain: bool,
    query_string: bytes,
    body: bytes,
    open_schema: bool,
) -> None:
    scope = {
        "type": "http",
        "method": method,
        "headers": [JSON] if plain else some_headers,
        "query_string": query_string,
    }
    endpoint = replace(
        new_endpoint(), verifier=TokenVerifier([], clock=utc_now), open_schema=open_schema
    )

    status, sent_headers, content = asyncio.run(answer(endpoint, scope, body))

    check(status, sent_headers, content, without_body=status == 204 or method == "HEAD")
