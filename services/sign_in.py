"""Signing in with a mini-program's code, and staying signed in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NoReturn, Protocol
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import RateLimited
from domain.platforms import AuthCodeProblem, AuthCodeRefused, Channel, PlatformAccount
from domain.principals import Citizen, VerificationLevel
from domain.refusals import Refusal, RefusalCode, Refused
from domain.sessions import REUSE_GRACE, RefreshToken, RefreshTokens, SessionEnd
from domain.times import Clock
from models.database import Database
from models.session import Session
from services.access_tokens import AccessTokens, IssuedToken
from services.accounts import Accounts, KnownCitizen
from services.session_ends import SessionEnds

DEVICE_NAME_LENGTH = 80
TOO_OFTEN_SECONDS = 60.0
REFUSED = {
    AuthCodeProblem.INVALID: RefusalCode.AUTH_CODE_INVALID,
    AuthCodeProblem.BLOCKED: RefusalCode.ACCOUNT_BLOCKED,
}


class Platform(Protocol):
    """The server of a platform: says whose code this is."""

    async def account_of(self, auth_code: str) -> PlatformAccount:
        """
        Exchange a code, which is good once.

        :raises AuthCodeRefused: if the platform says no
        :raises UpstreamUnavailable: if it says nothing usable; the code may be used up then
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session with the tokens it goes on with."""

    citizen: Citizen
    access: IssuedToken
    refresh: IssuedToken


@dataclass(frozen=True, slots=True)
class SignInService:
    """Opens sessions and renews them."""

    db: Database
    platforms: Mapping[Channel, Platform]
    accounts: Accounts
    access_tokens: AccessTokens
    refresh_tokens: RefreshTokens
    ends: SessionEnds
    clock: Clock
    new_id: Callable[[], UUID]
    session_life: timedelta

    async def sign_in(
        self, channel: Channel, auth_code: str, *, device_name: str | None
    ) -> OpenSession:
        """
        Exchange a mini-program's code for a session.

        :raises Refused: AUTH_CODE_INVALID, ACCOUNT_BLOCKED, CHANNEL_UNAVAILABLE
        :raises RateLimited: when the platform says that this person asks too often
        :raises UpstreamUnavailable: when the platform does not answer; nothing is opened
        """
        platform = self.platforms.get(channel)
        if platform is None:
            raise Refused(Refusal(RefusalCode.CHANNEL_UNAVAILABLE))
        try:
            account = await platform.account_of(auth_code)
        except AuthCodeRefused as refused:
            _say_no(refused.problem)
        now, session_id = self.clock(), self.new_id()
        async with self.db.begin() as connection:
            citizen = await self.accounts.of_platform(connection, account, now)
            await self.ends.make_room(connection, citizen.id)
            row = {
                "id": session_id,
                "citizen_id": citizen.id,
                "channel": channel,
                "device_name": (device_name or "").strip()[:DEVICE_NAME_LENGTH] or None,
                "verification": VerificationLevel.NONE,
                "authenticated_at": now,
                "created_at": now,
                "last_used_at": now,
                "expires_at": now + self.session_life,
                "generation": 0,
            }
            await connection.execute(insert(Session).values(row))
        return self.opened(citizen, row)

    async def refresh(self, refresh_token: str) -> OpenSession:
        """
        Renew a session: the token that was shown is used up, a new one takes its place.

        Shown again within 10 seconds it gets the same successor; later the session ends, because
        somebody else has a copy (RFC 9700, 4.14.2).

        :raises Refused: SESSION_ENDED
        """
        token = self.refresh_tokens.read(refresh_token)
        if token is None:
            raise Refused(Refusal(RefusalCode.SESSION_ENDED))
        async with self.db.begin() as connection:
            row = await self._advance(connection, token)
            if row is not None:
                citizen = await self.accounts.known(connection, row["citizen_id"])
        if row is None:
            raise Refused(Refusal(RefusalCode.SESSION_ENDED))
        return self.opened(citizen, row)

    def opened(self, citizen: KnownCitizen, row: Mapping[str, Any]) -> OpenSession:
        """The tokens with which a session's row goes on."""
        principal = self.access_tokens.citizen(
            citizen.id,
            row["id"],
            citizen.identity,
            citizen.level(row["verification"]),
            row["authenticated_at"],
        )
        token = self.refresh_tokens.write(RefreshToken(row["id"], row["generation"]))
        return OpenSession(
            principal, self.access_tokens.issue(principal), IssuedToken(token, row["expires_at"])
        )

    async def _advance(
        self, connection: AsyncConnection, token: RefreshToken
    ) -> dict[str, Any] | None:
        """The session's row, one generation on; None when the session is over."""
        now = self.clock()
        live = (Session.id == token.session_id, Session.ended_at.is_(None))
        renewed = (
            update(Session)
            .where(*live, Session.generation == token.generation, Session.expires_at > now)
            .values(generation=Session.generation + 1, last_used_at=now)
            .returning(*Session.__table__.c)
        )
        row = (await connection.execute(renewed)).mappings().one_or_none()
        if row is not None:
            return dict(row)
        found = select(*Session.__table__.c).where(*live, Session.expires_at > now)
        row = (await connection.execute(found.with_for_update())).mappings().one_or_none()
        if row is None:
            return None
        just_renewed = row["last_used_at"] > now - REUSE_GRACE
        if row["generation"] == token.generation + 1 and just_renewed:
            return dict(row)
        await self.ends.end(connection, [token.session_id], SessionEnd.REUSED)
        return None


def _say_no(problem: AuthCodeProblem) -> NoReturn:
    if problem is AuthCodeProblem.TOO_OFTEN:
        raise RateLimited("too_often", retry_after=TOO_OFTEN_SECONDS)
    raise Refused(Refusal(REFUSED[problem]))
