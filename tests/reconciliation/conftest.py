"""Worlds with nothing in their database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.city import City
from tests.reconciliation.world import World, open_world
from tests.stack import Credentials


@pytest.fixture
async def world(
    the_city: City, trial: Path, credentials: Credentials, database_url: str
) -> AsyncIterator[World]:
    async with open_world(the_city, trial, credentials, database_url) as one:
        yield one
