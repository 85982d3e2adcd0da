"""How sessions end: their refresh token dies at once, their access tokens within seconds."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.sessions import SessionEnd
from domain.times import Clock
from models.session import RevokedKind, Session
from services.access_tokens import AccessTokens
from services.revocations import revoke

log = logging.getLogger("clearway.sessions")

SESSIONS_PER_CITIZEN = 20
# A verifier forgives clocks that differ: a revocation must outlive that, too.
MARGIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class SessionEnds:
    """Ends sessions of our own, inside the caller's transaction."""

    access_tokens: AccessTokens
    clock: Clock

    async def end(
        self, connection: AsyncConnection, ids: Sequence[UUID], why: SessionEnd
    ) -> Sequence[UUID]:
        """End those sessions that still live; their ids come back."""
        now = self.clock()
        ended = (
            update(Session)
            .where(Session.id.in_(ids), Session.ended_at.is_(None))
            .values(ended_at=now, ended_because=why)
            .returning(Session.id, Session.citizen_id)
        )
        rows = (await connection.execute(ended)).all()
        for session_id, _ in rows:
            await revoke(
                connection,
                RevokedKind.SESSION,
                self.access_tokens.session_key(session_id),
                until=now + self.access_tokens.life + MARGIN,
                reason=why.value,
            )
        if why is SessionEnd.REUSED and rows:
            log.warning("a refresh token was shown twice: its session is ended")
        return [session_id for session_id, _ in rows]

    async def make_room(self, connection: AsyncConnection, citizen_id: UUID) -> None:
        """End the oldest sessions of somebody who has as many as are allowed."""
        crowded_out = (
            select(Session.id)
            .where(Session.citizen_id == citizen_id, Session.ended_at.is_(None))
            .order_by(Session.last_used_at.desc(), Session.id.desc())
            .offset(SESSIONS_PER_CITIZEN - 1)
        )
        ids = (await connection.execute(crowded_out)).scalars().all()
        if ids:
            await self.end(connection, ids, SessionEnd.CROWDED_OUT)
