"""Statements that write down what the register answered: rows and outcome together, or neither."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from sqlalchemy import (
    ARRAY,
    CTE,
    JSON,
    ColumnElement,
    LargeBinary,
    Text,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from models.base import Base, fitting, table_of
from models.mirror import Licence, MirrorEntry, Vehicle, Violation
from models.mirror_queries import LOCKED
from models.reading import Prebuilt, prebuilt
from models.violation_queries import NO_TOTALS
from models.violation_rows import ViolationRow

ENTRIES = table_of(MirrorEntry).c
VIOLATIONS = table_of(Violation).c
OUTCOME = "found", "source", "payload_hash", "empty_since", "failed_at", "failure"


class Noted(NamedTuple):
    """What the mirror knows of a question after its outcome has been noted."""

    fetched_at: datetime | None
    failed_at: datetime | None


class Lock(NamedTuple):
    """A lock that was taken."""

    lock: str


def rows_of(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as the statements that write them take them; a column that is left out becomes null."""
    return orjson.dumps([fitting(model, row) for row in rows], default=_hexadecimal).decode()


def _hexadecimal(value: object) -> str:
    """:raises TypeError: for what no column holds"""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(type(value).__name__)


def _noted(**values: Any) -> CTE:
    """
    Give the lease back with an outcome; no row if somebody else has it by now.

    Only its holder may write: one that was thought dead comes too late.
    """
    mine = and_(
        ENTRIES.subject == bindparam("of_subject"),
        ENTRIES.key == bindparam("of_key"),
        ENTRIES.lease_id == bindparam("of_lease"),
    )
    return (
        update(table_of(MirrorEntry))
        .where(mine)
        .values(lease_id=null(), lease_until=null(), **values)
        .returning(ENTRIES.fetched_at, ENTRIES.failed_at)
        .cte("noted")
    )


def _failed() -> Prebuilt[Noted]:
    """Parameters: of_subject, of_key, of_lease, failed_at, failure."""
    noted = _noted(failed_at=_new("failed_at"), failure=_new("failure"))
    return prebuilt(select(noted.c.fetched_at, noted.c.failed_at), Noted)


def _answered(model: type[Base], *kept: str) -> Prebuilt[Noted]:
    """
    Write rows and note the outcome, unless the lease is lost: no row comes back, none is written.

    `kept`: the columns that tell rows apart, and those that never change. Parameters: of_subject,
    of_key, of_lease, rows, found, source, payload_hash, empty_since, fetched_at (None: as it was),
    failed_at, failure.
    """
    noted = _noted(
        fetched_at=func.coalesce(_new("fetched_at"), ENTRIES.fetched_at),
        **{name: _new(name) for name in OUTCOME},
    )
    table = table_of(model)
    given = (
        func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON))
        .table_valued(*(column(one.name, one.type) for one in table.c))
        .render_derived(name="given", with_types=True)
    )
    new = insert(table).from_select(
        [one.name for one in table.c],
        select(*given.c).where(exists(select(noted.c.fetched_at))),
        include_defaults=False,
    )
    written = new.on_conflict_do_update(
        index_elements=kept[:1],
        set_={one.name: new.excluded[one.name] for one in table.c if one.name not in kept},
    ).cte("written")
    return prebuilt(select(noted.c.fetched_at, noted.c.failed_at).add_cte(written), Noted)


def _new(name: str) -> ColumnElement[Any]:
    return bindparam(name, type_=ENTRIES[name].type)


def _violations(condition: ColumnElement[bool]) -> Prebuilt[ViolationRow]:
    """The rows as they are, and as they stay until they are written: a payment may settle one."""
    key, *others = VIOLATIONS
    statement = select(cast(key, Text).label("key"), *others, NO_TOTALS).where(condition)
    return prebuilt(statement.order_by(key).with_for_update(), ViolationRow)


def _any(name: str) -> ColumnElement[Any]:
    return func.any(bindparam(name, type_=ARRAY(Text)))


FAILED = _failed()
VEHICLE_ANSWERED = _answered(Vehicle, "plate_key", "id")
LICENCE_ANSWERED = _answered(Licence, "identity_digest", "id")
VIOLATIONS_ANSWERED = _answered(Violation, "id")

LOCK_KEYS = prebuilt(LOCKED, Lock)
OF_PLATE = _violations(
    or_(
        VIOLATIONS.plate_key == bindparam("plate_key"),
        and_(
            VIOLATIONS.plate_key.is_(None), VIOLATIONS.decision_number == _any("decision_numbers")
        ),
    )
)
OF_DRIVER = _violations(
    or_(
        VIOLATIONS.driver_digest == bindparam("driver_digest", type_=LargeBinary),
        VIOLATIONS.decision_number == _any("decision_numbers"),
        VIOLATIONS.plate_key == _any("plate_keys"),
    )
)
