"""Counting what a document becomes takes no longer than the limits allow."""

from contextlib import suppress

from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from graphql_api.expansion import MAX_SELECTIONS, Expansion, OverLimit
from graphql_api.limits import check_limits


def expansion_of(document: str) -> Expansion:
    """The counts of a document that begins with its operation, as far as they went."""
    operation, *fragments = parse(document).definitions
    assert isinstance(operation, OperationDefinitionNode)
    expansion = Expansion(
        {
            one.name.value: one.selection_set
            for one in fragments
            if isinstance(one, FragmentDefinitionNode)
        }
    )
    with suppress(OverLimit):
        expansion.expand(operation.selection_set)
    return expansion


def test_spreading_fragments_ends_early() -> None:
    """Each link triples the ways through them: 59,049 in nine lines."""
    defined = "".join(
        "fragment F# on A { a { ...F% } b { ...F% } c { ...F% } } ".replace("#", str(n)).replace(
            "%", str(n + 1)
        )
        for n in range(10)
    )
    expansion = expansion_of("{ ...F0 } " + defined + "fragment F10 on A { id }")

    assert MAX_SELECTIONS < expansion.selections <= MAX_SELECTIONS + 3


def test_a_fragment_spread_twice_in_one_place_counts_once() -> None:
    """16 fragments that spread the next one twice are 2 ** 16 ways to one field."""
    defined = "".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }} " for n in range(16))
    expansion = expansion_of("{ ...F0 } " + defined + "fragment F16 on Query { __typename }")

    assert expansion.selections == 1 + 16 * 2 + 1
    assert (expansion.fields, expansion.pairs) == (1, 0)


def test_check_limits_gives_the_merged_root_fields() -> None:
    [first, second] = check_limits(
        parse("query A { a: viewer { id } a: viewer { name } } query B { b }")
    )

    assert {name: len(same) for name, same in first.items()} == {"a": 2}
    assert list(second) == ["b"]
