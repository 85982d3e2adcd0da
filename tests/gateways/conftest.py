"""One register and one client of it."""

from collections.abc import AsyncIterator

import pytest

from gateways.police_records import PoliceRecords
from tests.gateways.register import Register, police, running


@pytest.fixture
async def register() -> AsyncIterator[Register]:
    async with running(Register()) as one:
        yield one


@pytest.fixture
async def records(register: Register) -> AsyncIterator[PoliceRecords]:
    async with police(register) as one:
        yield one
