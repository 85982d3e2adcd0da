"""Lists that show no more than a card holds read no more."""

from typing import Any

from graphql import GraphQLObjectType, get_named_type

from graphql_api.schema import core_schema
from resolvers.violation_list import ON_A_CARD
from sandbox.city import Person
from tests.graphql.queries import bind_all
from tests.stack import Api

# What no card holds, so that whole rows are read.
NOT_ON_A_CARD = "measurement { measured }"


def _selection(type_name: str, *, also: str = "") -> tuple[str, set[str]]:
    """All fields of a type that a card is said to be enough for, and their names."""
    kind = core_schema.type_map[type_name]
    assert isinstance(kind, GraphQLObjectType)
    parts, names = [], set()
    for name, field in kind.fields.items():
        if name not in ON_A_CARD:
            continue
        beneath = get_named_type(field.type)
        inside = ""
        if isinstance(beneath, GraphQLObjectType):
            extra = also if beneath.name == "Violation" else ""
            text, inner = _selection(beneath.name, also=extra or also)
            inside = f" {{ {text} {extra} }}"
            names |= inner
        parts.append(name + inside)
        names.add(name)
    return " ".join(parts), names


def _queries(also: str) -> list[str]:
    shown, _ = _selection("ViolationConnection", also=also)
    of_vehicle = f"violations(first: 9) {{ {shown} }}"
    return [
        f"{{ viewer {{ violations(first: 50) {{ {shown} }} }} }}",
        f"{{ viewer {{ vehicles(first: 3) {{ nodes {{ {of_vehicle} }} }} }} }}",
    ]


def test_every_field_that_a_card_is_said_to_be_enough_for_is_asked_for_here() -> None:
    assert _selection("ViolationConnection")[1] == ON_A_CARD


async def test_a_card_says_what_the_whole_row_says(api: Api, citizen: Person) -> None:
    await bind_all(api, citizen)
    for small, whole in zip(_queries(""), _queries(NOT_ON_A_CARD), strict=True):
        # So that nobody has to be asked any more.
        assert "errors" not in await api.ask(small, citizen)
        by_card = await api.ask(small, citizen)
        assert "agency_code" not in api.statements[-1]
        by_row = await api.ask(whole, citizen)
        assert "agency_code" in api.statements[-1]

        assert "errors" not in by_card
        assert _nodes(by_card) > 0
        assert by_card == _without(by_row, "measurement")


def _nodes(answer: Any) -> int:
    if isinstance(answer, list):
        return sum(map(_nodes, answer))
    if isinstance(answer, dict):
        return len(answer.get("edges", ())) + sum(map(_nodes, answer.values()))
    return 0


def _without(answer: Any, name: str) -> Any:
    if isinstance(answer, list):
        return [_without(one, name) for one in answer]
    if isinstance(answer, dict):
        return {key: _without(one, name) for key, one in answer.items() if key != name}
    return answer
