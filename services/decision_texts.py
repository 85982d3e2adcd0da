"""The texts of decisions that were made here: for the person they are against, and nobody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, select

from domain.principals import Principal
from models.acceptance import Acceptance, AcceptanceState, AcceptedViolation
from models.database import Database
from models.vault import Vault
from services.acceptance_claim import text_of
from services.access import require_identity

ITEM, WHOLE = AcceptedViolation.__table__.c, Acceptance.__table__.c

# A violation, and the number of the decision about it.
DecisionKey = tuple[UUID, str]


@dataclass(frozen=True, slots=True)
class ServedText:
    """A decision as it was rendered, and when it was shown to the person (penalty law, art. 61)."""

    text: str = field(repr=False)
    served_at: datetime


@dataclass(frozen=True, slots=True)
class DecisionTextService:
    """Opens what was stored when a violation was decided."""

    db: Database
    vault: Vault

    async def of(
        self, principal: Principal, keys: Sequence[DecisionKey]
    ) -> Mapping[DecisionKey, ServedText]:
        """The texts of those decisions that are against the citizen and were made here."""
        _, identity_number = require_identity(principal)
        wanted = (
            select(*ITEM)
            .join_from(AcceptedViolation, Acceptance, WHOLE.id == ITEM.acceptance_id)
            .where(
                ITEM.violation_id.in_([violation_id for violation_id, _ in keys]),
                ITEM.state == AcceptanceState.DECIDED,
                WHOLE.citizen_digest == self.vault.digest(identity_number),
            )
        )
        async with self.db.read() as connection:
            rows = (await connection.execute(wanted)).mappings().all()
        return {(row["violation_id"], row["decision_number"]): self._text(row) for row in rows}

    def _text(self, row: RowMapping) -> ServedText:
        belongs_to = text_of(row["acceptance_id"], row["position"])
        values = self.vault.open(row["sealed_text"], belongs_to=belongs_to)
        return ServedText(values["text"] or "", row["decided_at"])
