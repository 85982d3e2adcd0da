"""A share of queries is executed by graphql-core as well, and the counters tell of it."""

import logging
import re
from collections import Counter
from typing import Any

import httpx2
import pytest
import strawberry
from graphql import parse
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.types import Info

from graphql_api.execution import Engine
from graphql_api.execution.info import CompiledInfo
from graphql_api.execution_report import PROMETHEUS, metrics, report_differences
from graphql_api.schema import engine
from sandbox.city import Person
from tests.graphql.queries import LISTS, bind_all
from tests.http.endpoints import api_beside
from tests.stack import Api, TestClock


async def test_a_query_that_is_compared_is_answered_as_ever(
    api: Api, citizen: Person, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    await bind_all(api, citizen)
    expected = await api.ask(LISTS, citizen)
    compared, different = engine.counts.compared, engine.counts.different

    async with api_beside(api, clock, compared_share=1.0) as beside:
        assert await beside.ask(LISTS, citizen) == expected

    assert (engine.counts.compared, engine.counts.different) == (compared + 1, different)
    assert not [one for one in caplog.records if one.name == "clearway.execution"]


@strawberry.type
class Query:
    asked = 0

    @strawberry.field
    def compiled(self, info: Info) -> bool:
        return isinstance(info, CompiledInfo)

    @strawberry.field
    def turns(self) -> int:
        Query.asked += 1
        return Query.asked

    @strawberry.field
    def wrong(self, info: Info) -> list[int | None]:
        if isinstance(info, CompiledInfo):
            return [1, None]
        raise ValueError("Not here.")


async def compared(document: str) -> tuple[Any, set[tuple[str, ...]]]:
    prepared = Engine(strawberry.Schema(Query), compile_after=0).prepare(parse(document))
    result, places = await prepared.compare(lambda: None, root=Query())
    return result.data, places


async def test_differences_are_found_and_graphql_core_answers() -> None:
    assert await compared("{ compiled }") == ({"compiled": False}, {("data", "compiled")})


async def test_what_changes_by_itself_is_no_difference() -> None:
    _, places = await compared("{ turns }")
    assert places == set()


async def test_an_error_on_one_side_is_a_difference() -> None:
    data, places = await compared("{ wrong }")
    assert data is None
    assert places == {("data",), ("errors", "wrong")}


def test_the_log_has_places_and_no_data(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "clearway.execution"):
        report_differences("{ compiled }", {("data", "viewer", "vehicles", "*", "plate")})
    [record] = caplog.records
    assert re.fullmatch(
        r"compiled answer differs: document [0-9a-f]{16} at data\.viewer\.vehicles\.\*\.plate",
        record.getMessage(),
    )


async def test_the_counters_are_closed_unless_they_are_asked_for(api: Api) -> None:
    assert (await api.http.get("/metrics")).status_code == 404


async def test_the_counters_tell_who_executed_and_why(api: Api) -> None:
    app = Starlette(routes=[Route("/metrics", metrics)])
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://testserver") as http:
        before = _numbers((await http.get("/metrics")).text)
        await api.ask("{ viewer { id } }")
        await api.ask("{ __schema { queryType { name } } }")
        answer = await http.get("/metrics")

    assert answer.headers["content-type"] == PROMETHEUS
    assert answer.text.startswith("# HELP clearway_graphql_executions_total ")
    assert _numbers(answer.text) - before == Counter(
        {
            'clearway_graphql_executions_total{by="plan",reason=""}': 1,
            'clearway_graphql_executions_total{by="graphql-core",reason="introspection"}': 1,
        }
    )


def _numbers(page: str) -> Counter[str]:
    lines = [line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#")]
    return Counter({name: int(number) for name, number in lines})
