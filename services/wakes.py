"""Waking the worker: an errand that belongs to the transaction that makes it necessary."""

from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection


class Errand(StrEnum):
    """What a worker can be woken for; the row it is about says everything else."""

    PAYMENT = "payment"
    WRITE_BACK = "write_back"
    REFUND = "refund"


class Wake(Protocol):
    """
    Ask for a row to be seen to as soon as the caller's transaction is committed.

    It is rolled back with it, too. A lost one is no loss: the row itself says when it is due, and
    the sweeper finds it, as it finds everything that is due later.
    """

    async def __call__(self, connection: AsyncConnection, errand: Errand, key: str) -> None: ...
