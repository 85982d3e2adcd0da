"""Selection sets: fields, aliases, fragments and conditions."""

from functools import cache
from typing import Any

from graphql import (
    GraphQLBoolean,
    GraphQLField,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_leaf_type,
    is_non_null_type,
)
from graphql.utilities import do_types_overlap

from tests.execution.generation.draft import Draft, Fragment, pick
from tests.execution.generation.literals import has_a_default, literal, variable
from tests.execution.kitchen.roots import core_schema

MAX_DEPTH = 5
INTROSPECTION = (
    "__schema { queryType { name } mutationType { name } }",
    '__type(name: "Dog") { name kind interfaces { name } }',
    '__type(name: "Leaves") { fields(includeDeprecated: true) { name type { name kind } } }',
)
NO_FRAGMENTS_OF = {"Mutation", "Subscription"}


def selection_set(draft: Draft, type_: GraphQLNamedType, depth: int) -> str:
    """A selection set on an object, an interface or a union."""
    count = 1 + draft.random.randrange(4 if depth < 2 else 3) if draft.budget > 0 else 1
    parts = [_selection(draft, type_, depth) for _ in range(count)]
    return "{ " + "\n".join(parts) + " }"


def _selection(draft: Draft, type_: GraphQLNamedType, depth: int) -> str:
    chance = draft.random.random()
    if type_.name in NO_FRAGMENTS_OF:
        return _field(draft, type_, depth)
    if chance < 0.05:
        name = draft.key("kind", ("__typename", "", "String!")) if draft.chance(0.3) else ""
        return f"{name and name + ': '}__typename{conditions(draft)}"
    if chance < 0.18 and depth < MAX_DEPTH:
        return _inline(draft, type_, depth)
    if chance < 0.30 and depth < MAX_DEPTH:
        return _spread(draft, type_, depth)
    if chance < 0.34 and is_abstract_type(type_):
        return _twins(draft, type_)
    if chance > 0.98 and type_.name == "Query":
        asked = pick(draft.random, *INTROSPECTION)
        return f"{draft.key('meta', (asked,))}: {asked}"
    return _field(draft, type_, depth)


def _field(draft: Draft, type_: GraphQLNamedType, depth: int) -> str:
    fields = _fields(type_, leaves_only=draft.budget <= 0 or depth >= MAX_DEPTH)
    if not fields:
        return "__typename"
    draft.budget -= 1
    name, field = draft.random.choice(fields)
    arguments = _arguments(draft, f"{type_.name}.{name}", field)
    wanted = pick(draft.random, "a", "b", "text", "first") if draft.chance(0.15) else name
    key = draft.key(wanted, (name, arguments, _shape(field)))
    text = (name if key == name else f"{key}: {name}") + arguments + conditions(draft)
    below = get_named_type(field.type)
    return f"{text} {selection_set(draft, below, depth + 1)}" if is_composite_type(below) else text


def _arguments(draft: Draft, place: str, field: GraphQLField) -> str:
    """Arguments in brackets, often the same as elsewhere so that fields can be merged."""
    known = draft.arguments.setdefault(place, [])
    if known and draft.chance(0.4):
        chosen = draft.random.choice(known)
        draft.used.update(name for name in draft.variables if _mentions(chosen, name))
        return chosen
    given = []
    for name, argument in field.args.items():
        has_default = has_a_default(argument)
        needed = is_non_null_type(argument.type) and not has_default
        if needed or draft.chance(0.5):
            given.append(f"{name}: {literal(draft, argument.type, has_default=has_default)}")
    draft.random.shuffle(given)
    known.append(f"({', '.join(given)})" if given else "")
    return known[-1]


def _mentions(text: str, name: str) -> bool:
    return any(f"${name}{end}" in text for end in ",)]} ")


def conditions(draft: Draft) -> str:
    """@skip, @include, both or mostly neither."""
    if not draft.chance(0.12):
        return ""
    names = ["skip", "include"] if draft.chance(0.2) else [pick(draft.random, "skip", "include")]
    draft.random.shuffle(names)
    return "".join(f" @{name}(if: {_condition(draft, name)})" for name in names)


def _condition(draft: Draft, name: str) -> str:
    if draft.chance(0.6):
        return variable(draft, GraphQLNonNull(GraphQLBoolean))
    # What is left out for certain is less interesting.
    return str((name == "include") == draft.chance(0.7)).lower()


def _inline(draft: Draft, type_: GraphQLNamedType, depth: int) -> str:
    if draft.chance(0.25):
        return f"...{conditions(draft)} {selection_set(draft, type_, depth + 1)}"
    other = draft.random.choice(_overlapping(type_))
    return f"... on {other}{conditions(draft)} {selection_set(draft, other, depth + 1)}"


def _spread(draft: Draft, type_: GraphQLNamedType, depth: int) -> str:
    names = {other.name for other in _overlapping(type_)}
    known = [one for one in draft.fragments if one.condition in names]
    if known and (draft.chance(0.6) or draft.budget <= 0):
        fragment = draft.random.choice(known)
    else:
        fragment = _fragment(draft, draft.random.choice(_overlapping(type_)), depth)
    draft.used.update(fragment.variables)
    return f"...{fragment.name}{conditions(draft)}"


def _fragment(draft: Draft, type_: GraphQLNamedType, depth: int) -> Fragment:
    outside, draft.used = draft.used, set()
    body = selection_set(draft, type_, depth + 1)
    name = f"F{len(draft.fragments)}"
    text = f"fragment {name} on {type_} {body}"
    fragment = Fragment(name, type_.name, text, frozenset(draft.used))
    draft.fragments.append(fragment)
    draft.used = outside
    return fragment


def _twins(draft: Draft, type_: GraphQLNamedType) -> str:
    """One key for different fields of objects that cannot be the same."""
    possible = list(core_schema.get_possible_types(type_))  # type: ignore[arg-type]
    one, other = draft.random.sample(possible, 2)
    pairs = _twin_fields(one, other)
    if not pairs:
        return "__typename"
    first, second = draft.random.choice(pairs)
    key = draft.key("twins", (one.name, first, other.name, second))
    return f"... on {one} {{ {key}: {first} }} ... on {other} {{ {key}: {second} }}"


@cache
def _twin_fields(one: GraphQLObjectType, other: GraphQLObjectType) -> list[tuple[str, str]]:
    return [
        (first, second)
        for first, field in one.fields.items()
        for second, like in other.fields.items()
        if first != second
        and is_leaf_type(get_named_type(field.type))
        and str(field.type) == str(like.type)
    ]


@cache
def _fields(type_: Any, *, leaves_only: bool) -> list[tuple[str, GraphQLField]]:
    return [
        (name, field)
        for name, field in getattr(type_, "fields", {}).items()
        if not leaves_only or is_leaf_type(get_named_type(field.type))
    ]


@cache
def _overlapping(type_: Any) -> list[Any]:
    return [
        other
        for other in core_schema.type_map.values()
        if is_composite_type(other)
        and not other.name.startswith("__")
        and do_types_overlap(core_schema, type_, other)
    ]


def _shape(field: GraphQLField) -> str:
    named = get_named_type(field.type)
    return (
        str(field.type).replace(named.name, "{}") if is_composite_type(named) else str(field.type)
    )
