"""What we ourselves know about violations: who accepts them here, and what is said against them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.law.cases import Proceeding, ProceedingKind
from models.database import Database
from models.reading import array_of
from models.standing_queries import STANDING, STANDING_SHOWN, StandingKind, StandingRow

Found = StandingRow | Row[Any]


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
    """Look it up in a transaction that is going to act on it: one statement."""
    values = {"citizen": citizen_digest, "ids": list(violation_ids)}
    return _standing((await connection.execute(STANDING, values)).all())


async def standing_shown(
    db: Database, citizen_digest: bytes, violation_ids: Sequence[UUID]
) -> Standing:
    """Look it up to show it: one statement."""
    values = {"citizen": citizen_digest, "ids": array_of([str(one) for one in violation_ids])}
    return _standing(await db.rows(STANDING_SHOWN, values))


def _standing(rows: Iterable[Found]) -> Standing:
    claims, objections, points, accepted = {}, {}, 0, 0
    for row in rows:
        if row.kind == StandingKind.CLAIM:
            claims[row.violation_id] = Claim(row.is_own, row.is_decided, row.number)
        elif row.kind == StandingKind.STATEMENT:
            objections[row.violation_id] = _objection(row)
        else:
            points, accepted = row.points, row.accepted
    return Standing(claims, objections, points, accepted)


def _objection(row: Found) -> Proceeding:
    """A case number is shown to whoever opened the case, and to nobody else."""
    if not row.is_own:
        return Proceeding(ProceedingKind.OBJECTION)
    return Proceeding(ProceedingKind.OBJECTION, row.number, row.due_on)
