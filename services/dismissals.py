"""Officers who may no longer act, whatever their identity provider still says."""

from dataclasses import dataclass
from datetime import datetime

from domain.principals import Officer, person_id
from domain.times import Clock
from models.database import Database
from models.session import RevokedKind
from services.revocations import revoke
from services.tasks import release_tasks_of


@dataclass(frozen=True, slots=True)
class DismissalService:
    """Shuts officers out, on every process within 5 seconds, and lets them in again."""

    db: Database
    clock: Clock

    async def dismiss(self, issuer: str, subject: str, reason: str) -> None:
        """
        Refuse every token about this person, those still to be issued too. Safe to repeat.

        The tasks they had are anybody's again.
        """
        await self._revoke(issuer, subject, None, reason)
        async with self.db.begin() as connection:
            await release_tasks_of(connection, Officer(issuer, subject).actor, self.clock())

    async def reinstate(self, issuer: str, subject: str) -> None:
        """Let the person in again."""
        await self._revoke(issuer, subject, self.clock(), "reinstated")

    async def _revoke(self, issuer: str, subject: str, until: datetime | None, reason: str) -> None:
        person = person_id(issuer, subject)
        async with self.db.begin() as connection:
            await revoke(connection, RevokedKind.PERSON, person, until=until, reason=reason)
