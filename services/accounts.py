"""Accounts of people: which citizen an account at a platform belongs to, and who that is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.platforms import PlatformAccount
from domain.principals import VerificationLevel
from models.citizen import CitizenAccount, PlatformAccountRow
from models.vault import Vault
from services.access_tokens import Identity

SAME_ACCOUNT = ["channel", "app_id", "open_id_digest"]


@dataclass(frozen=True, slots=True)
class KnownCitizen:
    """A citizen's account, and who that is if somebody was verified on it."""

    id: UUID
    identity: Identity | None

    def level(self, of_session: VerificationLevel) -> VerificationLevel:
        """How surely a session's holder is known: that the account was verified counts as BASIC."""
        if self.identity is not None and of_session is VerificationLevel.NONE:
            return VerificationLevel.BASIC
        return of_session


@dataclass(frozen=True, slots=True)
class Accounts:
    """Finds and makes citizens, inside the caller's transaction."""

    vault: Vault
    new_id: Callable[[], UUID]

    async def of_platform(
        self, connection: AsyncConnection, account: PlatformAccount, now: datetime
    ) -> KnownCitizen:
        """The citizen of an account at a platform; a new one for an account never seen."""
        digest = self._digest(account)
        signed_in = (
            update(PlatformAccountRow)
            .where(
                PlatformAccountRow.channel == account.channel,
                PlatformAccountRow.app_id == account.app_id,
                PlatformAccountRow.open_id_digest == digest,
            )
            .values(last_signed_in_at=now)
            .returning(PlatformAccountRow.citizen_id)
        )
        citizen_id = (await connection.execute(signed_in)).scalar_one_or_none()
        if citizen_id is None:
            citizen_id = await self._add(connection, account, digest, now)
        return await self.known(connection, citizen_id)

    async def known(self, connection: AsyncConnection, citizen_id: UUID) -> KnownCitizen:
        """The citizen of an id."""
        row = select(CitizenAccount.sealed).where(CitizenAccount.id == citizen_id)
        sealed = (await connection.execute(row)).scalar_one()
        if sealed is None:
            return KnownCitizen(citizen_id, None)
        values = self.vault.open(sealed, belongs_to=_citizen(citizen_id))
        return KnownCitizen(
            citizen_id, Identity(values["name"] or "", values["identity_number"] or "")
        )

    def sealed(self, citizen_id: UUID, identity: Identity) -> bytes:
        """Name and number as the citizen's row keeps them."""
        values: dict[str, str | None] = {"name": identity.name, "identity_number": identity.number}
        return self.vault.seal(values, belongs_to=_citizen(citizen_id))

    async def _add(
        self, connection: AsyncConnection, account: PlatformAccount, digest: bytes, now: datetime
    ) -> UUID:
        citizen_id, row_id = self.new_id(), self.new_id()
        await connection.execute(insert(CitizenAccount).values(id=citizen_id, created_at=now))
        secrets = {"open_id": account.open_id, "union_id": account.union_id}
        added = (
            insert_or_update(PlatformAccountRow)
            .values(
                id=row_id,
                citizen_id=citizen_id,
                channel=account.channel,
                app_id=account.app_id,
                open_id_digest=digest,
                sealed=self.vault.seal(secrets, belongs_to=platform_account(row_id)),
                linked_at=now,
                last_signed_in_at=now,
            )
            # Two first sign-ins at once: the later one is the same person.
            .on_conflict_do_update(index_elements=SAME_ACCOUNT, set_={"last_signed_in_at": now})
            .returning(PlatformAccountRow.citizen_id)
        )
        owner: UUID = (await connection.execute(added)).scalar_one()
        if owner != citizen_id:
            await connection.execute(delete(CitizenAccount).where(CitizenAccount.id == citizen_id))
        return owner

    def _digest(self, account: PlatformAccount) -> bytes:
        return self.vault.digest(f"{account.channel}\n{account.app_id}\n{account.open_id}")


def platform_account(row_id: UUID) -> str:
    """What the sealed openid of an account is bound to."""
    return f"platform account {row_id}"


def _citizen(citizen_id: UUID) -> str:
    return f"citizen {citizen_id}"
