"""Whether the engine answers a document in a world as graphql-core does."""

from collections.abc import Callable

from graphql import DocumentNode, get_operation_ast, parse

from graphql_api.execution import Prepared
from tests.execution.answering import Answer, Case, Unpropagating, by_core, by_engine
from tests.execution.comparison import breach, same_data
from tests.execution.kitchen.roots import core_schema
from tests.execution.nullability import Nullability


async def difference(case: Case, prepared: Prepared, document: DocumentNode) -> str | None:
    """What the engine answers otherwise than graphql-core, or None."""
    expected = await by_core(case, document)
    may_leave_garbage = bool(expected.errors) and not expected.at_once
    got = await by_engine(case, prepared, find_garbage=may_leave_garbage)
    # What graphql-core leaves un-awaited it may leave so on behalf of the engine.
    noticed = () if expected.noticed else got.noticed
    wrong = await _wrong(case, document, expected, got) or " ".join(noticed)
    return f"{wrong}\n  expected {expected}\n  got      {got}" if wrong else None


Prepare = Callable[[DocumentNode], Prepared]


async def difference_of(case: Case, prepare: Prepare) -> str | None:
    """The same for a case alone."""
    document = parse(case.text)
    return await difference(case, prepare(document), document)


async def _wrong(case: Case, document: DocumentNode, expected: Answer, got: Answer) -> str | None:
    if not same_data(expected.data, got.data):
        return "The data differ."
    if got.errors == expected.errors:
        return None
    if got.errors is None or expected.errors is None:
        return "There are errors in one answer only."
    operation = get_operation_ast(document, case.operation_name)
    if operation is None:
        return "The errors differ though nothing was executed."
    nullability = Nullability(core_schema, document, operation)
    if expected.at_once and not nullability.any_waits((*got.errors, *expected.errors)):
        return "The errors differ though nothing had to be waited for."
    if sorted(map(repr, got.errors)) == sorted(map(repr, expected.errors)):
        return None
    possible = (await by_core(case, document, Unpropagating)).errors or ()
    wrong_rule = breach(got.data, expected.errors, possible, nullability)
    assert wrong_rule is None, f"The rule does not hold for graphql-core: {wrong_rule} {case}"
    return breach(got.data, got.errors, possible, nullability)
