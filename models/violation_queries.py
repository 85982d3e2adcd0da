"""Statements about violations: one page with totals for many vehicles at once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple
from typing import cast as cast_type
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    DateTime,
    FromClause,
    LargeBinary,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.types import TypeEngine

from domain.violations import OWED, CaptureKind
from models.mirror import Violation
from models.reading import Prebuilt, prebuilt
from models.violation_rows import ViolationCard, ViolationRow

TABLE = Violation.__table__
EVERYTHING = "viewer"
INSTANT = DateTime(timezone=True)
BIGINTS = ARRAY(BigInteger)
# An unknown amount orders below every known one.
UNKNOWN_AMOUNT = -1
FIRST = literal(0, BigInteger).label("place_in_page")
NO_TOTALS = cast(null(), BIGINTS).label("totals")
OF_PLATE = TABLE.c.capture == CaptureKind.CAMERA


class OrderField(StrEnum):
    """What a list of violations can be ordered by."""

    OCCURRED_AT = "occurred_at"
    FINE = "fine"
    POINTS = "points"


class PageShape(NamedTuple):
    """Which conditions a page has; the values are bound when it runs, so statements are few."""

    order: OrderField
    descending: bool
    by_plate: bool
    has_cursor: bool = False
    has_status: bool = False
    has_from: bool = False
    has_to: bool = False
    has_code: bool = False
    has_plate: bool = False
    is_card: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after the row with this order value and id."""

    value: datetime | int
    id: UUID


def order_value(row: ViolationRow, order: OrderField) -> datetime | int:
    """What a row is ordered by: the value of its `Position`."""
    if order is OrderField.OCCURRED_AT:
        return row.occurred_at
    value = row.fine_fen if order is OrderField.FINE else row.points
    return UNKNOWN_AMOUNT if value is None else value


def _watched() -> FromClause:
    """The plates asked about, each with the instant before which its violations are not shown."""
    return (
        func.unnest(
            bindparam("plate_keys", type_=ARRAY(Text)),
            bindparam("since", type_=ARRAY(INSTANT)),
        )
        .table_valued(column("plate_key", Text), column("since", INSTANT))
        .render_derived(name="watched")
    )


def _is_of_watched() -> ColumnElement[bool]:
    """A camera record of one of the plates, as `_of_watched` finds them."""
    watched = _watched()
    return and_(
        OF_PLATE,
        exists().where(
            watched.c.plate_key == TABLE.c.plate_key, watched.c.since <= TABLE.c.occurred_at
        ),
    )


def _conditions(shape: PageShape) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if shape.has_status:
        found.append(TABLE.c.status == func.any(bindparam("statuses", type_=ARRAY(Text))))
    if shape.has_from:
        found.append(TABLE.c.occurred_at >= bindparam("from_instant", type_=INSTANT))
    if shape.has_to:
        found.append(TABLE.c.occurred_at < bindparam("to_instant", type_=INSTANT))
    if shape.has_code:
        found.append(TABLE.c.code == bindparam("code", type_=Text))
    if shape.has_plate:
        found.append(TABLE.c.plate_key == func.any(bindparam("wanted_keys", type_=ARRAY(Text))))
    return found


def _of_watched(shape: PageShape) -> Select[tuple[object, ...]]:
    """
    Camera records of the plates.

    A decision made on the scene belongs to its driver, not to whoever owns the vehicle.
    """
    watched = _watched()
    group = watched.c.plate_key if shape.by_plate else literal(EVERYTHING, Text)
    return (
        select(group.label("grp"), *_columns(shape))
        .join_from(
            watched,
            TABLE,
            and_(
                TABLE.c.plate_key == watched.c.plate_key,
                TABLE.c.occurred_at >= watched.c.since,
            ),
        )
        .where(OF_PLATE, *_conditions(shape))
    )


def _of_driver(shape: PageShape) -> Select[tuple[object, ...]]:
    """Decisions made against the person, on whatever vehicle, that the plates did not bring."""
    return select(literal(EVERYTHING, Text).label("grp"), *_columns(shape)).where(
        TABLE.c.driver_digest == bindparam("driver_digest", type_=LargeBinary),
        ~_is_of_watched(),
        *_conditions(shape),
    )


def _row(shape: PageShape) -> type[ViolationRow]:
    # What a card has it has as a row has it.
    return cast_type(type[ViolationRow], ViolationCard) if shape.is_card else ViolationRow


def _columns(shape: PageShape) -> list[ColumnElement[Any]]:
    """What is read of a violation: its id, and all that a row is made of."""
    _, *names, _ = _row(shape)._fields
    return [TABLE.c.id, *(TABLE.c[name] for name in names)]


def _value_type(shape: PageShape) -> TypeEngine[Any]:
    return INSTANT if shape.order is OrderField.OCCURRED_AT else BigInteger()


def _order_value(shape: PageShape, rows: FromClause) -> ColumnElement[object]:
    if shape.order is OrderField.OCCURRED_AT:
        return rows.c.occurred_at
    name = "fine_fen" if shape.order is OrderField.FINE else "points"
    return func.coalesce(rows.c[name], literal(UNKNOWN_AMOUNT, BigInteger))


# As many as there are shapes, so that none has to be compiled twice.
@lru_cache(maxsize=1024)
def violations_page(shape: PageShape) -> Prebuilt[ViolationRow]:
    """
    One page per group. The first row of a group holds the totals of the whole filter and no more.

    The groups of `by_plate` are the plates: the totals name theirs. A group without any violation
    has no row. With `is_card` the rows are cards. Parameters: plate_keys, since, driver_digest
    (unless `by_plate`), page_size, and those of the shape's conditions.
    """
    parts = _of_watched(shape)
    source = (
        parts.cte("matching")
        if shape.by_plate
        else parts.union_all(_of_driver(shape)).cte("matching")
    )
    totals, page = _totals(source), _numbered(shape, source)
    columns = _columns(shape)
    nothing = {one.name: cast(null(), one.type).label(one.name) for one in columns}
    if shape.by_plate:
        nothing["plate_key"] = totals.c.grp.label("plate_key")
    listed = union_all(
        select(*nothing.values(), totals.c.totals, totals.c.grp, FIRST),
        select(
            *(page.c[one.name] for one in columns), NO_TOTALS, page.c.grp, page.c.place_in_page
        ).where(page.c.place_in_page <= bindparam("page_size", type_=BigInteger)),
    ).subquery("listed")
    row = _row(shape)
    shown: list[ColumnElement[Any]] = [cast(listed.c.id, Text).label("key")]
    shown += [listed.c[name] for name in row._fields[1:]]
    return prebuilt(select(*shown).order_by(listed.c.grp, listed.c.place_in_page), row)


def _totals(source: FromClause) -> FromClause:
    """Sums over each group, in the order of `Totals`. Unknown amounts are counted, not added."""
    fine, points = source.c.fine_fen, source.c.points
    owed = or_(*(source.c.status == status for status in sorted(OWED)))
    totals = array(
        [
            func.count(),
            func.coalesce(func.sum(fine), 0),
            func.coalesce(func.sum(fine).filter(owed), 0),
            func.coalesce(func.sum(points), 0),
            func.count().filter(or_(fine.is_(None), points.is_(None))),
        ]
    )
    return (
        select(source.c.grp, cast(totals, BIGINTS).label("totals"))
        .group_by(source.c.grp)
        .cte("totals")
    )


def _numbered(shape: PageShape, source: FromClause) -> FromClause:
    """The rows after the cursor, each with its place in the page of its group."""
    value = _order_value(shape, source)
    keys = (value, source.c.id)
    ordered = [key.desc() if shape.descending else key.asc() for key in keys]
    place = func.row_number().over(partition_by=source.c.grp, order_by=ordered)
    numbered = select(source, place.label("place_in_page"))
    if shape.has_cursor:
        here = tuple_(*keys)
        start = tuple_(
            bindparam("after_value", type_=_value_type(shape)), bindparam("after_id", type_=Uuid)
        )
        numbered = numbered.where(here < start if shape.descending else here > start)
    return numbered.cte("page")


def _violations_by_id() -> Prebuilt[ViolationRow]:
    """
    Those of some violations that a citizen may see.

    Parameters: violation_ids, plate_keys, since, driver_digest.
    """
    key, *others = TABLE.c
    statement = select(cast(key, Text).label("key"), *others, NO_TOTALS).where(
        TABLE.c.id == func.any(bindparam("violation_ids", type_=ARRAY(Uuid))),
        or_(
            TABLE.c.driver_digest == bindparam("driver_digest", type_=LargeBinary),
            _is_of_watched(),
        ),
    )
    return prebuilt(statement, ViolationRow)


VIOLATIONS_BY_ID = _violations_by_id()
