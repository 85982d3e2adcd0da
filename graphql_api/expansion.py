"""What an operation becomes when it is executed, counted while it is small enough to count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode, Node, SelectionSetNode

from domain.failures import BadRequest
from graphql_api.page_sizes import length, page_size

MAX_SELECTIONS = 5000
# Of an answer whose pages are all full: 20 vehicles with 20 violations of 35 fields each.
MAX_FIELDS = 15_000
MAX_PAIRS = 2000
MAX_ALIASES = 30
MAX_DEPTH = 12
# The introspection query of GraphiQL needs 15 levels for types wrapped nine times.
MAX_SCHEMA_DEPTH = 20
# Each is a list of everything there is.
MAX_TYPE_LISTS = 15

Level = dict[str, list[FieldNode]]


class OverLimit(Exception):
    """The document has too much of something, at a place if there is one."""

    def __init__(self, failure: BadRequest, node: Node | None) -> None:
        super().__init__(failure.text_key)
        self.failure = failure
        self.node = node


def too_many(what: str, limit: int, node: Node | None) -> OverLimit:
    """There may be at most `limit` of these."""
    return OverLimit(BadRequest("document_limit", part=what, limit=str(limit)), node)


@dataclass(slots=True)
class Expansion:
    """
    Spreads fragments where they stand and merges fields of one response name, as executors do.

    A chain of fragments can double with every link, so what is counted first is the work of
    counting. Pairs of merged fields are counted because validation compares each with each
    (GraphQL, 5.3.2). All counts are of the whole document.
    """

    fragments: Mapping[str, SelectionSetNode]
    selections: int = 0
    fields: int = 0
    pairs: int = 0
    aliases: int = 0
    type_lists: int = 0
    spread: set[str] = field(default_factory=set)

    def expand(self, root: SelectionSetNode) -> Level:
        """
        Go through everything below and give back the fields of the first level.

        :raises OverLimit: at the first thing of which there is too much
        """
        return self._expand([root], _Where(0, MAX_DEPTH, 1, 1))

    def _expand(self, selection_sets: Sequence[SelectionSetNode], where: "_Where") -> Level:
        level = self._merged(selection_sets)
        for same in level.values():
            self._count_fields(same, where)
            if where.is_in_schema and same[0].name.value == "types":
                self._count_type_lists(same[0])
            below = [one.selection_set for one in same if one.selection_set is not None]
            if below:
                self._expand(below, where.below(same))
        return level

    def _merged(self, selection_sets: Sequence[SelectionSetNode]) -> Level:
        level: Level = {}
        spread_here: set[str] = set()
        waiting = list(reversed(selection_sets))
        while waiting:
            selection_set = waiting.pop()
            self._count_selections(selection_set)
            for one in selection_set.selections:
                if isinstance(one, FieldNode):
                    self._add(one, level)
                elif isinstance(one, InlineFragmentNode):
                    waiting.append(one.selection_set)
                elif isinstance(one, FragmentSpreadNode) and one.name.value not in spread_here:
                    spread_here.add(one.name.value)
                    waiting.extend(self._fragment(one.name.value))
        return level

    def _fragment(self, name: str) -> Sequence[SelectionSetNode]:
        """What it stands for; nothing for one that is not defined, which validation reports."""
        self.spread.add(name)
        return (self.fragments[name],) if name in self.fragments else ()

    def _add(self, one: FieldNode, level: Level) -> None:
        named = one.alias or one.name
        level.setdefault(named.value, []).append(one)
        if one.alias is not None:
            self.aliases += 1
            if self.aliases > MAX_ALIASES:
                raise too_many("aliases", MAX_ALIASES, one)

    def _count_selections(self, selection_set: SelectionSetNode) -> None:
        if not selection_set.selections:
            # graphql-core lets it pass (GraphQL, 2.8: a selection set has a selection).
            raise OverLimit(BadRequest("empty_selection"), selection_set)
        self.selections += len(selection_set.selections)
        if self.selections > MAX_SELECTIONS:
            raise too_many("fields with all fragments spread", MAX_SELECTIONS, selection_set)

    def _count_fields(self, same: Sequence[FieldNode], where: "_Where") -> None:
        self.fields += where.times
        if self.fields > MAX_FIELDS:
            raise too_many("fields if all pages are full", MAX_FIELDS, same[0])
        self.pairs += len(same) * (len(same) - 1) // 2
        if self.pairs > MAX_PAIRS:
            raise too_many("pairs of fields with one name", MAX_PAIRS, same[0])

    def _count_type_lists(self, one: FieldNode) -> None:
        self.type_lists += 1
        if self.type_lists > MAX_TYPE_LISTS:
            raise too_many("lists of types", MAX_TYPE_LISTS, one)


@dataclass(frozen=True, slots=True)
class _Where:
    """
    How deep a level is, and how deep it may be.

    `times` is how often it stands in the answer, `page` how many objects a list right below has.
    """

    depth: int
    deepest: int
    times: int
    page: int

    @property
    def is_in_schema(self) -> bool:
        """Whether it is introspection."""
        return self.deepest > MAX_DEPTH

    def below(self, same: Sequence[FieldNode]) -> "_Where":
        """The level below these merged fields."""
        deepest = self.deepest
        if same[0].name.value.startswith("__"):
            deepest = self.depth + MAX_SCHEMA_DEPTH
        if self.depth >= deepest:
            raise too_many("its depth", deepest, same[0])
        return _Where(
            self.depth + 1,
            deepest,
            self.times * max(length(one, self.page) for one in same),
            max(page_size(one) for one in same),
        )
