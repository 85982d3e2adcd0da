"""What we ourselves know about violations: who accepts them here, and what is said against them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CompoundSelect,
    Date,
    LargeBinary,
    RowMapping,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.law.cases import Proceeding, ProceedingKind
from models.acceptance import Acceptance, AcceptanceState, AcceptedViolation, Statement
from models.acceptance import StatementState as State

ITEM, WHOLE, SAID = AcceptedViolation.__table__.c, Acceptance.__table__.c, Statement.__table__.c
# Written into the statement: only then does a prepared one find the partial indexes.
STANDING = [AcceptanceState.PENDING, AcceptanceState.DECIDED]
IS_STANDING = ITEM.state.in_(
    bindparam("standing", STANDING, expanding=True, literal_execute=True, type_=ITEM.state.type)
)
IS_SUBMITTED = SAID.state == bindparam(
    "submitted", State.SUBMITTED, literal_execute=True, type_=SAID.state.type
)


@dataclass(frozen=True, slots=True)
class Claim:
    """A violation that somebody accepts, or has accepted, here. The number is of a decision."""

    is_own: bool
    is_decided: bool
    decision_number: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What stands about some violations, for one citizen.

    :ivar objections: by violation; numbered only if they are the citizen's own
    :ivar pending_points: of the citizen's acceptances of which the register has not heard
    :ivar accepted: how many violations the citizen has ever accepted here
    """

    claims: Mapping[UUID, Claim]
    objections: Mapping[UUID, Proceeding]
    pending_points: int
    accepted: int


async def standing_of(
    connection: AsyncConnection, citizen_digest: bytes, violation_ids: Sequence[UUID]
) -> Standing:
    """Look it up: one statement."""
    values = {"citizen": citizen_digest, "ids": list(violation_ids)}
    rows = (await connection.execute(QUESTION, values)).mappings().all()
    mine = next(row for row in rows if row["kind"] == "mine")
    return Standing(
        {row["violation_id"]: _claim(row) for row in rows if row["kind"] == "claim"},
        {row["violation_id"]: _objection(row) for row in rows if row["kind"] == "statement"},
        mine["points"],
        mine["count"],
    )


def _claim(row: RowMapping) -> Claim:
    return Claim(row["own"], row["decided"], row["number"])


def _objection(row: RowMapping) -> Proceeding:
    """A case number is shown to whoever opened the case, and to nobody else."""
    if not row["own"]:
        return Proceeding(ProceedingKind.OBJECTION)
    return Proceeding(ProceedingKind.OBJECTION, row["number"], row["due_on"])


def _question() -> CompoundSelect[Any]:
    citizen = bindparam("citizen", type_=LargeBinary)
    asked = func.any(bindparam("ids", type_=ARRAY(Uuid)))
    claims = (
        select(
            literal("claim", Text).label("kind"),
            ITEM.violation_id,
            (WHOLE.citizen_digest == citizen).label("own"),
            (ITEM.state == AcceptanceState.DECIDED).label("decided"),
            cast(ITEM.decision_number, Text).label("number"),
            cast(null(), Date).label("due_on"),
            literal(0, BigInteger).label("points"),
            literal(0, BigInteger).label("count"),
        )
        .join_from(AcceptedViolation, Acceptance, WHOLE.id == ITEM.acceptance_id)
        .where(ITEM.violation_id == asked, IS_STANDING)
    )
    statements = select(
        literal("statement", Text),
        SAID.violation_id,
        SAID.citizen_digest == citizen,
        literal(False, Boolean),
        cast(SAID.number, Text),
        SAID.answer_due_on,
        literal(0, BigInteger),
        literal(0, BigInteger),
    ).where(SAID.violation_id == asked, IS_SUBMITTED)
    pending = ITEM.state == AcceptanceState.PENDING
    mine = (
        select(
            literal("mine", Text),
            cast(null(), Uuid),
            literal(True, Boolean),
            literal(False, Boolean),
            cast(null(), Text),
            cast(null(), Date),
            cast(func.coalesce(func.sum(ITEM.points).filter(pending), 0), BigInteger),
            func.count(),
        )
        .join_from(AcceptedViolation, Acceptance, WHOLE.id == ITEM.acceptance_id)
        .where(WHOLE.citizen_digest == citizen)
    )
    return union_all(claims, statements, mine)


QUESTION = _question()
