"""Waking the worker: an errand that belongs to the transaction that makes it necessary."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection


class Errand(StrEnum):
    """What a worker can be woken for; the row it is about says everything else."""

    PAYMENT = "payment"
    WRITE_BACK = "write_back"
    ACCEPTANCE = "acceptance"


class Wake(Protocol):
    """
    Ask for a row to be seen to: now, or at an instant.

    It is committed or rolled back with the caller's transaction. A lost one is no loss: the row
    itself says when it is due, and the sweeper finds it.
    """

    async def __call__(
        self, connection: AsyncConnection, errand: Errand, key: str, at: datetime | None = None
    ) -> None: ...
