"""Many rows as one answer: strangers out, repeats out, and a mark if something is missing."""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from domain.records import Answer, CameraRecord, DecisionRecord, Record, RecordChange
from gateways.police_documents import Reply
from gateways.police_rows import NotAskedFor
from gateways.police_stats import PoliceStats
from gateways.police_values import Row, UnreadableRow
from gateways.xml_repair import Unreadable

logger = logging.getLogger("clearway.police")

NEVER = datetime.min.replace(tzinfo=UTC)
CHANGES = list(RecordChange)

Item = TypeVar("Item", CameraRecord, DecisionRecord)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Record]):
    """The records of a reply and the number of rows that did not become one."""

    records: tuple[Record, ...]
    strangers: int
    unreadable: int
    missing: int

    @property
    def complete(self) -> bool:
        """Whether every row the register counted became a record."""
        return not (self.strangers or self.unreadable or self.missing)


def read_many(
    reply: Reply | None,
    read_row: Callable[[Row], Item],
    key: Callable[[Item], Hashable],
    stats: PoliceStats,
) -> Answer[Item]:
    """
    Read a list and keep the newest of the rows that were sent more than once.

    :raises Unreadable: if there were rows, but no usable one
    """
    if reply is None:
        return Answer((), complete=True)
    listing = _usable(reply, read_row, stats)
    newest: dict[Hashable, Item] = {}
    for record in listing.records:
        rival = newest.get(key(record))
        if rival is None or _age(record) > _age(rival):
            newest[key(record)] = record
    return Answer(tuple(newest.values()), listing.complete)


def read_one(
    reply: Reply | None,
    read_row: Callable[[Row], Record],
    updated_at: Callable[[Record], datetime | None],
    stats: PoliceStats,
) -> Record | None:
    """
    Read one vehicle or driver; of several versions the newest.

    :raises Unreadable: if there were rows, but no usable one, or versions of the same age differ
    """
    if reply is None:
        return None
    records = _usable(reply, read_row, stats).records
    ages = [updated_at(record) or NEVER for record in records]
    newest = {record for record, age in zip(records, ages, strict=True) if age == max(ages)}
    if len(newest) > 1:
        raise Unreadable("several newest records where one was asked for")
    return newest.pop()


def listed(reply: Reply, read_row: Callable[[Row], Record]) -> Listing[Record]:
    """Read every row that can be read and is about what was asked for; count the others."""
    records: list[Record] = []
    strangers = unreadable = 0
    for fields in reply.rows:
        try:
            records.append(read_row(Row(fields)))
        except NotAskedFor:
            strangers += 1
        except UnreadableRow:
            unreadable += 1
    missing = max(0, (reply.row_count or 0) - len(reply.rows))
    return Listing(tuple(records), strangers, unreadable, missing)


def _usable(reply: Reply, read_row: Callable[[Row], Record], stats: PoliceStats) -> Listing[Record]:
    listing = listed(reply, read_row)
    stats.dropped_rows += listing.strangers
    stats.unreadable_rows += listing.unreadable
    stats.missing_rows += listing.missing
    if not listing.complete:
        logger.warning(
            "rows left out: of_others=%d unreadable=%d missing=%d",
            listing.strangers,
            listing.unreadable,
            listing.missing,
        )
    if not listing.records:
        # There were rows. No usable one is not the same as none.
        raise Unreadable("no usable row")
    return listing


def camera_key(record: CameraRecord) -> Hashable:
    """Which camera record this is; without any number, the event itself."""
    if record.record_number is not None:
        return record.record_number
    if record.decision_number is not None and record.violation_number is not None:
        return record.decision_number, record.violation_number
    return record.occurred_at, record.code, record.place_code, record.place


def decision_key(record: DecisionRecord) -> Hashable:
    """Which item of a decision this is; its violation number may be missing."""
    if record.violation_number is not None:
        return record.decision_number, record.violation_number
    return record.decision_number, record.occurred_at, record.code


def _age(record: CameraRecord | DecisionRecord) -> tuple[datetime, int]:
    """Order the versions of a record; of two equally old ones the deletion is the later."""
    return record.updated_at or NEVER, CHANGES.index(record.change)
