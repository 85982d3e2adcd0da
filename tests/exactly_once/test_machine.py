"""Payments settle exactly once, whatever happens in whatever order."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sandbox.city import City
from tests.exactly_once.corners import CORNERS
from tests.exactly_once.machine import PaymentMachine
from tests.exactly_once.world import World, open_world
from tests.stack import Credentials

# So many longer examples, other ones each time: CLEARWAY_LONG=800 pytest tests/exactly_once
LONG = int(os.environ.get("CLEARWAY_LONG", "0"))


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all examples: hypothesis itself is not asynchronous."""
    with asyncio.Runner() as one:
        yield one


@pytest.fixture(scope="module")
def world(
    runner: asyncio.Runner, the_city: City, trial: Path, credentials: Credentials, own_url: str
) -> Iterator[World]:
    opened = open_world(the_city, trial, credentials, own_url)
    yield runner.run(opened.__aenter__())
    runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("first", CORNERS)
def test_whatever_happens(runner: asyncio.Runner, world: World, first: str) -> None:
    """After one of the dangerous corners anything may follow, the other corners, too."""
    world.reached.clear()

    def machine() -> PaymentMachine:
        return PaymentMachine(runner, world, first)

    run_state_machine_as_test(
        # It takes whatever makes a machine, and says that it takes a class.
        cast("type[PaymentMachine]", machine),
        settings=settings(
            max_examples=LONG or 12,
            stateful_step_count=50 if LONG else 12,
            derandomize=not LONG,
            database=None,
            deadline=None,
            # To make a failure small takes minutes.
            phases=tuple(Phase) if LONG else (Phase.generate,),
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    # A run that does not get there proves nothing.
    assert CORNERS[first].leads_to <= world.reached.keys()
