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
from tests.exactly_once.machine import PaymentMachine
from tests.exactly_once.world import World, open_world
from tests.stack import Credentials

# So many longer examples, other ones each time: CLEARWAY_LONG=5000 pytest tests/exactly_once
LONG = int(os.environ.get("CLEARWAY_LONG", "0"))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """One event loop for all examples: hypothesis itself is not asynchronous."""
    with asyncio.Runner() as one:
        yield one


@pytest.fixture
def world(
    runner: asyncio.Runner, the_city: City, trial: Path, credentials: Credentials, own_url: str
) -> Iterator[World]:
    opened = open_world(the_city, trial, credentials, own_url)
    yield runner.run(opened.__aenter__())
    runner.run(opened.__aexit__(None, None, None))


# What a run must have come to, and how often at least, or it proves nothing.
LEAST = {
    **{"paid": 1, "expired": 1, "cancelled": 1, "failed": 1, "unknown": 1},
    **{"paid_after_close": 1, "paid_twice": 1, "paid_though_annulled": 1},
}


def test_whatever_happens(runner: asyncio.Runner, world: World) -> None:
    def machine() -> PaymentMachine:
        return PaymentMachine(runner, world)

    run_state_machine_as_test(
        # It takes whatever makes a machine, and says that it takes a class.
        cast("type[PaymentMachine]", machine),
        settings=settings(
            max_examples=LONG or 40,
            stateful_step_count=50 if LONG else 15,
            derandomize=not LONG,
            database=None,
            deadline=None,
            # To make a failure small takes minutes.
            phases=tuple(Phase) if LONG else (Phase.generate,),
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    reached = {what: world.reached[what] for what in LEAST}
    assert all(reached[what] >= least for what, least in LEAST.items()), reached
    print(world.reached)
