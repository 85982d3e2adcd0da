"""Statements that keep the mirror: claim a question, note its outcome, write what came back."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    Executable,
    Select,
    Text,
    Update,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import fitting, table_of
from models.mirror import Licence, MirrorEntry, UpstreamQuota, Vehicle, Violation

ENTRY_COLUMNS = (
    MirrorEntry.found,
    MirrorEntry.fetched_at,
    MirrorEntry.payload_hash,
    MirrorEntry.empty_since,
    MirrorEntry.failed_at,
    MirrorEntry.failure,
)

ENTRY = select(*ENTRY_COLUMNS, MirrorEntry.lease_until).where(
    MirrorEntry.subject == bindparam("subject"), MirrorEntry.key == bindparam("key")
)


def _claim() -> Executable:
    """
    Take the right to ask a question, unless somebody holds it or has just had it answered.

    Parameters: subject, key, lease_id, lease_until, now, fresh_since. One row if it was taken.
    """
    free = or_(MirrorEntry.lease_until.is_(None), MirrorEntry.lease_until < bindparam("now"))
    due = or_(MirrorEntry.fetched_at.is_(None), MirrorEntry.fetched_at < bindparam("fresh_since"))
    claim = insert(table_of(MirrorEntry)).values(
        subject=bindparam("subject"),
        key=bindparam("key"),
        lease_id=bindparam("lease_id"),
        lease_until=bindparam("lease_until"),
    )
    return claim.on_conflict_do_update(
        index_elements=["subject", "key"],
        set_={
            "lease_id": claim.excluded.lease_id,
            "lease_until": claim.excluded.lease_until,
        },
        where=and_(free, due),
    ).returning(*ENTRY_COLUMNS)


CLAIM = _claim()

# Only the holder of the lease may write: a holder that was thought dead comes too late.
_MINE = and_(
    MirrorEntry.subject == bindparam("of_subject"),
    MirrorEntry.key == bindparam("of_key"),
    MirrorEntry.lease_id == bindparam("of_lease"),
)


def note_outcome(values: dict[str, Any]) -> Update:
    """Write an outcome to a leased entry and give the lease back."""
    return (
        update(table_of(MirrorEntry)).where(_MINE).values(lease_id=None, lease_until=None, **values)
    )


# Whoever is asking meanwhile loses the lease: what comes back was true before.
FORGET_AGE = (
    update(table_of(MirrorEntry))
    .where(MirrorEntry.subject == bindparam("of_subject"), MirrorEntry.key == bindparam("of_key"))
    .values(
        fetched_at=case(
            (MirrorEntry.fetched_at > bindparam("old"), bindparam("old")),
            else_=MirrorEntry.fetched_at,
        ),
        lease_id=None,
        lease_until=None,
    )
)


def upsert_vehicle(values: dict[str, Any]) -> Insert:
    """Write the last known state of a vehicle; its id stays."""
    statement = insert(table_of(Vehicle)).values(fitting(Vehicle, values))
    changed = {name: statement.excluded[name] for name in values if name not in ("id", "plate_key")}
    return statement.on_conflict_do_update(index_elements=["plate_key"], set_=changed)


def upsert_licence(values: dict[str, Any]) -> Insert:
    """Write the last known state of a licence; its id stays."""
    statement = insert(table_of(Licence)).values(fitting(Licence, values))
    kept = ("id", "identity_digest")
    changed = {name: statement.excluded[name] for name in values if name not in kept}
    return statement.on_conflict_do_update(index_elements=["identity_digest"], set_=changed)


def _upsert_violation() -> Insert:
    """Parameters: every column of a violation."""
    statement = insert(table_of(Violation))
    changed = {name: statement.excluded[name] for name in VIOLATION_COLUMNS if name != "id"}
    named = statement.values({name: bindparam(name) for name in VIOLATION_COLUMNS})
    return named.on_conflict_do_update(index_elements=["id"], set_=changed)


VIOLATION_COLUMNS = [column.name for column in table_of(Violation).c]
_UPSERT_VIOLATION = _upsert_violation()


async def write_violations(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """
    Write violations by id; a row has every column.

    One statement for all lengths of lists: to compile one for each takes longer than to run it.
    """
    if rows:
        await connection.execute(_UPSERT_VIOLATION, [fitting(Violation, row) for row in rows])


def _lock() -> Select[Any]:
    names = (
        func.unnest(bindparam("names", type_=ARRAY(Text)))
        .table_valued("key", with_ordinality="place")
        .render_derived(name="names")
    )
    # The offset keeps the order: without it the outer query might take the locks in any.
    ordered = select(names.c.key).order_by(names.c.place).offset(0).subquery()
    return select(func.pg_advisory_xact_lock(func.hashtextextended(ordered.c.key, 0)))


_LOCK = _lock()


async def lock_keys(connection: AsyncConnection, *keys: str) -> None:
    """
    Be the only writer for each of these until the transaction ends.

    They are taken in the same order by everybody, so that two never wait for each other.
    """
    await connection.execute(_LOCK, {"names": sorted(keys)})


def take_quota(interface: str, day: Any, limit: int) -> Executable:
    """Count one call; no row comes back when the day's quota is used up."""
    statement = insert(table_of(UpstreamQuota)).values(
        interface=interface, day=day, used=1, exhausted_until=None
    )
    return statement.on_conflict_do_update(
        index_elements=["interface", "day"],
        set_={"used": UpstreamQuota.used + 1},
        where=and_(
            UpstreamQuota.used < limit,
            or_(
                UpstreamQuota.exhausted_until.is_(None),
                UpstreamQuota.exhausted_until < func.clock_timestamp(),
            ),
        ),
    ).returning(UpstreamQuota.used)


def quota_exhausted(interface: str, day: Any, until: Any) -> Insert:
    """Note that the upstream itself says the quota is used up."""
    statement = insert(table_of(UpstreamQuota)).values(
        interface=interface, day=day, used=0, exhausted_until=until
    )
    return statement.on_conflict_do_update(
        index_elements=["interface", "day"], set_={"exhausted_until": until}
    )
