"""A citizen's sessions: see them, end one, sign out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from domain.failures import Forbidden, Unauthenticated
from domain.platforms import Channel
from domain.principals import Anonymous, Principal, session_key
from domain.refusals import Refusal, RefusalCode, Refused
from domain.sessions import RefreshTokens, SessionEnd
from domain.times import Clock
from models.database import Database
from models.session import RevokedKind, Session
from services.access import require_citizen
from services.access_tokens import AccessTokens, OwnSession
from services.revocations import revoke
from services.session_ends import MARGIN, SessionEnds


@dataclass(frozen=True, slots=True)
class HeldSession:
    """One phone that is signed in."""

    id: UUID
    channel: Channel
    device_name: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class SessionService:
    """Lists and ends sessions. Opening one is `services.sign_in`."""

    db: Database
    ends: SessionEnds
    access_tokens: AccessTokens
    refresh_tokens: RefreshTokens
    clock: Clock
    longest_token_life: timedelta

    async def list(self, principal: Principal) -> Sequence[HeldSession]:
        """The live sessions of a citizen, the one used last first; none for an outside token."""
        own = self.access_tokens.session_of(require_citizen(principal))
        if own is None:
            return []
        live = (
            select(*Session.__table__.c)
            .where(_same_person(own), Session.ended_at.is_(None), Session.expires_at > self.clock())
            .order_by(Session.last_used_at.desc(), Session.id.desc())
        )
        async with self.db.read() as connection:
            rows = (await connection.execute(live)).mappings().all()
        return [
            HeldSession(
                row["id"],
                row["channel"],
                row["device_name"],
                row["created_at"],
                row["last_used_at"],
                row["expires_at"],
                row["id"] == own.id,
            )
            for row in rows
        ]

    async def end(self, principal: Principal, session_id: UUID) -> None:
        """
        End one of a citizen's sessions, on this phone or another.

        :raises Refused: NOT_FOUND when the citizen has no such session
        """
        own = self.access_tokens.session_of(require_citizen(principal))
        async with self.db.begin() as connection:
            ids = [] if own is None else await self._ids(connection, own, session_id)
            if not await self.ends.end(connection, ids, SessionEnd.ENDED_BY_OWNER):
                raise Refused(Refusal(RefusalCode.NOT_FOUND))

    async def sign_out(self, principal: Principal, *, everywhere: bool) -> None:
        """
        End the session of the token, or all sessions of its citizen. Safe to repeat.

        :raises Unauthenticated: without a token
        :raises Forbidden: with another issuer's token that names no session
        """
        if isinstance(principal, Anonymous):
            raise Unauthenticated("sign_in")
        own = self.access_tokens.session_of(principal)
        if own is None:
            await self._refuse_outside(principal)
            return
        async with self.db.begin() as connection:
            ids = await self._ids(connection, own, None) if everywhere else [own.id]
            await self.ends.end(connection, ids, SessionEnd.SIGNED_OUT)

    async def sign_out_with(self, refresh_token: str) -> None:
        """End the session of a refresh token, whose access token may be over; unknown ones too."""
        token = self.refresh_tokens.read(refresh_token)
        if token is not None:
            async with self.db.begin() as connection:
                await self.ends.end(connection, [token.session_id], SessionEnd.SIGNED_OUT)

    async def _refuse_outside(self, principal: Principal) -> None:
        """A session of another issuer: we only see to it that its tokens open nothing here."""
        if isinstance(principal, Anonymous) or principal.session_id is None:
            raise Forbidden("own_session")
        async with self.db.begin() as connection:
            await revoke(
                connection,
                RevokedKind.SESSION,
                session_key(principal.issuer, principal.session_id),
                until=self.clock() + self.longest_token_life + MARGIN,
                reason=SessionEnd.SIGNED_OUT.value,
            )

    async def _ids(
        self, connection: AsyncConnection, own: OwnSession, only: UUID | None
    ) -> Sequence[UUID]:
        ids = select(Session.id).where(_same_person(own), Session.ended_at.is_(None))
        if only is not None:
            ids = ids.where(Session.id == only)
        return (await connection.execute(ids)).scalars().all()


def _same_person(own: OwnSession) -> ColumnElement[bool]:
    """
    Sessions of the person whose session this is now.

    The token may be older than the merging of two accounts, and name the one that is no more.
    """
    mine = aliased(Session)
    return Session.citizen_id == select(mine.citizen_id).where(mine.id == own.id).scalar_subquery()
