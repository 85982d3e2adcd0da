"""A bill comes into the database: first as it came, then line by line, all or nothing."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.bills import BadBill, BillLine
from domain.ledger import MOST_FEN, fees
from gateways.bills import RawBill
from models.base import table_of
from models.database import Database
from models.reconciliation import RawBillPart, ReconciliationDay
from models.reconciliation_queries import SUMS
from models.vault import Vault
from services.ledger import Ledger
from services.payment_channels import BillSource
from services.reconciliation.terms import BillDay

PART_BYTES = 1024 * 1024
BATCH = 5_000
KEEP = insert(table_of(RawBillPart)).on_conflict_do_nothing()
ROW = ReconciliationDay.__table__.c
COPY = """COPY bill_lines (channel, day, place, kind, number, reference, refund_number, amount_fen,
  fee_fen, at, currency, merchant) FROM STDIN"""
# Hundreds of thousands of rows are new: the statements that follow are planned by what is there.
LOOK_AT_TABLES = text(
    "ANALYZE (SKIP_LOCKED) bill_lines, payments, payment_items, write_backs, violations, refunds"
)
Progress = Callable[[int], None]


def quietly(_: int) -> None:
    """Tell nobody how many lines have been read."""


class LeaseLost(Exception):
    """Somebody else does the day by now."""


def raw_part_of(day: BillDay, sha256: str, position: int) -> str:
    """What a sealed piece of a file belongs to."""
    return f"bill {day.name} {sha256} {position}"


@dataclass(frozen=True, slots=True)
class Loading:
    """Keeps bills and loads their lines. `db` lets statements take their time."""

    db: Database
    vault: Vault
    ledger: Ledger

    async def keep(self, day: BillDay, raw: RawBill) -> None:
        """Keep a file as it came, sealed; the same file is kept once."""
        async with self.db.begin() as connection:
            await asyncio.to_thread(raw.file.seek, 0)
            position = 0
            while piece := await asyncio.to_thread(raw.file.read, PART_BYTES):
                position += 1
                named = raw_part_of(day, raw.sha256, position)
                part = {
                    "channel": day.channel,
                    "day": day.day,
                    "sha256": raw.sha256,
                    "position": position,
                    "sealed": self.vault.seal_bytes(piece, belongs_to=named),
                }
                await connection.execute(KEEP, part)

    async def load(
        self, day: BillDay, row: RowMapping, source: BillSource, raw: RawBill, progress: Progress
    ) -> None:
        """
        Load the lines, and book what the channel kept: all of it or nothing.

        :raises BadBill: the file cannot be trusted as a whole
        :raises LeaseLost: somebody else does the day
        """
        async with self.db.begin() as connection:
            held = select(ROW.day).where(
                ROW.channel == day.channel, ROW.day == day.day, ROW.lease_id == row["lease_id"]
            )
            if (await connection.execute(held.with_for_update())).first() is None:
                raise LeaseLost
            sums = await self.write(connection, day, source, raw, progress)
            loaded = _set(day, sha256=raw.sha256, doubt=None, **sums)
            await connection.execute(loaded)
            if sums["fees_fen"]:
                # Within the day, by the channel's clock.
                at = day.end - timedelta(seconds=1)
                net = sums["fees_fen"]
                posting = fees(day.channel, day.name, net_fen=net, occurred_at=at)
                await self.ledger.post(connection, posting)
        async with self.db.single() as connection:
            await connection.execute(LOOK_AT_TABLES)

    async def write(
        self,
        connection: AsyncConnection,
        day: BillDay,
        source: BillSource,
        raw: RawBill,
        progress: Progress,
    ) -> dict[str, int]:
        """
        Write the lines on the caller's transaction, which is of no use after an error; their sums.

        :raises BadBill: the file cannot be trusted as a whole
        """
        driver: Any = (await connection.get_raw_connection()).driver_connection
        trouble = ""
        try:
            async with driver.cursor() as cursor, cursor.copy(COPY) as copy:
                lines, read = source.read(raw), 0
                while batch := await asyncio.to_thread(_rows, day, lines):
                    for one in batch:
                        await copy.write_row(one)
                    read += len(batch)
                    progress(read)
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            # Its text may quote the line.
            trouble = f"cannot be kept: {type(error).__name__}"
        if trouble:
            raise BadBill(trouble)
        sums = (await connection.execute(SUMS, day.parameters)).mappings().one()
        if max(sums["paid_fen"], sums["refunded_fen"], abs(sums["fees_fen"])) > MOST_FEN:
            raise BadBill("sums that cannot be")
        if sums["lines"] > 1 and sums["foreign_lines"] == sums["lines"]:
            raise BadBill("not one line is of this merchant")
        if sums["all_payments"] > 1 and sums["payments_elsewhen"] == sums["all_payments"]:
            # WeChat Pay's file does not say of which day it is.
            raise BadBill("not one payment is of this day")
        return _sums(sums)


async def sums_of(connection: AsyncConnection, day: BillDay) -> dict[str, int]:
    """What the lines of a bill come to, as a day says it."""
    return _sums((await connection.execute(SUMS, day.parameters)).mappings().one())


def _sums(sums: RowMapping) -> dict[str, int]:
    names = ("payments", "refunds", "paid_fen", "refunded_fen", "fees_fen")
    return {name: int(sums[name]) for name in names}


def _rows(day: BillDay, lines: Iterator[BillLine]) -> list[tuple[Any, ...]]:
    return [
        (
            day.channel.value,
            day.day,
            line.place,
            line.kind.value,
            line.number,
            line.reference,
            line.refund_number,
            line.amount.fen,
            line.fee.fen,
            line.at,
            line.currency,
            line.merchant,
        )
        for line in islice(lines, BATCH)
    ]


def _set(day: BillDay, **values: Any) -> Any:
    return (
        table_of(ReconciliationDay)
        .update()
        .where(ROW.channel == day.channel, ROW.day == day.day)
        .values(**values)
    )
