"""The books on a real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from domain.ids import new_id
from models.database import Database
from services.ledger import Ledger


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool_size=20)
    yield database
    await database.close()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(new_id)
