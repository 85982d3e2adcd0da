"""Statements about what a citizen has said and accepted, for showing it."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, LargeBinary, Uuid, bindparam, func, select

from models.acceptance import Acceptance, AcceptedViolation, Statement
from models.reading import Prebuilt, prebuilt

ITEM, WHOLE, SAID = AcceptedViolation.__table__.c, Acceptance.__table__.c, Statement.__table__.c
CITIZEN = bindparam("citizen", type_=LargeBinary)
ASKED = func.any(bindparam("ids", type_=ARRAY(Uuid)))


class AcceptedRow(NamedTuple):
    """One accepted violation; `state` is the text in the table. The decision's once it is made."""

    acceptance_id: UUID
    violation_id: UUID
    position: int
    fine_fen: int
    points: int
    state: str
    problem: str | None
    decision_number: str
    check_character: str | None
    decided_at: datetime
    confirmed_at: datetime

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"AcceptedRow({self.acceptance_id})"


class StatementRow(NamedTuple):
    """A statement, its text sealed; `kind` and `state` are the texts in the table."""

    id: UUID
    number: str
    request_hash: bytes
    violation_id: UUID
    kind: str
    ground: str
    sealed: bytes
    state: str
    submitted_at: datetime
    answer_due_on: date | None
    ended_at: datetime | None

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"StatementRow({self.id})"


def _accepted(*conditions: ColumnElement[bool]) -> Prebuilt[AcceptedRow]:
    """The oldest first."""
    *names, _ = AcceptedRow._fields
    statement = (
        select(*(ITEM[name] for name in names), WHOLE.confirmed_at)
        .join_from(AcceptedViolation, Acceptance, WHOLE.id == ITEM.acceptance_id)
        .where(*conditions)
        .order_by(WHOLE.confirmed_at, WHOLE.id, ITEM.position)
    )
    return prebuilt(statement, AcceptedRow)


# What a `StatementRow` is made of.
SHOWN: list[ColumnElement[Any]] = [SAID[name] for name in StatementRow._fields]


def _statements() -> Prebuilt[StatementRow]:
    """The newest first. Parameters: citizen, a digest; ids, of violations."""
    statement = (
        select(*SHOWN)
        .where(SAID.citizen_digest == CITIZEN, SAID.violation_id == ASKED)
        .order_by(SAID.submitted_at.desc(), SAID.id.desc())
    )
    return prebuilt(statement, StatementRow)


# Parameters: acceptance_id; citizen, a digest, and ids, of violations.
ACCEPTANCE = _accepted(WHOLE.id == bindparam("acceptance_id", type_=Uuid))
ACCEPTED = _accepted(WHOLE.citizen_digest == CITIZEN, ITEM.violation_id == ASKED)
STATEMENTS = _statements()
