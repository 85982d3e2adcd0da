"""
Documents that the engine once answered otherwise than graphql-core.

Each is a file in `differences/`. What a world says depends on how worlds are drawn, so every
document is executed in some other worlds too.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from graphql_api.execution import Engine
from tests.execution.answering import Case
from tests.execution.kitchen.roots import core_schema, schema
from tests.execution.trials import difference

KEPT = {
    file.stem: json.loads(file.read_text())
    for file in sorted((Path(__file__).parent / "differences").glob("*.json"))
}
OTHER_WORLDS = range(12)


@pytest.mark.parametrize("kept", KEPT.values(), ids=list(KEPT))
async def test_it_differs_no_more(kept: dict[str, Any]) -> None:
    document = parse(kept["document"])
    assert validate(core_schema, document) == []
    prepared = Engine(schema, compile_after=0).prepare(document)

    for world in (kept["world"], *OTHER_WORLDS):
        case = Case(kept["document"], kept["variables"], kept["operation_name"], world)
        assert await difference(case, prepared, document) is None, case
