"""Statements about violations: one page with totals for many vehicles at once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
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
    and_,
    bindparam,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)

from domain.violations import OWED, CaptureKind
from models.mirror import Violation

TABLE = Violation.__table__
EVERYTHING = "viewer"
OF_PLATE = TABLE.c.capture == CaptureKind.CAMERA


class OrderField(StrEnum):
    """What a list of violations can be ordered by."""

    OCCURRED_AT = "occurred_at"
    FINE = "fine"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class PageShape:
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


@dataclass(frozen=True, slots=True)
class Position:
    """Where a page begins: after the row with this order value and id."""

    value: datetime | int
    id: UUID


def _watched() -> FromClause:
    """The plates asked about, each with the instant before which its violations are not shown."""
    return (
        func.unnest(
            bindparam("plate_keys", type_=ARRAY(Text)),
            bindparam("since", type_=ARRAY(DateTime(timezone=True))),
        )
        .table_valued(column("plate_key", Text), column("since", DateTime(timezone=True)))
        .render_derived(name="watched")
    )


def _conditions(shape: PageShape) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if shape.has_status:
        found.append(TABLE.c.status == func.any(bindparam("statuses", type_=ARRAY(Text))))
    if shape.has_from:
        found.append(TABLE.c.occurred_at >= bindparam("from_instant"))
    if shape.has_to:
        found.append(TABLE.c.occurred_at < bindparam("to_instant"))
    if shape.has_code:
        found.append(TABLE.c.code == bindparam("code"))
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
        select(group.label("grp"), *TABLE.c)
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
    watched = _watched()
    shown_already = and_(
        OF_PLATE,
        exists().where(
            watched.c.plate_key == TABLE.c.plate_key, watched.c.since <= TABLE.c.occurred_at
        ),
    )
    return select(literal(EVERYTHING, Text).label("grp"), *TABLE.c).where(
        TABLE.c.driver_digest == bindparam("driver_digest", type_=LargeBinary),
        ~shown_already,
        *_conditions(shape),
    )


def _order_value(shape: PageShape, rows: FromClause) -> ColumnElement[object]:
    if shape.order is OrderField.OCCURRED_AT:
        return rows.c.occurred_at
    name = "fine_fen" if shape.order is OrderField.FINE else "points"
    # An unknown amount orders below every known one.
    return func.coalesce(rows.c[name], literal(-1, BigInteger))


@lru_cache(maxsize=256)
def violations_page(shape: PageShape) -> Select[tuple[object, ...]]:
    """
    One page per group, with the totals of the whole filter on every row.

    Parameters: plate_keys, since, driver_digest (unless `by_plate`), page_size, and those of the
    shape's conditions. A group without any violation has no row; one whose page is empty has one
    row with a null `id`.
    """
    parts = _of_watched(shape)
    source = (
        parts.cte("matching")
        if shape.by_plate
        else parts.union_all(_of_driver(shape)).cte("matching")
    )
    owed = source.c.status.in_([status.value for status in OWED])
    totals = (
        select(
            source.c.grp,
            func.count().label("total_count"),
            func.coalesce(func.sum(source.c.fine_fen), 0).label("total_fine_fen"),
            func.coalesce(func.sum(source.c.fine_fen).filter(owed), 0).label("owed_fine_fen"),
            func.coalesce(func.sum(source.c.points), 0).label("total_points"),
            func.count()
            .filter(or_(source.c.fine_fen.is_(None), source.c.points.is_(None)))
            .label("unknown_amounts"),
        )
        .group_by(source.c.grp)
        .cte("totals")
    )
    value = _order_value(shape, source)
    keys = (value, source.c.id)
    ordered = [key.desc() if shape.descending else key.asc() for key in keys]
    numbered = select(
        source,
        value.label("order_value"),
        func.row_number().over(partition_by=source.c.grp, order_by=ordered).label("place_in_page"),
    )
    if shape.has_cursor:
        here = tuple_(*keys)
        start = tuple_(bindparam("after_value"), bindparam("after_id"))
        numbered = numbered.where(here < start if shape.descending else here > start)
    page = numbered.cte("page")
    shown = [page.c[name.name] for name in TABLE.c]
    return (
        select(
            totals.c.grp,
            totals.c.total_count,
            totals.c.total_fine_fen,
            totals.c.owed_fine_fen,
            totals.c.total_points,
            totals.c.unknown_amounts,
            page.c.order_value,
            *shown,
        )
        .outerjoin_from(
            totals,
            page,
            and_(
                page.c.grp == totals.c.grp,
                page.c.place_in_page <= bindparam("page_size", type_=BigInteger),
            ),
        )
        .order_by(totals.c.grp, page.c.place_in_page)
    )
