"""Throwing away what has served its purpose: personal data is kept no longer than it is needed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select

from domain.times import Clock
from models.database import Database
from models.session import IdentityCheck, Revocation, Session

# Checks are counted over a day; afterwards they only hold a name and a number (PIPL, art. 19).
CHECKS_KEPT = timedelta(days=2)
# A token ends long before; the margin is for clocks that differ.
REVOCATIONS_KEPT = timedelta(hours=1)
# So that a person who asks what happened to their session can still be told.
SESSIONS_KEPT = timedelta(days=90)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Housekeeping:
    """Deletes what is over, a bounded number of rows at a time. Several may do it at once."""

    db: Database
    clock: Clock

    async def tidy(self) -> int:
        """Delete some of what is over; how many rows went."""
        now = self.clock()
        return sum(
            [
                await self._delete(IdentityCheck, IdentityCheck.expires_at < now - CHECKS_KEPT),
                await self._delete(Revocation, Revocation.until < now - REVOCATIONS_KEPT),
                await self._delete(Session, *_over(now - SESSIONS_KEPT)),
            ]
        )

    async def _delete(
        self, table: type[IdentityCheck | Revocation | Session], *over: ColumnElement[bool]
    ) -> int:
        some = select(table.id).where(*over).limit(MOST).with_for_update(skip_locked=True)
        gone = delete(table).where(table.id.in_(some)).returning(table.id)
        async with self.db.single() as connection:
            return len((await connection.execute(gone)).all())


def _over(before: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Sessions that ended or expired before an instant, and that no check refers to any more."""
    checked = select(IdentityCheck.id).where(IdentityCheck.session_id == Session.id)
    ended = or_(Session.expires_at < before, Session.ended_at < before)
    return ended, ~checked.exists()
