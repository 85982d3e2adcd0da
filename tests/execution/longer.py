"""
Compare more documents than a test run does: `python -m tests.execution.longer --documents 20000`.

Without `--seed` the clock gives one. Every difference is printed with its seed, made small, and as
it can be kept in `differences/`; the exit status is 1 if there was any.
"""

import asyncio
import sys
import time
from typing import Annotated

import typer

from graphql_api.execution import Engine
from tests.execution.kitchen.roots import schema
from tests.execution.rounds import Tally, differences


def main(
    documents: Annotated[int, typer.Option(help="How many documents.")] = 20_000,
    seed: Annotated[int | None, typer.Option(help="Seed of the first document.")] = None,
    size: Annotated[int, typer.Option(help="How many times the size of those in the tests.")] = 2,
) -> None:
    """Compare, print what differs, and exit with 1 if anything does."""
    first = int(time.time()) * 1000 if seed is None else seed
    found = asyncio.run(_compare(range(first, first + documents), size))
    sys.exit(1 if found else 0)


async def _compare(seeds: range, size: int) -> int:
    engine, tally, found = Engine(schema, compile_after=0), Tally(), 0
    async for difference in differences(engine, seeds, tally, size=size):
        found += 1
        typer.echo(f"{difference}\n")
    left = ", ".join(f"{reason} {times}" for reason, times in engine.counts.core.most_common())
    typer.echo(
        f"Seeds {seeds.start} to {seeds.stop - 1}: {tally.documents} documents"
        f" ({tally.invalid} more were not valid), {tally.executions} executions, of these"
        f" {engine.counts.compiled} compiled and the rest left to graphql-core ({left});"
        f" {found} differences."
    )
    return found


if __name__ == "__main__":
    typer.run(main)
