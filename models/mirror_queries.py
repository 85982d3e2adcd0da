"""Statements that keep the mirror: claim a question, note its outcome, write what came back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from models.base import fitting, table_of
from models.mirror import MirrorEntry, UpstreamQuota, Violation
from models.reading import Prebuilt, prebuilt

ENTRY = select(MirrorEntry.fetched_at, MirrorEntry.failed_at, MirrorEntry.lease_until).where(
    MirrorEntry.subject == bindparam("subject"), MirrorEntry.key == bindparam("key")
)


class Claim(NamedTuple):
    """What was known of a question when the right to ask it was taken."""

    fetched_at: datetime | None
    payload_hash: bytes | None
    empty_since: datetime | None


def _claim() -> Prebuilt[Claim]:
    """
    Take the right to ask a question, unless somebody holds it or has just had it answered.

    Parameters: subject, key, lease_id, lease_until, now, fresh_since. One row if it was taken.
    """
    entry = table_of(MirrorEntry).c
    free = or_(entry.lease_until.is_(None), entry.lease_until < bindparam("now"))
    due = or_(entry.fetched_at.is_(None), entry.fetched_at < bindparam("fresh_since"))
    claim = insert(table_of(MirrorEntry)).values(
        subject=bindparam("subject"),
        key=bindparam("key"),
        lease_id=bindparam("lease_id"),
        lease_until=bindparam("lease_until"),
    )
    claimed = (
        claim.on_conflict_do_update(
            index_elements=["subject", "key"],
            set_={
                "lease_id": claim.excluded.lease_id,
                "lease_until": claim.excluded.lease_until,
            },
            where=and_(free, due),
        )
        .returning(*(entry[name] for name in Claim._fields))
        .cte("claimed")
    )
    return prebuilt(select(*claimed.c), Claim)


CLAIM = _claim()

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
    taken = func.pg_advisory_xact_lock(func.hashtextextended(ordered.c.key, 0))
    return select(taken.label("lock"))


LOCKED = _lock()


async def lock_keys(connection: AsyncConnection, *keys: str) -> None:
    """
    Be the only writer for each of these until the transaction ends.

    They are taken in the same order by everybody, so that two never wait for each other.
    """
    await connection.execute(LOCKED, {"names": sorted(keys)})


class Count(NamedTuple):
    """A call that was counted: how many there are now."""

    used: int


def _take_quota() -> Prebuilt[Count]:
    """
    Count one call; no row comes back when the day's quota is used up.

    Parameters: interface, day, most.
    """
    quota = table_of(UpstreamQuota).c
    rested = or_(quota.exhausted_until.is_(None), quota.exhausted_until < func.clock_timestamp())
    first = insert(table_of(UpstreamQuota)).values(
        interface=bindparam("interface"), day=bindparam("day"), used=literal(1)
    )
    counted = (
        first.on_conflict_do_update(
            index_elements=["interface", "day"],
            set_={"used": quota.used + 1},
            where=and_(quota.used < bindparam("most", type_=BigInteger), rested),
        )
        .returning(quota.used)
        .cte("counted")
    )
    return prebuilt(select(counted.c.used), Count)


TAKE_QUOTA = _take_quota()


def quota_exhausted(interface: str, day: Any, until: Any) -> Insert:
    """Note that the upstream itself says the quota is used up."""
    statement = insert(table_of(UpstreamQuota)).values(
        interface=interface, day=day, used=0, exhausted_until=until
    )
    return statement.on_conflict_do_update(
        index_elements=["interface", "day"], set_={"exhausted_until": until}
    )
