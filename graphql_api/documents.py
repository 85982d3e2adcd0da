"""Documents, parsed and checked once however often they are sent."""

from collections import OrderedDict
from dataclasses import dataclass

from graphql import GraphQLError, OperationType, Source, parse, validate

from domain.failures import BadRequest
from graphql_api import execution
from graphql_api.errors import Problem, problem_at, problem_of
from graphql_api.expansion import Level, OverLimit
from graphql_api.limits import MAX_TOKENS, check_limits, operations_of
from graphql_api.schema import core_schema, engine

MAX_DOCUMENTS = 1000
MAX_BYTES = 48 * 1024 * 1024
# Measured: a token with its node and its place takes 420 bytes.
BYTES_OF_TOKEN = 420
# Each may look for similar names in the whole schema: "Did you mean ...?"
MAX_ERRORS = 5
SCHEMA_FIELDS = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Operation:
    """What has to be known of an operation before it is executed."""

    name: str | None
    kind: OperationType


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document, parsed and checked: it can be executed if there are no problems."""

    executable: execution.Prepared | None
    operations: tuple[Operation, ...]
    problems: tuple[Problem, ...]
    size: int

    @property
    def changes(self) -> bool:
        """Whether any operation is a mutation."""
        return any(one.kind is OperationType.MUTATION for one in self.operations)

    def find(self, name: str | None) -> Operation:
        """
        Say which operation is meant.

        :raises BadRequest: if there is none of this name, or none was named among several
        """
        meant = [one for one in self.operations if name is None or one.name == name]
        if len(meant) == 1:
            return meant[0]
        raise BadRequest("which_operation") if meant else BadRequest("no_operation")


class DocumentCache:
    """
    The documents used last, good and bad ones, by their text.

    In a closed cache the schema tells nothing about itself: documents that ask it are refused, and
    messages have no suggestions. So the right to ask is a matter of which cache is asked.
    """

    def __init__(self, *, open_schema: bool) -> None:
        self._open_schema = open_schema
        self._kept: OrderedDict[str, Prepared] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def prepare(self, text: str) -> Prepared:
        """The document of this text; it may have problems."""
        found = self._kept.get(text)
        if found is not None:
            self._kept.move_to_end(text)
            return found
        prepared = self._kept[text] = _prepare(text, open_schema=self._open_schema)
        self._size += prepared.size
        while len(self._kept) > MAX_DOCUMENTS or self._size > MAX_BYTES:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size
        return prepared


def _prepare(text: str, *, open_schema: bool) -> Prepared:
    source = Source(text)
    try:
        document = parse(source, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        return _bad(text, (), problem_of(error))
    # Every error would look for its line from the start of the text, and there may be hundreds.
    # The tokens know their lines.
    source.body = ""
    operations = tuple(
        Operation(one.name.value if one.name else None, one.operation)
        for one in operations_of(document)
    )
    try:
        roots = check_limits(document)
    except OverLimit as over:
        return _bad(text, operations, problem_at(over.failure, over.node))
    if not open_schema and any(_asks_schema(root) for root in roots):
        return _bad(text, operations, Problem(BadRequest("closed_schema")))
    errors = validate(
        core_schema, document, max_errors=MAX_ERRORS, hide_suggestions=not open_schema
    )
    if errors:
        return _bad(text, operations, *(problem_of(error) for error in errors))
    size = _size_of(text) + BYTES_OF_TOKEN * document.token_count
    return Prepared(engine.prepare(document), operations, (), size)


def _bad(text: str, operations: tuple[Operation, ...], *problems: Problem) -> Prepared:
    """Without the document: its errors are texts by now, and it will not be executed."""
    return Prepared(None, operations, problems, _size_of(text))


def _size_of(text: str) -> int:
    return len(text.encode())


def _asks_schema(root: Level) -> bool:
    return any(one.name.value in SCHEMA_FIELDS for same in root.values() for one in same)
