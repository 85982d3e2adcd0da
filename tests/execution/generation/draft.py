"""What is known of a document while it is being written."""

from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from graphql import GraphQLInputType

Choice = TypeVar("Choice")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as operations declare it; `default` is a literal or ""."""

    name: str
    type: GraphQLInputType
    default: str

    @property
    def declaration(self) -> str:
        return f"${self.name}: {self.type}{self.default and f' = {self.default}'}"


@dataclass(frozen=True, slots=True)
class Fragment:
    name: str
    condition: str
    text: str
    variables: frozenset[str]


@dataclass(slots=True)
class Draft:
    """
    One document.

    `keys` holds what every response key stands for in the whole document, so that fields of one key
    can always be merged. `used` are the variables of the definition that is being written. `budget`
    is how many more fields there may be.
    """

    random: Random
    budget: int
    keys: dict[str, tuple[str, ...]] = field(default_factory=dict)
    arguments: dict[str, list[str]] = field(default_factory=dict)
    fragments: list[Fragment] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def chance(self, share: float) -> bool:
        """Whether something happens that happens so often."""
        return self.random.random() < share

    def key(self, wanted: str, meaning: tuple[str, ...]) -> str:
        """A response key that means this and nothing else: the wanted one if it is free."""
        key, number = wanted, 0
        while self.keys.setdefault(key, meaning) != meaning:
            number += 1
            key = f"{wanted}{number}"
        return key

    def declare(self, type_: GraphQLInputType, default: str) -> str:
        """A variable of this type and default, often one that there is already."""
        same = [
            one.name
            for one in self.variables.values()
            if str(one.type) == str(type_) and one.default == default
        ]
        if same and self.chance(0.6):
            name = self.random.choice(same)
        else:
            name = f"v{len(self.variables)}"
            self.variables[name] = Variable(name, type_, default)
        self.used.add(name)
        return f"${name}"


def pick(random: Random, *choices: Choice) -> Choice:
    """One of the choices."""
    return choices[int(random.random() * len(choices))]
