"""Seeing to rows that are due: woken for one, or sweeping for all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.wakes import Errand


class DueWork(Protocol):
    """One kind of row that has to be seen to until it needs nothing any more."""

    async def see_to(self, key: str) -> None:
        """See to the row of a key, if it is due and nobody else does."""
        ...

    async def sweep(self) -> int:
        """See to some of what is due; how many there were."""
        ...


@dataclass(frozen=True, slots=True)
class Chores:
    """Every kind of due work: by errand what a worker is woken for, and what is only swept."""

    works: Mapping[Errand, DueWork]
    swept: Sequence[DueWork]

    async def see_to(self, errand: Errand, key: str) -> None:
        """Do what a worker was woken for."""
        await self.works[errand].see_to(key)

    async def sweep(self) -> int:
        """See to what is due of every kind, whoever forgot to wake us; how many there were."""
        return sum([await work.sweep() for work in (*self.works.values(), *self.swept)])
