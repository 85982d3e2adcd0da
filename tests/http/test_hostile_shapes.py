"""The hostile requests of the benchmark get ordinary answers; no stopwatch here."""

import asyncio

import orjson
import pytest

from benchmarks.hostile_documents import HEADERS, answer, body_of, new_endpoint
from benchmarks.hostile_shapes import shapes
from benchmarks.hostile_values import Body

SHAPES = dict(shapes())


def test_there_are_enough_of_them() -> None:
    assert len(SHAPES) == len(list(shapes())) >= 60


@pytest.mark.parametrize("body", SHAPES.values(), ids=SHAPES)
def test_a_hostile_request(body: Body) -> None:
    scope = {"type": "http", "method": "POST", "headers": HEADERS}

    status, _, content = asyncio.run(answer(new_endpoint(), scope, body_of(body)))

    assert status in (200, 400), content[:200]
    found = orjson.loads(content)
    assert ("data" in found) is (status == 200)
    codes = {error["extensions"]["code"] for error in found.get("errors", ())}
    assert codes <= {"BAD_REQUEST", "STEP_UP_REQUIRED"}
    assert len(content) < 600_000
