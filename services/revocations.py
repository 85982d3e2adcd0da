"""Tokens that are refused before their time: known to every process within seconds."""

import asyncio
import logging
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import TryLater, where
from domain.principals import Citizen, Officer, session_key
from domain.times import Clock
from models.database import Database
from models.session import Revocation, RevokedKind

log = logging.getLogger("clearway.revocations")

POLL_SECONDS = 1.0
# What we know may be so old; older, and nobody with a token gets in until we know again.
TRUSTED_SECONDS = 4.0
# A row becomes visible some time after its own instant: look back a little further each time.
OVERLAP = timedelta(seconds=15)


async def revoke(
    connection: AsyncConnection,
    kind: RevokedKind,
    key: UUID,
    *,
    until: datetime | None,
    reason: str,
) -> None:
    """Refuse the tokens of a session or a person from now on, in the caller's transaction."""
    row = insert(Revocation).values(id=key, kind=kind, until=until, reason=reason)
    changed = {"until": until, "reason": reason, "changed_at": func.clock_timestamp()}
    await connection.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed))


@dataclass(slots=True)
class Revocations:
    """
    What is revoked, as this process knows it.

    Read once a second from the database. When it could not be read for longer than
    `TRUSTED_SECONDS`, callers with tokens are told to come back: 5 seconds are a promise.
    """

    db: Database
    clock: Clock
    monotonic: Callable[[], float] = time.monotonic
    _until: dict[UUID, datetime | None] = field(default_factory=dict)
    _known_at: float = -math.inf
    _read_until: datetime | None = None

    @asynccontextmanager
    async def kept_fresh(self) -> AsyncIterator[None]:
        """Read again and again, for as long as the block lasts."""
        keeper = asyncio.create_task(self._keep_fresh())
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper

    async def is_revoked(self, principal: Citizen | Officer) -> bool:
        """
        Whether this session or this person is no longer to be let in.

        :raises TryLater: when that is not known recently enough
        """
        if self.monotonic() - self._known_at > TRUSTED_SECONDS:
            await self.read()
        session = principal.session_id
        signed_out = session is not None and self._holds(session_key(principal.issuer, session))
        return signed_out or self._holds(principal.id)

    async def read(self) -> None:
        """
        Learn what has changed.

        :raises TryLater: when the database does not say
        """
        began = self.monotonic()
        if self._read_until is None:
            recent = or_(Revocation.until.is_(None), Revocation.until > self.clock())
        else:
            recent = Revocation.changed_at > self._read_until - OVERLAP
        changed = select(Revocation.id, Revocation.until).where(recent)
        async with self.db.read() as connection:
            now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
            rows = (await connection.execute(changed)).all()
        for key, until in rows:
            self._until[key] = until
        self._known_at, self._read_until = began, now
        self._forget_past()

    def _holds(self, key: UUID) -> bool:
        if key not in self._until:
            return False
        until = self._until[key]
        return until is None or until > self.clock()

    def _forget_past(self) -> None:
        now = self.clock()
        for key in [key for key, until in self._until.items() if until and until <= now]:
            del self._until[key]

    async def _keep_fresh(self) -> None:
        while True:
            try:
                await self.read()
            except TryLater:
                log.warning("what is revoked could not be read")
            except Exception as error:
                # A poller that ends in silence would let everybody in until TRUSTED_SECONDS.
                log.error("what is revoked could not be read: %s", where(error))
            await asyncio.sleep(POLL_SECONDS)
