"""Literals of arguments, with variables here and there."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNonNull,
    Undefined,
    is_list_type,
    is_non_null_type,
)

from tests.execution.generation.draft import Draft, pick

LITERALS: dict[str, tuple[str, ...]] = {
    "Int": ("0", "7", "-3", "2147483647", "20"),
    "Float": ("1.5", "2", "-1e3", "0.0"),
    "String": ('""', '"x"', '"""\n  block\n"""', '"\\u6cd5"'),
    "Boolean": ("true", "false"),
    "ID": ('"id"', "7", '""'),
    "DateTime": ('"2026-02-28T12:00:00Z"', '"2026-02-28T12:00:00.000005+08:00"'),
    "Date": ('"2024-02-29"',),
    "Time": ('"23:59:00"',),
    "Decimal": ('"1.50"', "2.5", "3"),
    "UUID": ('"0192f0c1-2345-7000-8000-00000000000a"',),
    "JSON": ('{a: [1, null, "x"], b: {c: 1.5}}', "[]", "true", '"x"', "3"),
    "Stamp": ('"#fresh"', '"#"'),
    "Doubled": ("4", "5", "-1"),
}


def literal(
    draft: Draft, type_: GraphQLInputType, *, has_default: bool = False, constant: bool = False
) -> str:
    """
    A value of the type.

    :param has_default: whether the place of the value has a default of its own
    :param constant: whether there may be no variables in it
    """
    if not constant and draft.chance(0.3):
        return variable(draft, type_, has_default=has_default)
    if is_non_null_type(type_):
        return _present(draft, type_.of_type, constant)
    return "null" if draft.chance(0.12) else _present(draft, type_, constant)


def variable(draft: Draft, type_: GraphQLInputType, *, has_default: bool = False) -> str:
    """A variable that may stand where the type is expected."""
    if not isinstance(type_, GraphQLNonNull):
        kind = pick(draft.random, "bare", "bare", "default", "required")
        if kind == "required":
            return draft.declare(GraphQLNonNull(type_), "")
        return draft.declare(
            type_, literal(draft, type_, constant=True) if kind == "default" else ""
        )
    bare = type_.of_type
    kind = pick(draft.random, "required", "required", "default", "both", "bare")
    if kind == "bare" and has_default:
        return draft.declare(bare, "")
    if kind in ("default", "both"):
        default = _present(draft, bare, constant=True)
        return draft.declare(bare if kind == "default" else type_, default)
    return draft.declare(type_, "")


def _present(draft: Draft, type_: Any, constant: bool) -> str:
    """A value that is not null."""
    if is_list_type(type_):
        if draft.chance(0.15):
            item = _present(draft, _bare(type_.of_type), constant=True)
            # A list with nulls would be taken for this one.
            return f"[{item}]" if item.startswith("[") and "null" in item else item
        count = draft.random.randrange(4)
        items = [literal(draft, type_.of_type, constant=constant) for _ in range(count)]
        return f"[{', '.join(items)}]"
    if isinstance(type_, GraphQLInputObjectType):
        return _object(draft, type_, constant)
    if isinstance(type_, GraphQLEnumType):
        names: list[str] = list(type_.values)
        return draft.random.choice(names)
    return pick(draft.random, *LITERALS[str(type_)])


def _object(draft: Draft, type_: GraphQLInputObjectType, constant: bool) -> str:
    if type_.is_one_of:
        name, field = draft.random.choice(list(type_.fields.items()))
        return f"{{{name}: {literal(draft, GraphQLNonNull(field.type), constant=constant)}}}"
    given = []
    for name, field in type_.fields.items():
        has_default = has_a_default(field)
        needed = is_non_null_type(field.type) and not has_default
        if needed or draft.chance(0.3):
            value = literal(draft, field.type, has_default=has_default, constant=constant)
            given.append(f"{name}: {value}")
    draft.random.shuffle(given)
    return f"{{{', '.join(given)}}}"


def has_a_default(place: object) -> bool:
    """Whether an argument or input field has a default."""
    return getattr(place, "default_value", Undefined) is not Undefined or (
        getattr(place, "default", None) is not None
    )


def _bare(type_: GraphQLInputType) -> GraphQLInputType:
    return type_.of_type if is_non_null_type(type_) else type_
