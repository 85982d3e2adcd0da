"""Statements and objections: what a citizen says before anything is decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import BadRequest, UpstreamUnavailable
from domain.principals import Principal
from domain.refusals import Refusal, RefusalCode, Refused
from domain.statements import StatementGround, parse_text, statement_number
from domain.times import Clock, legal_day
from domain.violations import Violation, ViolationStatus
from models.acceptance import Statement, StatementKind, StatementState
from models.acceptance_queries import SHOWN, STATEMENTS, StatementRow
from models.database import Database
from models.reading import array_of
from models.vault import Vault
from services.acceptance_claim import lock_handling, standing_refusals
from services.acceptance_standing import standing_of
from services.access import require_identity
from services.garage import GarageService
from services.idempotency import check_key, request_hash
from services.law import LawService
from services.violations import ViolationService

ROW = Statement.__table__.c
TOO_LATE = {
    ViolationStatus.WITHDRAWN: RefusalCode.ANNULLED,
    ViolationStatus.NO_LONGER_LISTED: RefusalCode.NO_LONGER_LISTED,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a citizen wants to say about a violation."""

    kind: StatementKind
    ground: StatementGround
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class HeldStatement:
    """A statement of the citizen. It is answered by `answer_due_on`, that day included."""

    id: UUID
    number: str
    violation_id: UUID
    said: Said
    state: StatementState
    submitted_at: datetime
    answer_due_on: date | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class StatementService:
    """Takes statements in while nothing is decided, and gives them back to who made them."""

    db: Database
    vault: Vault
    garages: GarageService
    violations: ViolationService
    law: LawService
    clock: Clock
    new_id: Callable[[], UUID]

    async def submit(
        self, principal: Principal, violation_id: UUID, said: Said, idempotency_key: str
    ) -> HeldStatement:
        """
        Say something about a violation. Nothing is accepted until it is answered or withdrawn.

        Sent again under the same key it answers as the first time.

        :raises BadRequest: if the key could not serve as one, or was used for something else
        :raises Refused: STATEMENT_TEXT_INVALID, NOT_FOUND, ALREADY_HANDLED, ANNULLED,
            NO_LONGER_LISTED, BEING_HANDLED_ELSEWHERE, UNDER_DISPUTE
        """
        _, identity_number = require_identity(principal)
        said = Said(said.kind, said.ground, parse_text(said.text))
        key, digest = check_key(idempotency_key), self.vault.digest(identity_number)
        wanted = request_hash(
            violation=violation_id.hex, kind=said.kind, ground=said.ground, text=said.text
        )
        mine = (ROW.citizen_digest == digest, ROW.idempotency_key == key)
        async with self.db.read() as connection:
            row = await _first(connection, *mine)
        if row is None:
            await self._check_open(principal, violation_id)
            values = self._values(violation_id, said)
            values |= {"citizen_digest": digest, "idempotency_key": key, "request_hash": wanted}
            async with self.db.begin() as connection:
                await lock_handling(connection, None, [violation_id])
                row = await _first(connection, *mine)
                row = row or await self._insert(connection, values)
        if row.request_hash != wanted:
            raise BadRequest("idempotency_key_reused")
        return self._held(row)

    async def withdraw(self, principal: Principal, statement_id: UUID) -> HeldStatement:
        """
        Take a statement back. Safe to repeat.

        :raises Refused: NOT_FOUND, ALREADY_HANDLED once it has been answered
        """
        _, identity_number = require_identity(principal)
        mine = (ROW.id == statement_id, ROW.citizen_digest == self.vault.digest(identity_number))
        withdrawn = (
            update(Statement)
            .where(*mine, ROW.state == StatementState.SUBMITTED)
            .values(state=StatementState.WITHDRAWN, ended_at=self.clock())
        )
        async with self.db.begin() as connection:
            await connection.execute(withdrawn)
            row = await _first(connection, *mine)
        if row is None:
            raise Refused(Refusal(RefusalCode.NOT_FOUND))
        if row.state != StatementState.WITHDRAWN:
            raise Refused(Refusal(RefusalCode.ALREADY_HANDLED, "statement"))
        return self._held(row)

    async def of(
        self, principal: Principal, violation_ids: Sequence[UUID]
    ) -> Mapping[UUID, list[HeldStatement]]:
        """The citizen's statements about violations, the newest first."""
        _, identity_number = require_identity(principal)
        values = {
            "citizen": self.vault.digest_of_person(identity_number),
            "ids": array_of([str(one) for one in violation_ids]),
        }
        found: dict[UUID, list[HeldStatement]] = {one: [] for one in violation_ids}
        for row in await self.db.rows(STATEMENTS, values):
            found[row.violation_id].append(self._held(row))
        return found

    async def _check_open(self, principal: Principal, violation_id: UUID) -> None:
        """Whether it is there, is theirs to speak about, and not decided as far as is known."""
        garage = await self.garages.of(principal)
        found = (await self.violations.find(principal, garage, [violation_id])).get(violation_id)
        if found is None:
            raise Refused(Refusal(RefusalCode.NOT_FOUND, violation_id=violation_id))
        if isinstance(found, UpstreamUnavailable):
            raise found
        _refuse_settled(found.violation)

    async def _insert(self, connection: AsyncConnection, values: dict[str, Any]) -> StatementRow:
        violation_id = values["violation_id"]
        standing = await standing_of(connection, values["citizen_digest"], [violation_id])
        refusals = standing_refusals(violation_id, standing, legal_day(self.clock()))
        if refusals:
            raise Refused(*refusals)
        inserted = insert(Statement).values(values).returning(*SHOWN)
        return StatementRow(*(await connection.execute(inserted)).one())

    def _values(self, violation_id: UUID, said: Said) -> dict[str, Any]:
        now, statement_id = self.clock(), self.new_id()
        today = legal_day(now)
        workdays = self.law.rules(today).dispute_review_workdays
        return {
            "id": statement_id,
            "number": statement_number(statement_id, today),
            "violation_id": violation_id,
            "kind": said.kind,
            "ground": said.ground.value,
            "sealed": self.vault.seal({"text": said.text}, belongs_to=_text_of(statement_id)),
            "state": StatementState.SUBMITTED,
            "submitted_at": now,
            "answer_due_on": self.law.calendar.add_workdays(today, workdays),
        }

    def _held(self, row: StatementRow) -> HeldStatement:
        text = self.vault.open(row.sealed, belongs_to=_text_of(row.id))["text"] or ""
        return HeldStatement(
            id=row.id,
            number=row.number,
            violation_id=row.violation_id,
            said=Said(StatementKind(row.kind), StatementGround(row.ground), text),
            state=StatementState(row.state),
            submitted_at=row.submitted_at,
            answer_due_on=row.answer_due_on,
            ended_at=row.ended_at,
        )


async def _first(connection: AsyncConnection, *conditions: Any) -> StatementRow | None:
    row = (await connection.execute(select(*SHOWN).where(*conditions))).first()
    return None if row is None else StatementRow(*row)


def _refuse_settled(violation: Violation) -> None:
    if violation.status is not ViolationStatus.UNHANDLED:
        code = TOO_LATE.get(violation.status, RefusalCode.ALREADY_HANDLED)
        raise Refused(Refusal(code, violation_id=violation.id))


def _text_of(statement_id: UUID) -> str:
    return f"statement {statement_id}"
