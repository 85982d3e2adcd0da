"""Who somebody really is: the only link between one person's accounts at several platforms."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.refusals import Refusal, RefusalCode, Refused
from models.citizen import CitizenAccount, PlatformAccountRow
from models.session import Session
from services.access_tokens import Identity
from services.accounts import Accounts, KnownCitizen


@dataclass(frozen=True, slots=True)
class Identities:
    """Notes verified identities, inside the caller's transaction."""

    accounts: Accounts

    async def prove(
        self, connection: AsyncConnection, citizen_id: UUID, identity: Identity, now: datetime
    ) -> KnownCitizen:
        """
        Note that this account's person has this identity; the person's account comes back.

        If the person is known already from another platform, this account becomes one with that.

        :raises Refused: IDENTITY_DIFFERS when the account has been verified as somebody else
        """
        digest = self.accounts.vault.digest(identity.number)
        # Two phones of one person may get here at once: the second one finds the first one's work.
        await connection.execute(
            select(func.pg_advisory_xact_lock(int.from_bytes(digest[:8], "big", signed=True)))
        )
        before = await self.accounts.known(connection, citizen_id)
        if before.identity is not None and before.identity.number != identity.number:
            raise Refused(Refusal(RefusalCode.IDENTITY_DIFFERS))
        owner = select(CitizenAccount.id).where(CitizenAccount.identity_digest == digest)
        owner_id = (await connection.execute(owner)).scalar_one_or_none() or citizen_id
        if owner_id != citizen_id:
            await _merge(connection, citizen_id, owner_id)
        verified = (
            update(CitizenAccount)
            .where(CitizenAccount.id == owner_id)
            .values(
                identity_digest=digest,
                sealed=self.accounts.sealed(owner_id, identity),
                verified_at=now,
            )
        )
        await connection.execute(verified)
        return KnownCitizen(owner_id, identity)


async def _merge(connection: AsyncConnection, citizen_id: UUID, into: UUID) -> None:
    """Nothing but sessions and platform accounts can hang on somebody who was never verified."""
    for table in (PlatformAccountRow, Session):
        await connection.execute(
            update(table).where(table.citizen_id == citizen_id).values(citizen_id=into)
        )
    await connection.execute(
        update(CitizenAccount).where(CitizenAccount.id == citizen_id).values(merged_into=into)
    )
