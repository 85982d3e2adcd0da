"""Verifying who is holding the phone, at a platform: the client's own word is never proof."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import Forbidden, UpstreamUnavailable
from domain.identity_numbers import parse_identity_number
from domain.names import parse_name
from domain.platforms import CertifyMethod, CertifyTicket
from domain.principals import Principal, VerificationLevel
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import Clock
from gateways.alipay.identity import AlipayIdentity
from models.database import Database
from models.session import CheckState, IdentityCheck, Session
from models.vault import Vault
from services.access import require_citizen
from services.access_tokens import AccessTokens, Identity, OwnSession
from services.accounts import Accounts, KnownCitizen
from services.identities import Identities
from services.sign_in import OpenSession, SignInService

ATTEMPT_WINDOW = timedelta(days=1)
ATTEMPTS = 10
CHECK_LIFE = timedelta(hours=1)
LEVELS = {
    CertifyMethod.FACE: VerificationLevel.FACE,
    CertifyMethod.DOCUMENT_PHOTO: VerificationLevel.BASIC,
}


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """A check that waits for the person, at the platform's page."""

    id: UUID
    ticket: CertifyTicket
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class VerificationService:
    """Opens checks of identity, and raises a session's level when the platform says passed."""

    db: Database
    vault: Vault
    certifier: AlipayIdentity | None
    accounts: Accounts
    identities: Identities
    access_tokens: AccessTokens
    sign_in: SignInService
    clock: Clock
    new_id: Callable[[], UUID]
    return_url: str

    async def start(
        self,
        principal: Principal,
        *,
        name: str | None,
        identity_number: str | None,
        method: CertifyMethod,
    ) -> OpenCheck:
        """
        Open a check; who was verified before need not give name and number again.

        :raises Forbidden: without a session of our own
        :raises Refused: NAME_INVALID, IDENTITY_NUMBER_INVALID, IDENTITY_DIFFERS, TOO_MANY_ATTEMPTS,
            CHANNEL_UNAVAILABLE
        :raises UpstreamUnavailable: when the platform does not answer; no attempt is counted
        """
        own, certifier = self._session(principal), self._certifier()
        async with self.db.read() as connection:
            known = await self.accounts.known(connection, await _citizen_of(connection, own))
        identity = _identity(known, name, identity_number)
        check_id, expires_at = await self._count_attempt(own, method)
        try:
            ticket = await certifier.open_check(
                check_id.hex,
                name=identity.name,
                identity_number=identity.number,
                method=method,
                return_url=self.return_url,
            )
        except UpstreamUnavailable:
            async with self.db.begin() as connection:
                await connection.execute(delete(IdentityCheck).where(IdentityCheck.id == check_id))
            raise
        secrets: dict[str, str | None] = {
            "name": identity.name,
            "identity_number": identity.number,
            "certify_id": ticket.certify_id,
        }
        sealed = self.vault.seal(secrets, belongs_to=_check(check_id))
        opened = update(IdentityCheck).where(IdentityCheck.id == check_id).values(sealed=sealed)
        async with self.db.begin() as connection:
            await connection.execute(opened)
        return OpenCheck(check_id, ticket, expires_at)

    async def complete(self, principal: Principal, check_id: UUID) -> OpenSession:
        """
        Ask the platform how the check went; if it was passed, the session goes on at its level.

        Safe to repeat: once passed, it answers with the session's tokens again.

        :raises Refused: NOT_FOUND, VERIFICATION_NOT_PASSED, VERIFICATION_EXPIRED, IDENTITY_DIFFERS,
            SESSION_ENDED
        :raises UpstreamUnavailable: when the platform does not answer; ask again
        """
        own, certifier = self._session(principal), self._certifier()
        check = await self._find(own, check_id)
        if check["state"] is CheckState.OPEN:
            if check["expires_at"] <= self.clock() or check["sealed"] is None:
                raise Refused(Refusal(RefusalCode.VERIFICATION_EXPIRED))
            secrets = self.vault.open(check["sealed"], belongs_to=_check(check_id))
            identity = Identity(secrets["name"] or "", secrets["identity_number"] or "")
            passed = await certifier.check_result(
                secrets["certify_id"] or "",
                name=identity.name,
                identity_number=identity.number,
            )
            if not passed:
                raise Refused(Refusal(RefusalCode.VERIFICATION_NOT_PASSED))
            await self._settle(own, check_id, identity, LEVELS[check["method"]])
        return await self._reopen(own)

    def _session(self, principal: Principal) -> OwnSession:
        own = self.access_tokens.session_of(require_citizen(principal))
        if own is None:
            raise Forbidden("own_session")
        return own

    def _certifier(self) -> AlipayIdentity:
        if self.certifier is None:
            raise Refused(Refusal(RefusalCode.CHANNEL_UNAVAILABLE))
        return self.certifier

    async def _count_attempt(self, own: OwnSession, method: CertifyMethod) -> tuple[UUID, datetime]:
        """Write the attempt down first, then count: parallel ones all count each other."""
        now, check_id = self.clock(), self.new_id()
        attempt = insert(IdentityCheck).values(
            id=check_id,
            citizen_id=own.citizen_id,
            session_id=own.id,
            method=method,
            state=CheckState.OPEN,
            opened_at=now,
            expires_at=now + CHECK_LIFE,
        )
        count = select(func.count()).where(
            IdentityCheck.citizen_id == own.citizen_id,
            IdentityCheck.opened_at > now - ATTEMPT_WINDOW,
            IdentityCheck.state != CheckState.PASSED,
        )
        async with self.db.begin() as connection:
            await connection.execute(attempt)
        async with self.db.read() as connection:
            attempts = (await connection.execute(count)).scalar_one()
        if attempts > ATTEMPTS:
            raise Refused(Refusal(RefusalCode.TOO_MANY_ATTEMPTS))
        return check_id, now + CHECK_LIFE

    async def _find(self, own: OwnSession, check_id: UUID) -> dict[str, Any]:
        found = select(*IdentityCheck.__table__.c).where(
            IdentityCheck.id == check_id, IdentityCheck.session_id == own.id
        )
        async with self.db.read() as connection:
            check = (await connection.execute(found)).mappings().one_or_none()
        if check is None:
            raise Refused(Refusal(RefusalCode.NOT_FOUND))
        return dict(check)

    async def _settle(
        self, own: OwnSession, check_id: UUID, identity: Identity, level: VerificationLevel
    ) -> None:
        """
        Note the identity, once; the session's level is now that of this check.

        A new refresh token comes with it: a copy of the old one must not rise with its owner.
        """
        now = self.clock()
        passed = (
            update(IdentityCheck)
            .where(IdentityCheck.id == check_id, IdentityCheck.state == CheckState.OPEN)
            .values(state=CheckState.PASSED, passed_at=now, sealed=None)
            .returning(IdentityCheck.id)
        )
        raised = (
            update(Session)
            .where(Session.id == own.id, Session.ended_at.is_(None))
            .returning(Session.citizen_id)
        )
        async with self.db.begin() as connection:
            if (await connection.execute(passed)).first() is None:
                return  # At the same moment by another request.
            citizen_id = await _citizen_of(connection, own)
            known = await self.identities.prove(connection, citizen_id, identity, now)
            values = {
                "citizen_id": known.id,
                "verification": level,
                "authenticated_at": now,
                "generation": Session.generation + 1,
                "last_used_at": now,
            }
            if (await connection.execute(raised.values(values))).first() is None:
                raise Refused(Refusal(RefusalCode.SESSION_ENDED))

    async def _reopen(self, own: OwnSession) -> OpenSession:
        live = select(*Session.__table__.c).where(
            Session.id == own.id, Session.ended_at.is_(None), Session.expires_at > self.clock()
        )
        async with self.db.read() as connection:
            row = (await connection.execute(live)).mappings().one_or_none()
            if row is None:
                raise Refused(Refusal(RefusalCode.SESSION_ENDED))
            known = await self.accounts.known(connection, row["citizen_id"])
        return self.sign_in.opened(known, dict(row))


async def _citizen_of(connection: AsyncConnection, own: OwnSession) -> UUID:
    """Whose session it is now: the token may be older than the merging of two accounts."""
    owner = select(Session.citizen_id).where(Session.id == own.id)
    return (await connection.execute(owner)).scalar_one_or_none() or own.citizen_id


def _identity(known: KnownCitizen, name: str | None, identity_number: str | None) -> Identity:
    """
    Whom the check is about.

    :raises Refused: NAME_INVALID, IDENTITY_NUMBER_INVALID, IDENTITY_DIFFERS
    """
    if known.identity is not None and identity_number is None:
        return known.identity
    number = parse_identity_number(identity_number or "")
    if number is None:
        raise Refused(Refusal(RefusalCode.IDENTITY_NUMBER_INVALID))
    if known.identity is not None:
        if known.identity.number != number:
            raise Refused(Refusal(RefusalCode.IDENTITY_DIFFERS))
        return known.identity
    plain = parse_name(name or "")
    if plain is None:
        raise Refused(Refusal(RefusalCode.NAME_INVALID))
    return Identity(plain, number)


def _check(check_id: UUID) -> str:
    return f"identity check {check_id}"
