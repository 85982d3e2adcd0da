"""Claiming violations: from here on they are being accepted, by one person, once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.acceptance import PreviewItem
from domain.law.record_checks import pending
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import Clock, legal_day
from models.acceptance import Acceptance, AcceptanceState, AcceptedViolation
from models.database import Database
from models.due import LEASE
from models.mirror_queries import lock_keys
from models.vault import Vault
from services.acceptance_preview import Prepared
from services.acceptance_standing import Standing, standing_of
from services.crash_points import CrashPoint, Reached


class Moved(Exception):
    """Something has been accepted since the preview was made: make it again."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Which request it is that confirms a preview."""

    idempotency_key: str
    request_hash: bytes


@dataclass(frozen=True, slots=True)
class AcceptanceClaims:
    """Writes down who accepts what, before anybody is told."""

    db: Database
    vault: Vault
    clock: Clock
    new_id: Callable[[], UUID]
    reached: Reached

    async def make(self, prepared: Prepared, confirmation: Confirmation) -> list[RowMapping]:
        """
        Claim everything in a preview, in one transaction; the rows, leased to the caller.

        Nothing comes back if the key has been used at the same moment.

        :raises Refused: BEING_HANDLED_ELSEWHERE, ALREADY_HANDLED, UNDER_DISPUTE
        :raises Moved: if the preview no longer holds
        """
        preview = prepared.preview
        ids = [item.violation.id for item in preview.items]
        async with self.db.begin() as connection:
            await lock_handling(connection, preview.citizen_digest, ids)
            acceptance_id = await self._open(connection, prepared, confirmation)
            if acceptance_id is None:
                return []
            standing = await standing_of(connection, preview.citizen_digest, ids)
            self._check(prepared, ids, standing)
            rows = await self._items(connection, acceptance_id, preview.items, prepared)
        self.reached(CrashPoint.ACCEPTANCE_CLAIMED)
        return rows

    def _check(self, prepared: Prepared, ids: Sequence[UUID], standing: Standing) -> None:
        today = legal_day(self.clock())
        refusals = [reason for one in ids for reason in standing_refusals(one, standing, today)]
        if refusals:
            raise Refused(*refusals)
        before = prepared.standing
        if (standing.accepted, standing.pending_points) != (before.accepted, before.pending_points):
            raise Moved

    async def _open(
        self, connection: AsyncConnection, prepared: Prepared, confirmation: Confirmation
    ) -> UUID | None:
        acceptance_id, driver = self.new_id(), prepared.driver
        sealed = {
            "name": driver.name,
            "identity_number": driver.identity_number,
            "file_number": driver.file_number,
        }
        row = insert(Acceptance).values(
            id=acceptance_id,
            citizen_digest=prepared.preview.citizen_digest,
            idempotency_key=confirmation.idempotency_key,
            request_hash=confirmation.request_hash,
            preview_hash=prepared.preview.hash,
            sealed=self.vault.seal(sealed, belongs_to=acceptance_of(acceptance_id)),
            confirmed_at=self.clock(),
        )
        opened = row.on_conflict_do_nothing().returning(Acceptance.id)
        return (await connection.execute(opened)).scalar_one_or_none()

    async def _items(
        self,
        connection: AsyncConnection,
        acceptance_id: UUID,
        items: Sequence[PreviewItem],
        prepared: Prepared,
    ) -> list[RowMapping]:
        version = prepared.preview.text_version
        values = [
            self._item(acceptance_id, position, item) | {"template_version": version}
            for position, item in enumerate(items)
        ]
        claimed = (
            insert(AcceptedViolation)
            .values(values)
            .on_conflict_do_nothing()
            .returning(*AcceptedViolation.__table__.c)
        )
        rows = list((await connection.execute(claimed)).mappings())
        # Whatever else may fail to keep others out, the index does not.
        taken = {item.violation.id for item in items} - {row["violation_id"] for row in rows}
        if taken:
            code = RefusalCode.BEING_HANDLED_ELSEWHERE
            raise Refused(*(Refusal(code, violation_id=one) for one in taken))
        return rows

    def _item(self, acceptance_id: UUID, position: int, item: PreviewItem) -> dict[str, Any]:
        act, now = item.violation, self.clock()
        belongs_to = text_of(acceptance_id, position)
        return {
            "acceptance_id": acceptance_id,
            "position": position,
            "violation_id": act.id,
            "record_number": act.record_number,
            "plate_key": act.plate.key if act.plate is not None else "",
            "fine_fen": item.fine.fen,
            "points": item.points,
            # The caller tells the register at once; whoever comes after a crash asks it first.
            "attempts": 1,
            "checks": 1,
            "state": AcceptanceState.PENDING,
            "sealed_text": self.vault.seal({"text": item.draft}, belongs_to=belongs_to),
            "next_check_at": now,
            "lease_id": self.new_id(),
            "lease_until": now + LEASE,
        }


async def lock_handling(
    connection: AsyncConnection, citizen_digest: bytes | None, violation_ids: Sequence[UUID]
) -> None:
    """
    Let nobody else accept or dispute these violations until the transaction ends.

    With a citizen: let the citizen accept nothing else meanwhile either, for the points' sake.
    """
    person = [] if citizen_digest is None else ["accepting:" + citizen_digest.hex()]
    await lock_keys(connection, *person, *(f"handling:{one}" for one in violation_ids))


def standing_refusals(violation_id: UUID, standing: Standing, today: date) -> list[Refusal]:
    """What we ourselves know that stands against accepting or disputing a violation."""
    reasons = []
    claim, objection = standing.claims.get(violation_id), standing.objections.get(violation_id)
    if claim is not None and claim.is_decided:
        reasons.append(Refusal(RefusalCode.ALREADY_HANDLED))
    elif claim is not None:
        detail = "own" if claim.is_own else None
        reasons.append(Refusal(RefusalCode.BEING_HANDLED_ELSEWHERE, detail))
    if objection is not None:
        reasons += pending([objection], today)
    return [replace(one, violation_id=violation_id) for one in reasons]


def key_of(acceptance_id: UUID, position: int) -> str:
    """The key of an accepted violation, for whoever is woken."""
    return f"{acceptance_id}:{position}"


def acceptance_of(acceptance_id: UUID) -> str:
    """What the driver's data is sealed for."""
    return f"acceptance {acceptance_id}"


def text_of(acceptance_id: UUID, position: int) -> str:
    """What the text of a decision is sealed for."""
    return f"decision text {acceptance_id}:{position}"
