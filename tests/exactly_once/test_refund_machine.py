"""Refunds give back exactly once, whatever happens in whatever order."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from sandbox.city import City
from services.crash_points import CrashPoint
from tests.exactly_once.refund_machine import POINTS, Fuse, RefundMachine
from tests.exactly_once.world import World, open_world
from tests.stack import Credentials

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


@pytest.mark.parametrize("first", POINTS)
def test_whatever_happens(runner: asyncio.Runner, world: World, first: CrashPoint) -> None:
    """A process dies, and then officers, channels, workers and accidents in any order."""
    world.reached.clear()
    fuse = Fuse()

    def machine() -> RefundMachine:
        return RefundMachine(runner, world, fuse, first)

    run_state_machine_as_test(
        # It takes whatever makes a machine, and says that it takes a class.
        cast("type[RefundMachine]", machine),
        settings=settings(
            max_examples=LONG or 4,
            stateful_step_count=50 if LONG else 14,
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
    assert fuse.died[first]
    assert world.reached["refund succeeded"]
