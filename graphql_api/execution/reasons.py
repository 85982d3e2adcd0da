"""Why something is left to graphql-core."""

from enum import StrEnum


class Reason(StrEnum):
    """Why graphql-core executes a whole operation."""

    FIRST_USE = "first_use"
    NO_OPERATION = "no_operation"
    MUTATION = "mutation"
    SUBSCRIPTION = "subscription"
    INTROSPECTION = "introspection"
    DIRECTIVE = "directive"
    FRAGMENT_VARIABLES = "fragment_variables"
    CONDITION = "condition"
    SIZE = "size"


class Unsupported(Exception):
    """The operation has something that is not compiled."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Unusual(Exception):
    """A value that compiled code does not take: graphql-core completes it or says what is wrong."""
