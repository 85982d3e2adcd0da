"""How many objects a list has if it is full."""

from graphql import FieldNode, GraphQLObjectType, IntValueNode, ListValueNode, ValueNode

from graphql_api.schema import core_schema

LARGEST_PAGE = 100
LONGEST_IDS = 50
LISTS_OF_A_PAGE = frozenset({"nodes", "edges"})
# By the names of the fields that have pages.
USUAL_PAGES: dict[str, int] = {
    name: one.args["first"].default_value
    for kind in core_schema.type_map.values()
    if isinstance(kind, GraphQLObjectType)
    for name, one in kind.fields.items()
    if "first" in one.args
}


def page_size(connection: FieldNode) -> int:
    """How many objects its page has; 1 for what is no connection."""
    usual = USUAL_PAGES.get(connection.name.value, 1)
    value = _argument(connection, "first")
    if not isinstance(value, IntValueNode):
        # A variable's value is not known yet: the usual page is the best guess.
        return usual
    # The field itself refuses larger pages; a number of many digits is large enough.
    return max(0, min(int(value.value[:4]), LARGEST_PAGE))


def length(field: FieldNode, page: int) -> int:
    """How many objects a field has in a connection whose page has so many; 1 for no list."""
    ids = _argument(field, "ids")
    if ids is not None:
        asked = len(ids.values) if isinstance(ids, ListValueNode) else LONGEST_IDS
        return min(asked, LONGEST_IDS)
    return page if field.name.value in LISTS_OF_A_PAGE else 1


def _argument(field: FieldNode, name: str) -> ValueNode | None:
    return next((one.value for one in field.arguments or () if one.name.value == name), None)
