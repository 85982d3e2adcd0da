"""The daily quota of each police interface, counted for all our processes together."""

from dataclasses import dataclass
from datetime import timedelta

from domain.times import Clock, legal_day
from models import mirror_queries as queries
from models.database import Database

# The register tells that a quota is used up, not when it starts anew: ask again after a while.
ASK_AGAIN_AFTER = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class QuotaService:
    """Counts calls per interface and legal day."""

    db: Database
    clock: Clock
    limit: int

    async def take(self, interface: str) -> bool:
        """Count one call, or say no when the day's quota is used up."""
        call = {"interface": interface, "day": legal_day(self.clock()), "most": self.limit}
        return bool(await self.db.write(queries.TAKE_QUOTA, call))

    async def exhausted(self, interface: str) -> None:
        """The register itself says that there is none left: rest for a moment."""
        now = self.clock()
        statement = queries.quota_exhausted(interface, legal_day(now), now + ASK_AGAIN_AFTER)
        async with self.db.begin() as connection:
            await connection.execute(statement)
