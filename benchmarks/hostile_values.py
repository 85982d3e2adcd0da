"""Documents and variables that are hard to check or to execute."""

from collections.abc import Iterator
from typing import Any

from graphql import get_introspection_query

from benchmarks.hostile_texts import LIST, ROOM

Body = dict[str, Any]

FILTERED = "{ viewer { violations(filter: {%s}) { totalCount } } }"
INTROSPECTION = get_introspection_query(descriptions=True, input_value_deprecation=True)


def values() -> dict[str, str]:
    """Literals."""
    unknown = "".join(f"cod{n}: 1 " for n in range(300))
    repeated = "code: 1 " * 300
    ids = "".join(f'"{n}" ' for n in range(900))
    nested = "[" * 150 + "1" + "]" * 150
    objects = "{a: " * 100 + "1" + "}" * 100
    return {
        "unknown input fields": FILTERED % unknown,
        "repeated input fields": FILTERED % repeated,
        "list of ids": f"{{ nodes(ids: [{ids}]) {{ id }} }}",
        "nested lists": f"{{ nodes(ids: {nested}) {{ id }} }}",
        "very nested lists": "{ nodes(ids: " + "[" * (ROOM // 2) + ") { id } }",
        "nested objects": FILTERED % f"code: {objects}",
        "wrong values": "{ nodes(ids: [" + "{} " * 400 + "]) { id } }",
        "nested types": "query ($a: " + "[" * 150 + "Int" + "]" * 150 + ") { __typename }",
    }


def mistakes() -> dict[str, str]:
    """Names that are nearly right: looking for suggestions takes time."""
    near_types = "".join(f"... on ViolationCodeConnectio{n} {{ id }} " for n in range(100))
    near_variables = "".join(f"$v{n}: ViolationCodeConnectio{n} " for n in range(50))
    fields = "".join(f"violationCode{n} " for n in range(400))
    arguments = "".join(f"searc{n}: 1 " for n in range(300))
    enums = "".join(
        f"a{n}: violations(orderBy: {{field: OCCURRED_A{n}}}) {{ totalCount }} " for n in range(30)
    )
    undefined = "".join(f"node(id: $v{n}) {{ id }} " for n in range(40))
    lines = "\n" * 25_000
    return {
        "near types": f"{{ {near_types}}}",
        "near types of variables": f"query ({near_variables}) {{ __typename }}",
        "near fields": f"{{ {fields}}}",
        "near fields of an interface": f'{{ node(id: "1") {{ {fields}}} }}',
        "near arguments": f"{{ violationCodes({arguments}) {{ totalCount }} }}",
        "near enum values": f"{{ viewer {{ {enums}}} }}",
        "undefined variables": f"{{ {undefined}}}",
        "unused variables": "query (" + "".join(f"$v{n}: Int " for n in range(50))
        + ") { __typename }",
        "too many variables": "query (" + "".join(f"$v{n}: Int " for n in range(240))
        + ") { __typename }",
        "variables of one name": "query (" + "$v: Int " * 50 + ") { __typename }",
        "errors far down": lines + f"{{ {fields}}}",
        "conflicts far down": lines + "{ viewer { " + "a: id a: name " * 15 + "} }",
    }  # fmt: skip


def introspections() -> dict[str, str]:
    """The schema asked about itself, once and too often."""
    twice = (
        "{ __schema { types { fields { type { fields { name type { name } args { name } } } } } } }"
    )
    types = [f"a{n}: types {{ name description kind }} " for n in range(30)]
    roots = "".join(
        f'a{n}: __type(name: "Query") {{ fields {{ name type {{ fields {{ name }} }} }} }} '
        for n in range(10)
    )
    schemas = "".join(f"a{n}: __schema {{ types {{ name }} }} " for n in range(10))
    return {
        "introspection": INTROSPECTION,
        "introspection twice as deep": twice,
        "introspection with aliases": f"{{ __schema {{ {''.join(types[:15])}}} }}",
        "introspection with too many": f"{{ __schema {{ {''.join(types)}}} }}",
        "introspection of one type": f"{{ {roots}}}",
        "introspection often": f"{{ {schemas}}}",
        "introspection in circles": "{ __schema { types { ...A } } } fragment A on __Type"
        " { ofType { ...A } interfaces { ...A } }",
        "introspection too deep": "{ __schema { types " + "{ fields { type " * 20 + "{ name }"
        + " } }" * 20 + " } }",
    }  # fmt: skip


def executions() -> dict[str, str]:
    """Good documents that ask for as much as they may."""
    bad_ids = "".join(f'"{n}" ' for n in range(50))
    aliases = "".join(f"b{n}: id " for n in range(29))
    return {
        "fifty bad ids": f"{{ nodes(ids: [{bad_ids}]) {{ id }} }}",
        "fifty bad ids far down": "\n" * 25_000 + f"{{ nodes(ids: [{bad_ids}]) {{ id }} }}",
        "bad ids in ten lists": "{ " + "".join(
            f"a{n}: nodes(ids: [{bad_ids}]) {{ id }} " for n in range(10)) + "}",
        "bad ids in ten lists far down": "\n" * 25_000 + "{ " + "".join(
            f"a{n}: nodes(ids: [{bad_ids}]) {{ id }} " for n in range(10)) + "}",
        "one page of codes": "{ " + LIST % '"1"' + "}",
        "five pages of codes": "{ " + "".join(f"a{n}: " + LIST % '"1"' for n in range(5)) + "}",
        "pages in pages": "{ viewer { vehicles { nodes { " + "violations { nodes { vehicle { " * 3
        + "id " + "} } } " * 3 + "} } } }",
        "aliases of a citizen": f"{{ viewer {{ {aliases}}} }}",
    }  # fmt: skip


def variables() -> Iterator[tuple[str, Body]]:
    """JSON beside a small document."""
    ids = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    filtered = """query ($f: ViolationFilter, $o: ViolationOrder) {
        viewer { violations(filter: $f, orderBy: $o) { totalCount } } }"""
    page = 'query ($n: Int) { violationCodes(search: "1", first: $n) { totalCount } }'
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    yield "list of strings", {"query": ids, "variables": {"ids": ["x"] * 15_000}}
    yield "list at the limit", {"query": ids, "variables": {"ids": ["x"] * 1990}}
    yield "list of wrong values", {"query": ids, "variables": {"ids": [{}] * 1990}}
    yield "deep list", {"query": ids, "variables": {"ids": deep}}
    yield "long string", {"query": ids, "variables": {"ids": "x" * ROOM}}
    yield "many variables", {"query": ids, "variables": {f"v{n}": n for n in range(1900)}}
    near_fields = {f"cod{n}": 1 for n in range(1900)}
    yield "near names", {"query": filtered, "variables": {"f": near_fields}}
    yield "near enum value", {
        "query": filtered, "variables": {"o": {"field": "OCCURRED_AX", "direction": "DESX"}}
    }  # fmt: skip
    long_enum = {"field": "OCCURRED_A" * 6000}
    yield "long enum value", {"query": filtered, "variables": {"o": long_enum}}
    yield "long date", {"query": filtered, "variables": {"f": {"occurredFrom": "2" * 60_000}}}
    yield "large number", {"query": page, "variables": {"n": 10**300}}
    yield "long number as text", {"query": page, "variables": {"n": "9" * ROOM}}
    yield "extensions", {"query": "{ __typename }", "extensions": {"a": ["x"] * 15_000}}
    yield "names of objects", {"query": "{ __typename }", "a": {f"n{n}": 1 for n in range(6000)}}
    yield "escapes in JSON", {"query": "{ __typename }", "a": "\\" * (ROOM // 2)}
