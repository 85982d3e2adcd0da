"""Makes a document that shows a difference as small as it can be made by leaving things out."""

import re
from dataclasses import replace
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    FragmentDefinitionNode,
    GraphQLSyntaxError,
    NoUnusedFragmentsRule,
    NoUnusedVariablesRule,
    ObjectFieldNode,
    OperationDefinitionNode,
    SelectionNode,
    VariableDefinitionNode,
    parse,
    print_ast,
    specified_rules,
    validate,
    visit,
)
from graphql.language.visitor import Visitor

from tests.execution.answering import Case
from tests.execution.kitchen.roots import core_schema
from tests.execution.trials import Prepare, difference_of

REMOVABLE = (
    SelectionNode,
    DirectiveNode,
    ArgumentNode,
    ObjectFieldNode,
    FragmentDefinitionNode,
    OperationDefinitionNode,
    VariableDefinitionNode,
)
# What is no longer used is left out afterwards.
RULES = [
    one for one in specified_rules if one not in (NoUnusedFragmentsRule, NoUnusedVariablesRule)
]


async def shrunk(case: Case, prepare: Prepare) -> Case:
    """A smaller case that still shows a difference."""
    smaller = await _with_less(case, prepare)
    while smaller.text != case.text:
        case, smaller = smaller, await _with_less(smaller, prepare)
    return await _with_fewer_variables(case, prepare)


async def _with_less(case: Case, prepare: Prepare) -> Case:
    """Leave out each node that can be spared, once."""
    number = 0
    while (text := _without(case.text, number)) is not None:
        smaller = replace(case, text=text)
        if _is_valid(text) and await difference_of(smaller, prepare) is not None:
            case = smaller
        else:
            number += 1
    return case


async def _with_fewer_variables(case: Case, prepare: Prepare) -> Case:
    for name in list(case.variables or {}):
        fewer = {key: value for key, value in (case.variables or {}).items() if key != name}
        smaller = replace(case, variables=fewer)
        if await difference_of(smaller, prepare) is not None:
            case = smaller
    return case


def _without(text: str, number: int) -> str | None:
    """The text without its so-manieth removable node; None if it has not so many."""
    remover = _Remover(number)
    changed = visit(parse(text), remover)
    return print_ast(changed) if remover.is_done else None


def _is_valid(text: str) -> bool:
    # Selection sets that have lost everything.
    if re.search(r"[\w).] \{\}", text):
        return False
    try:
        return not validate(core_schema, parse(text), RULES)
    except GraphQLSyntaxError:
        return False


class _Remover(Visitor):
    def __init__(self, number: int) -> None:
        super().__init__()
        self._left = number
        self.is_done = False

    def enter(self, node: Any, *_: Any) -> Any:
        if self.is_done or not isinstance(node, REMOVABLE):
            return None
        self._left -= 1
        if self._left >= 0:
            return None
        self.is_done = True
        return REMOVE
