"""Requests that mean harm: each as large as the limits let it be, or larger."""

from collections.abc import Iterator

from benchmarks.hostile_texts import fragments, long_tokens, repetitions
from benchmarks.hostile_values import (
    Body,
    executions,
    introspections,
    mistakes,
    values,
    variables,
)


def shapes() -> Iterator[tuple[str, Body]]:
    """Every shape with its name."""
    documents = (
        long_tokens, repetitions, fragments, values, mistakes, introspections, executions
    )  # fmt: skip
    for of_a_kind in documents:
        for name, document in of_a_kind().items():
            yield name, {"query": document}
    yield from variables()
