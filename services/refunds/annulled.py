"""Decisions that were annulled after they had been paid: the money goes back by itself."""

import logging
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Executable
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import where
from domain.refunds import RefundReason
from domain.tasks import TaskKind
from domain.times import Clock
from models.database import Database
from models.refund_queries import (
    PAID_AND_ANNULLED,
    PAID_AND_DECIDED_ANEW,
    PAYMENT_LOCKED,
)
from services.idempotency import request_hash
from services.refunds.making import OURSELVES, RefundMaking, Wanted
from services.refunds.treasury import is_the_treasurys
from services.tasks import ask_people

log = logging.getLogger("clearway.refunds")

# Some may be impossible to decide: the others must still have their turn.
SWEEP = 100


@dataclass(frozen=True, slots=True)
class AnnulledRefunds:
    """Finds them in the mirror. After the treasury's cut-off people have to give it back."""

    db: Database
    making: RefundMaking
    clock: Clock
    cutoff: timedelta

    async def sweep(self) -> int:
        """Decide some of the refunds that are owed; how many."""
        return await self._see_to(PAID_AND_ANNULLED)

    async def sweep_decided_anew(self) -> int:
        """The same where the register decided anew before anybody looked; it takes a while."""
        return await self._see_to(PAID_AND_DECIDED_ANEW)

    async def _see_to(self, owing: Executable) -> int:
        async with self.db.read() as connection:
            owed = (await connection.execute(owing, {"most": SWEEP})).all()
        return sum([await self._see_to_one(number, position) for number, position in owed])

    async def _see_to_one(self, number: str, position: int) -> bool:
        try:
            async with self.db.begin() as connection:
                return await self._give_back(connection, number, position)
        except Exception as error:
            # One that cannot be decided must not stop the others.
            log.error("a refund could not be decided: %s", where(error))
            return False

    async def _give_back(self, connection: AsyncConnection, number: str, position: int) -> bool:
        """False if another refund of the payment is under way: it is found again afterwards."""
        locked = await connection.execute(PAYMENT_LOCKED, {"of_number": number})
        payment = locked.mappings().one()
        now = self.clock()
        if is_the_treasurys(payment, now, self.cutoff):
            await ask_people(connection, TaskKind.TREASURY_REFUND, f"{number}-{position}", now)
            return True
        left = await self.making.remaining(connection, payment)
        parts = tuple(part for part in left if part.position == position)
        if not parts:
            return False
        key = f"annulled-{number}-{position}"
        wanted = Wanted(
            requester=OURSELVES,
            key=key,
            hash=request_hash(annulled=key),
            reason=RefundReason.DECISION_ANNULLED,
            parts=parts,
        )
        return await self.making.make(connection, payment, wanted) is not None
