"""One world for all tests of a file, and an office of finance in it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.city import City
from tests.exactly_once.conftest import own_url
from tests.exactly_once.world import World, open_world
from tests.refunds.office import Office
from tests.stack import PAYING, Credentials

__all__ = ["own_url"]  # a fixture


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    the_city: City, trial: Path, credentials: Credentials, own_url: str
) -> AsyncIterator[World]:
    async with open_world(the_city, trial, credentials, own_url) as one:
        yield one


@pytest_asyncio.fixture(loop_scope="module")
async def office(world: World) -> Office:
    """Nothing is paid yet, and everything works."""
    await world.begin_again()
    for folder in PAYING.values():
        await world.platforms.forget_calls(folder)
    return Office(world)


@pytest.fixture(params=["ALIPAY", "WECHAT"])
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)
