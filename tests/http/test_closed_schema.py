"""Who may ask the schema about itself: everybody where it is open, else officers only."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from graphql import get_introspection_query

from sandbox.city import Person
from tests.http.endpoints import api_beside
from tests.http.test_requests import ENGLISH, said
from tests.http.test_tokens import officer_token
from tests.stack import Api, TestClock

CLOSED = "The schema does not tell about itself here: use the published schema.graphql."
ASKS = [
    get_introspection_query(),
    "{ __schema { queryType { name } } }",
    '{ __type(name: "Query") { name } }',
    "{ a: __schema { queryType { name } } }",
    "{ ...A } fragment A on Query { ... { __schema { queryType { name } } } }",
    "query A { __schema { queryType { name } } } query B { __typename }",
]
VIOLATIONS = "{ viewer { violations(%s) { totalCount } } }"
SUGGESTING: list[tuple[str, dict[str, Any]]] = [
    ("{ viewr { id } }", {}),
    ("{ viewer { vehicle { id } } }", {}),
    ('{ violationCode(cod: "1") { code } }', {}),
    ("{ node(id: 1) { ... on Vehicl { id } } }", {}),
    (VIOLATIONS % "orderBy: {field: FIN}", {}),
    (VIOLATIONS % "filter: {cod: 1}", {}),
    ("query A($a: Strin) { __typename }", {}),
    ("query A($o: ViolationOrder) " + VIOLATIONS % "orderBy: $o", {"o": {"field": "FIN"}}),
    ("query A($f: ViolationFilter) " + VIOLATIONS % "filter: $f", {"f": {"cod": "1"}}),
]
MEANT = "Did you mean"


@pytest.fixture
async def closed(api: Api, clock: TestClock) -> AsyncIterator[Api]:
    async with api_beside(api, clock, open_schema=False) as one:
        yield one


@pytest.fixture
async def opened(api: Api, clock: TestClock) -> AsyncIterator[Api]:
    async with api_beside(api, clock, open_schema=True) as one:
        yield one


async def test_a_closed_schema_tells_officers_only(closed: Api, citizen: Person) -> None:
    """Asked by turns, so that no answer comes from what was found out for somebody else."""
    officer = officer_token(closed)
    for query in ASKS * 2:
        body = {"query": query, "operationName": "A" if query.startswith("query A") else None}
        for token in (None, closed.token(citizen)):
            refused = await closed.post(body, token, **ENGLISH)
            assert (refused.status_code, refused.json()) == (200, said(CLOSED)), query
        told = (await closed.post(body, officer, **ENGLISH)).json()
        assert "errors" not in told
        assert told["data"]


async def test_an_open_schema_tells_everybody(opened: Api) -> None:
    for query in ASKS:
        body = {"query": query, "operationName": "A" if query.startswith("query A") else None}
        assert "errors" not in (await opened.post(body)).json()


async def test_typename_is_no_secret(closed: Api) -> None:
    answer = (await closed.post({"query": "{ __typename }"})).json()

    assert answer == {"data": {"__typename": "Query"}}


@pytest.mark.parametrize(("query", "variables"), SUGGESTING)
async def test_a_closed_schema_suggests_no_names(
    closed: Api, opened: Api, query: str, variables: dict[str, Any]
) -> None:
    body = {"query": query, "variables": variables}
    officer = officer_token(closed)

    for _ in range(2):
        assert MEANT not in (await closed.post(body, **ENGLISH)).text
        assert MEANT in (await closed.post(body, officer, **ENGLISH)).text
        assert MEANT in (await opened.post(body, **ENGLISH)).text
