"""What is compiled, what is left to graphql-core and why, and how much is kept."""

from collections import Counter
from typing import Any

import pytest
import strawberry
from graphql import parse

from graphql_api.execution import Engine, Reason
from graphql_api.execution.engine import MAX_PLANS
from tests.execution.both import same_answer
from tests.execution.kitchen.roots import schema as kitchen
from tests.execution.kitchen.world import world


@strawberry.type
class Query:
    @strawberry.field
    def number(self, of: int = 1) -> int:
        return of


schema = strawberry.Schema(Query)


def counted(engine: Engine) -> tuple[int, dict[str, int]]:
    """How many executions were compiled, and why others were not."""
    return engine.counts.compiled, {str(why): times for why, times in engine.counts.core.items()}


async def test_a_document_is_compiled_at_its_second_use() -> None:
    engine = Engine(schema)
    prepared = engine.prepare(parse("{ number }"))

    for _ in range(3):
        assert (await prepared.execute()).data == {"number": 1}

    assert counted(engine) == (2, {"first_use": 1})


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ('mutation { append(text: "x") { soFar } }', "mutation"),
        ("subscription { ticks }", "subscription"),
        ("{ __schema { queryType { name } } }", "introspection"),
        ('{ gate { open } __type(name: "Gate") { name } }', "introspection"),
    ],
)
async def test_what_is_unusual_is_left_to_graphql_core_and_counted(
    document: str, reason: str
) -> None:
    engine = Engine(kitchen, compile_after=0)
    prepared = engine.prepare(parse(document))

    for _ in range(2):
        await prepared.execute(context=world(0).context())

    assert counted(engine) == (0, {reason: 2})


async def test_an_operation_that_there_is_not_is_graphql_cores_affair() -> None:
    two = "query A { a: number } query B { b: number(of: 2) }"

    for name in (None, "A", "B", "C", ""):
        await same_answer(schema, two, operation_name=name)

    answer = await same_answer(schema, two, operation_name="B")
    assert answer.data == {"b": 2}


async def test_operations_of_one_document_do_not_mix() -> None:
    engine = Engine(schema, compile_after=0)
    prepared = engine.prepare(parse("query A { a: number } query B { b: number(of: 2) }"))

    answers = [(await prepared.execute(operation_name=name)).data for name in "ABAB"]

    assert answers == [{"a": 1}, {"b": 2}] * 2
    assert counted(engine) == (4, {})


CONDITIONS = 6
MANY = "query({}) {{ __typename {} }}".format(
    " ".join(f"$c{n}: Boolean!" for n in range(CONDITIONS)),
    " ".join(f"n{n}: number(of: {n}) @include(if: $c{n})" for n in range(CONDITIONS)),
)


async def test_every_set_of_conditions_has_its_own_answer_and_few_plans_are_kept() -> None:
    engine = Engine(schema, compile_after=0)
    prepared = engine.prepare(parse(MANY))

    for bits in [*range(2**CONDITIONS), *range(2**CONDITIONS)]:
        wanted = {n: bool(bits >> n & 1) for n in range(CONDITIONS)}
        answer = await prepared.execute(variables={f"c{n}": yes for n, yes in wanted.items()})
        there = {f"n{n}": n for n, yes in wanted.items() if yes}
        assert answer.data == {"__typename": "Query", **there}

    # Whoever turns conditions on and off does not have us compile for ever.
    assert max(_sizes(prepared)) == MAX_PLANS
    assert engine.counts.compiled == 2 * MAX_PLANS
    assert engine.counts.core == {Reason.CONDITION: 2 * (2**CONDITIONS - MAX_PLANS)}


def _sizes(prepared: Any) -> list[int]:
    """How many plans each operation of a document keeps."""
    return [len(one._plans) for one in prepared._operations.values()]


async def test_variables_that_are_wrong_execute_nothing() -> None:
    document = "query($n: Int!) { number(of: $n) }"

    for variables in ({}, {"n": None}, {"n": "x"}, {"n": 2**31}, {"n": True}, None):
        answer = await same_answer(schema, document, variables=variables)
        assert answer.data is None
        assert Counter(type(error).__name__ for error in answer.errors or ()) == {"GraphQLError": 1}


WRONG = "query($colours: [Colour!]!) { echoes { batchColours(colours: $colours) } }"


@pytest.mark.parametrize("hide_suggestions", [True, False])
@pytest.mark.parametrize("most", [1, 2, 50])
async def test_what_is_told_of_wrong_variables(most: int, hide_suggestions: bool) -> None:
    answer = await same_answer(
        kitchen,
        WRONG,
        variables={"colours": ["REDD", "GREN", "RED", 7]},
        max_coercion_errors=most,
        hide_suggestions=hide_suggestions,
    )

    messages = [error.message for error in answer.errors or ()]
    assert len(messages) == min(most + 1, 3)
    assert any("Did you mean" in message for message in messages) is not hide_suggestions
    assert ("error limit reached" in messages[-1]) is (most < 3)


@pytest.mark.parametrize("hide_suggestions", [True, False])
async def test_what_is_told_of_wrong_arguments(hide_suggestions: bool) -> None:
    """A variable that is null where the argument may not be: found when the field is executed."""
    document = "query($n: Int = 3) { a: number(of: $n) b: number(of: 2) }"

    answer = await same_answer(
        schema, document, variables={"n": None}, hide_suggestions=hide_suggestions
    )

    assert answer.data is None
