"""What resolvers raise."""

from collections.abc import Callable
from random import Random

from graphql import GraphQLError

from tests.execution.kitchen.answers import Trouble
from tests.execution.kitchen.gates import Refused


class Coded(Exception):
    """An exception with a message and extensions of its own, which are shown."""

    def __init__(self) -> None:
        super().__init__("the argument")
        self.message = "The message."
        self.extensions = {"code": "CODED"}


class Speechless(Exception):
    """An exception that says nothing."""


def trouble(random: Random) -> Callable[[], Exception]:
    """What makes something to raise: always the same, and each time a new one."""
    number = random.randrange(1000)
    return random.choice(
        (
            lambda: Trouble(f"Trouble {number}."),
            lambda: Trouble(f"More trouble {number}."),
            lambda: Refused(f"Refused {number}.", shown=True),
            lambda: Refused(f"Refused in silence {number}.", shown=False),
            lambda: GraphQLError("From the resolver.", extensions={"code": "OWN", "n": number}),
            Coded,
            Speechless,
            lambda: KeyError("key"),
            lambda: TimeoutError("Too late."),
            lambda: AttributeError("Not that one."),
        )
    )
