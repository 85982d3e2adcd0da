"""Acceptances as they stand, for those who made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from domain.acceptance import Outcome
from domain.money import Money
from domain.police_writes import WriteProblem
from domain.principals import Principal
from models.acceptance import Acceptance, AcceptanceState
from models.acceptance_queries import ACCEPTANCE, ACCEPTED, AcceptedRow
from models.database import Database
from models.reading import array_of
from models.vault import Vault
from services.access import require_identity

WHOLE = Acceptance.__table__.c


@dataclass(frozen=True, slots=True)
class HeldItem:
    """One accepted violation. `outcome` once it is decided, `problem` once it is refused."""

    acceptance_id: UUID
    confirmed_at: datetime
    violation_id: UUID
    position: int
    state: AcceptanceState
    problem: WriteProblem | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class HeldAcceptance:
    """One confirmation with its violations, in the order they were named."""

    id: UUID
    confirmed_at: datetime
    items: tuple[HeldItem, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """An acceptance under a key, and what was asked for under it."""

    id: UUID
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class AcceptanceReader:
    """Looks acceptances up; somebody else's do not exist."""

    db: Database
    vault: Vault

    async def get(self, acceptance_id: UUID) -> HeldAcceptance:
        """One acceptance, whole."""
        rows = await self.db.rows(ACCEPTANCE, {"acceptance_id": acceptance_id})
        return HeldAcceptance(acceptance_id, rows[0].confirmed_at, tuple(map(_item, rows)))

    async def known(self, citizen_digest: bytes, idempotency_key: str) -> Known | None:
        """What a citizen has accepted under a key."""
        wanted = select(WHOLE.id, WHOLE.request_hash).where(
            WHOLE.citizen_digest == citizen_digest, WHOLE.idempotency_key == idempotency_key
        )
        async with self.db.read() as connection:
            row = (await connection.execute(wanted)).first()
        return None if row is None else Known(*row)

    async def latest(
        self, principal: Principal, violation_ids: Sequence[UUID]
    ) -> Mapping[UUID, HeldItem]:
        """How far the citizen's latest acceptance of each violation has come."""
        _, identity_number = require_identity(principal)
        values = {
            "citizen": self.vault.digest_of_person(identity_number),
            "ids": array_of([str(one) for one in violation_ids]),
        }
        # Of several about one violation the last one counts.
        return {row.violation_id: _item(row) for row in await self.db.rows(ACCEPTED, values)}


def _item(row: AcceptedRow) -> HeldItem:
    state = AcceptanceState(row.state)
    return HeldItem(
        acceptance_id=row.acceptance_id,
        confirmed_at=row.confirmed_at,
        violation_id=row.violation_id,
        position=row.position,
        state=state,
        problem=WriteProblem(row.problem) if row.problem else None,
        outcome=_outcome(row) if state is AcceptanceState.DECIDED else None,
    )


def _outcome(row: AcceptedRow) -> Outcome:
    return Outcome(
        decision_number=row.decision_number,
        check_character=row.check_character,
        decided_at=row.decided_at,
        fine=Money(row.fine_fen),
        points=row.points,
    )
