"""Acceptances as they stand, for those who made them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, select

from domain.acceptance import Outcome
from domain.money import Money
from domain.police_writes import WriteProblem
from domain.principals import Principal
from models.acceptance import Acceptance, AcceptanceState, AcceptedViolation
from models.database import Database
from models.vault import Vault
from services.access import require_identity

ITEM, WHOLE = AcceptedViolation.__table__.c, Acceptance.__table__.c


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
        items = await self._items(WHOLE.id == acceptance_id)
        return HeldAcceptance(acceptance_id, items[0].confirmed_at, tuple(items))

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
        items = await self._items(
            WHOLE.citizen_digest == self.vault.digest(identity_number),
            ITEM.violation_id.in_(list(violation_ids)),
        )
        return {item.violation_id: item for item in items}

    async def _items(self, *conditions: Any) -> list[HeldItem]:
        """The oldest first."""
        wanted = (
            select(*ITEM, WHOLE.confirmed_at)
            .join_from(AcceptedViolation, Acceptance, WHOLE.id == ITEM.acceptance_id)
            .where(*conditions)
            .order_by(WHOLE.confirmed_at, WHOLE.id, ITEM.position)
        )
        async with self.db.read() as connection:
            return [_item(row) for row in (await connection.execute(wanted)).mappings()]


def _item(row: RowMapping) -> HeldItem:
    return HeldItem(
        acceptance_id=row["acceptance_id"],
        confirmed_at=row["confirmed_at"],
        violation_id=row["violation_id"],
        position=row["position"],
        state=row["state"],
        problem=WriteProblem(row["problem"]) if row["problem"] else None,
        outcome=_outcome(row) if row["state"] is AcceptanceState.DECIDED else None,
    )


def _outcome(row: RowMapping) -> Outcome:
    return Outcome(
        decision_number=row["decision_number"],
        check_character=row["check_character"],
        decided_at=row["decided_at"],
        fine=Money(row["fine_fen"]),
        points=row["points"],
    )
