"""Limits on documents: what no client needs is refused before it costs anything."""

from typing import Any

import pytest
from graphql import get_introspection_query

from graphql_api.documents import DocumentCache
from tests.http.test_requests import BAD, ENGLISH
from tests.stack import Api

MODERN = "application/graphql-response+json"


def nested(levels: int) -> str:
    """A document whose deepest field stands on this level; the root fields stand on level 0."""
    steps = ["viewer", "vehicles(first: 1)", "nodes"]
    steps += ["violations(first: 1)", "nodes", "vehicle"] * 5
    path = steps[:levels]
    return "{ " + " { ".join(path) + " { __typename }" + " }" * len(path)


def repeated(text: str, count: int) -> str:
    return "".join(text.replace("#", str(n)) for n in range(count))


def aliased(count: int) -> str:
    return "{ viewer { " + repeated("a#: id ", count) + "} }"


def fragments(count: int, selected: str = "id __typename") -> str:
    """As a Relay application sends it: every component selects what it needs, and the id."""
    defined = repeated(f"fragment F# on Citizen {{ {selected} }} ", count)
    return "{ viewer { id " + repeated("...F# ", count) + "} } " + defined


def chain(links: int) -> str:
    """2 ** links ways through the document."""
    both = "one: vehicle { ...F% } two: vehicle { ...F% }"
    defined = "".join(
        f"fragment F{n} on Violation {{ {both.replace('%', str(n + 1))} }} " for n in range(links)
    )
    return (
        '{ node(id: "1") { ...F0 } } ' + defined + f"fragment F{links} on Vehicle {{ __typename }}"
    )


def pages(sizes: list[int]) -> str:
    opened = "".join(f"violations(first: {size}) {{ nodes {{ vehicle {{ " for size in sizes)
    closed = " } } }" * len(sizes)
    return '{ node(id: "1") { ... on Vehicle { ' + opened + "id" + closed + " } } }"


LARGE = {
    "tokens": "{ viewer { " + "__typename " * 60 + "} }",
    "depth": nested(12),
    "aliases": aliased(30),
    "root fields": "{ " + repeated("a#: __typename ", 10) + "}",
    "the same root field": "{ " + "__typename " * 30 + "}",
    "operations": repeated("query A# { __typename } ", 20),
    "variables": "query (" + repeated("$v#: Boolean! ", 50) + ") { "
    + repeated("... @skip(if: $v#) { __typename } ", 50) + "}",
    "directives": "{ " + repeated("... @skip(if: true) { __typename } ", 50) + "}",
    "fragments": "{ " + repeated("...F# ", 50) + "} "
    + repeated("fragment F# on Query { __typename } ", 50),
    "fragments of a client": fragments(20, "id __typename name verification licence { id }"),
    "Relay's spreads": fragments(20, "id ...on Node { id } vehicles { nodes { id } }"),
    "introspection": get_introspection_query(descriptions=True, input_value_deprecation=True),
    "introspection of GraphiQL": get_introspection_query(
        descriptions=True, specified_by_url=True, directive_is_repeatable=True,
        schema_description=True, input_value_deprecation=True,),
    "pages": pages([20, 20]),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_what_a_client_may_need_is_good(name: str) -> None:
    prepared = DocumentCache(open_schema=True).prepare(LARGE[name])

    assert prepared.problems == ()
    assert prepared.executable is not None


LIMITS: list[tuple[str, str, str]] = [
    ("its depth", nested(13), "12"),
    ("its depth", nested(16), "12"),
    ("aliases", aliased(31), "30"),
    ("aliases", "{ ...A ...B } " + "".join(
        f"fragment {f} on Query {{ viewer {{ {repeated(f'{f}#: id ', 16)} }} }} " for f in "AB"),
        "30"),
    ("root fields", "{ " + repeated("a#: __typename ", 11) + "}", "10"),
    ("root fields", "{ ...A } fragment A on Query { " + repeated("a#: __typename ", 11) + "}",
        "10"),
    ("lists of types", "{ __schema { " + repeated("a#: types { name } ", 16) + "} }", "15"),
    ("operations", repeated("query A# { __typename } ", 21), "20"),
    ("fragments", "{ __typename } " + repeated("fragment F# on Query { __typename } ", 51), "50"),
    ("variables", "query (" + repeated("$v#: Int ", 51) + ") { __typename }", "50"),
    ("directives", "{ __typename " + "@skip(if: false) " * 51 + "}", "50"),
    ("pairs of fields with one name", "{ " + "viewer { id } " * 240 + "}", "2000"),
    ("pairs of fields with one name", "{ __typename } fragment A on Query { "
        + "viewer { id } " * 240 + "}", "2000"),
    ("pairs of fields with one name", "{ ... { " + "__typename " * 40 + "} ... { "
        + "__typename " * 40 + "} }", "2000"),
    ("pairs of fields with one name", fragments(50, "id __typename name verification"), "2000"),
    ("its depth", chain(48), "12"),
    ("fields if all pages are full", pages([20, 20, 20]), "15000"),
    ("fields if all pages are full", pages([100, 100]), "15000"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "document", "limit"), LIMITS)
def test_more_than_that_is_refused(what: str, document: str, limit: str) -> None:
    prepared = DocumentCache(open_schema=True).prepare(document)

    assert prepared.executable is None
    [problem] = prepared.problems
    assert problem.failure.text_key == "document_limit"
    assert problem.failure.values == {"part": what, "limit": limit}


OTHERS = [
    ("{ " + "__typename " * 999 + "}", "more than 1000 tokens"),
    ("{ a " * 490 + "}" * 490, "nested too deeply"),
    ("{ a(b: " + "[" * 400 + "]" * 400 + ") }", "nested too deeply"),
    ("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "within itself"),
    ("{ viewer { ...A } } fragment A on Citizen { id } fragment B on Citizen { id }", "never used"),
    ("{ __schema { types { ...A } } } fragment A on __Type { ofType { ...A } }", "its depth"),
    (
        "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
        "Maximum introspection depth exceeded",
    ),
]


@pytest.mark.parametrize(("document", "word"), OTHERS)
def test_what_the_parser_and_the_rules_refuse(document: str, word: str) -> None:
    problems = DocumentCache(open_schema=True).prepare(document).problems

    assert any(word in problem.failure.values["part"] for problem in problems)


def test_only_a_few_mistakes_are_told() -> None:
    problems = DocumentCache(open_schema=True).prepare("{ " + repeated("a# ", 10) + "}").problems

    said = [problem.failure.values["part"] for problem in problems]
    assert len(said) == 6
    assert said[-1].startswith("Too many validation errors")


def test_long_mistakes_are_cut() -> None:
    [problem] = DocumentCache(open_schema=True).prepare("{ " + "x" * 50_000 + " }").problems

    assert len(problem.failure.values["part"]) == 501


SKIPPED = 'unbindVehicle(input: {vehicleId: "1"}) @skip(if: true) { __typename }'
CHANGE = 'unbindVehicle(input: {vehicleId: "1"}) { __typename }'


@pytest.mark.parametrize(
    "document",
    [
        f"mutation {{ a: {CHANGE} b: {CHANGE} }}",
        f"mutation {{ a: {CHANGE} ... {{ b: {CHANGE} }} }}",
        f"mutation {{ a: {CHANGE} ...B }} fragment B on Mutation {{ b: {CHANGE} }}",
        f"mutation {{ a: {CHANGE} b: {SKIPPED} }}",
        f"query A {{ __typename }} mutation B {{ a: {CHANGE} b: {CHANGE} }}",
    ],
)
async def test_mutations_come_one_by_one(api: Api, document: str) -> None:
    response = await api.post({"query": document, "operationName": "B"}, accept=MODERN, **ENGLISH)

    assert response.status_code == 400
    [error] = response.json()["errors"]
    assert error["message"] == "One mutation at a time: send them one by one."
    assert error["extensions"] == BAD


def test_one_change_and_its_typename_are_one() -> None:
    document = f"mutation A {{ __typename {CHANGE} {CHANGE} }} mutation B {{ {CHANGE} }}"

    assert DocumentCache(open_schema=True).prepare(document).problems == ()


@pytest.mark.parametrize("query", ["{}", "{ viewer {} }", "{ ... {} }", "{ a } fragment B on C {}"])
async def test_an_empty_selection_is_the_clients_mistake(api: Api, query: str) -> None:
    answer = (await api.post({"query": query}, **ENGLISH)).json()

    assert answer["errors"][0]["message"] == "Select at least one field: a selection set is empty."
    assert answer["errors"][0]["extensions"] == BAD


async def test_a_limit_is_told_in_both_languages(api: Api) -> None:
    expected: dict[str, Any] = {
        "zh-CN": "文档超出限制：aliases 最多 30，请精简或分几次查询。",
        "en": "The document exceeds a limit: aliases may be 30 at most. Ask for less at once.",
    }
    for language, message in expected.items():
        body = {"query": "\n" + aliased(31)}
        answer = await api.post(body, **{"accept-language": language})
        assert answer.json() == {
            "errors": [
                {
                    "message": message,
                    "extensions": BAD,
                    "locations": [{"line": 2, "column": 12 + 30 * 7 + 20}],
                }
            ]
        }
