"""What stands about violations here, in one statement: who accepts them, what is said against."""

from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    LargeBinary,
    Select,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from models.acceptance import (
    Acceptance,
    AcceptanceState,
    AcceptedViolation,
    Statement,
    StatementState,
)
from models.reading import prebuilt

ITEM, WHOLE, SAID = AcceptedViolation.__table__.c, Acceptance.__table__.c, Statement.__table__.c


class StandingKind(StrEnum):
    """What a row tells of; of MINE there is exactly one, the sums over the citizen's own."""

    CLAIM = "claim"
    STATEMENT = "statement"
    MINE = "mine"


class StandingRow(NamedTuple):
    """
    Something that stands about a violation; only a row of MINE has `points` and `accepted`.

    `number` is that of the decision or of the statement, `is_own` whether it is the citizen's.
    """

    kind: str
    violation_id: UUID
    is_own: bool
    is_decided: bool
    number: str | None
    due_on: date | None
    points: int
    accepted: int

    def __repr__(self) -> str:
        """A row says whose it is: not in a log."""
        return f"StandingRow({self.violation_id})"


def _is(column: ColumnElement[Any], *states: StrEnum) -> ColumnElement[bool]:
    """Written into the statement: only then does a prepared one find the partial indexes."""
    return or_(*(column == literal_column(f"'{state.value}'") for state in states))


def _parts() -> CompoundSelect[Any]:
    citizen = bindparam("citizen", type_=LargeBinary)
    asked = func.any(bindparam("ids", type_=ARRAY(Uuid)))
    claims = (
        select(
            literal(StandingKind.CLAIM, Text).label("kind"),
            ITEM.violation_id,
            (WHOLE.citizen_digest == citizen).label("is_own"),
            _is(ITEM.state, AcceptanceState.DECIDED).label("is_decided"),
            cast(ITEM.decision_number, Text).label("number"),
            cast(null(), Date).label("due_on"),
            literal(0, BigInteger).label("points"),
            literal(0, BigInteger).label("accepted"),
        )
        .join_from(AcceptedViolation, Acceptance, WHOLE.id == ITEM.acceptance_id)
        .where(
            ITEM.violation_id == asked,
            _is(ITEM.state, AcceptanceState.PENDING, AcceptanceState.DECIDED),
        )
    )
    statements = select(
        literal(StandingKind.STATEMENT, Text),
        SAID.violation_id,
        SAID.citizen_digest == citizen,
        literal(False, Boolean),
        cast(SAID.number, Text),
        SAID.answer_due_on,
        literal(0, BigInteger),
        literal(0, BigInteger),
    ).where(SAID.violation_id == asked, _is(SAID.state, StatementState.SUBMITTED))
    pending = _is(ITEM.state, AcceptanceState.PENDING)
    mine = (
        select(
            literal(StandingKind.MINE, Text),
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


def _standing() -> Select[Any]:
    """Parameters: citizen, a digest; ids, of violations."""
    parts = _parts().subquery("parts")
    return select(*parts.c)


# For a transaction that acts on it, and for showing it.
STANDING = _standing()
STANDING_SHOWN = prebuilt(STANDING, StandingRow)
