"""Whole documents."""

from dataclasses import dataclass
from random import Random
from typing import Any

from graphql import GraphQLObjectType

from tests.execution.generation.draft import Draft, Variable, pick
from tests.execution.generation.given import given
from tests.execution.generation.selections import selection_set
from tests.execution.kitchen.roots import core_schema


@dataclass(frozen=True, slots=True)
class Written:
    """A document, its operations' names and its variables."""

    text: str
    operation_names: tuple[str | None, ...]
    variables: tuple[Variable, ...]

    def operation_name(self, random: Random) -> str | None:
        """The name that a client sends: seldom none where there are several, or a wrong one."""
        if random.random() < 0.02:
            return "Nowhere"
        if len(self.operation_names) == 1 and random.random() < 0.5:
            return None
        return None if random.random() < 0.04 else random.choice(self.operation_names)

    def values(self, random: Random) -> dict[str, Any] | None:
        """What a client gives for the variables."""
        return given(random, self.variables)


def write(random: Random, size: int = 1) -> Written:
    """A document over the kitchen's schema, so many times the usual size; nearly all are valid."""
    draft = Draft(random, budget=size * pick(random, 4, 8, 14, 24))
    count = pick(random, 1, 1, 1, 1, 1, 1, 1, 2, 3)
    names: list[str | None] = [f"Op{number}" for number in range(count)]
    if count == 1 and draft.chance(0.5):
        names = [None]
    operations = [_operation(draft, name) for name in names]
    definitions = [*operations, *(fragment.text for fragment in draft.fragments)]
    random.shuffle(definitions)
    return Written("\n".join(definitions), tuple(names), tuple(draft.variables.values()))


def _operation(draft: Draft, name: str | None) -> str:
    kind = "mutation" if draft.chance(0.05) else "query"
    root = core_schema.mutation_type if kind == "mutation" else core_schema.query_type
    assert isinstance(root, GraphQLObjectType)
    draft.used = set()
    body = selection_set(draft, root, 0)
    declared = [draft.variables[one].declaration for one in draft.variables if one in draft.used]
    if not name and not declared and kind == "query" and draft.chance(0.7):
        return body
    head = f"{kind} {name or ''}" + (f"({', '.join(declared)})" if declared else "")
    return f"{head} {body}"
