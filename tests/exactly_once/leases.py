"""Waiting for somebody who works on a payment."""

import asyncio

from tests.stack import Api


async def until_leased(api: Api) -> None:
    """Return when somebody holds a lease."""
    for _ in range(2000):
        if await api.rows("SELECT 1 FROM payments WHERE lease_id IS NOT NULL"):
            return
        await asyncio.sleep(0.005)
    raise AssertionError("nobody works on it")
