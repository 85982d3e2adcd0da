"""Payments and refunds as they are when everything about them is done, written by COPY."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg

from domain.ids import new_id

NOTHING = b"\0" * 32
PAID_STATES = {"settlement": "paid", "paid_twice": "surplus", "paid_after_close": "surplus"}
# Not looked at as long as this session writes: rows by the hundred thousand.
WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"


@dataclass(frozen=True, slots=True)
class Sold:
    """
    A payment for one decision, begun when it was paid.

    :ivar paid_at: None as long as nobody here knows of its money
    :ivar kind: how its money was booked
    :ivar told: whether the register was told: pending, done, refused; None if it need not be
    :ivar mirrored: what the mirror says of the decision
    """

    number: str
    channel: str
    fen: int
    created_at: datetime
    paid_at: datetime | None
    decision: str
    status: str = "paid"
    kind: str = "settlement"
    told: str | None = "done"
    mirrored: str = "paid"

    @property
    def id(self) -> UUID:
        """The same whenever it is asked for."""
        return UUID(int=int.from_bytes(self.number.encode()[-16:], "big"))

    @property
    def item_state(self) -> str:
        """What it does for its decision."""
        if self.paid_at is None:
            return "live" if self.status in ("created", "awaiting", "unknown") else "released"
        return PAID_STATES[self.kind]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A refund of a whole payment. `accepted_at` and `refunded_at`: None if it was not."""

    number: str
    of: Sold
    fen: int
    status: str = "succeeded"
    accepted_at: datetime | None = None
    refunded_at: datetime | None = None

    @property
    def id(self) -> UUID:
        """The same whenever it is asked for."""
        return UUID(int=int.from_bytes(self.number.encode()[-16:], "big"))

    @property
    def at(self) -> datetime:
        """When the channel gave it back, or took it on."""
        return self.refunded_at or self.accepted_at or self.of.created_at


def trade_of(one: Sold, refunds: Sequence[GivenBack]) -> dict[str, Any]:
    """The same, as the sandbox of a channel is told of it."""
    return {
        "outTradeNo": one.number,
        "fen": one.fen,
        "paidAt": (one.paid_at or one.created_at).timestamp(),
        "refunds": [
            {"number": each.number, "fen": each.fen, "at": each.at.timestamp()} for each in refunds
        ],
    }


def seed(database_url: str, sold: Sequence[Sold], given_back: Sequence[GivenBack] = ()) -> None:
    """Write all of these, with their postings."""
    url = database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as connection:
        connection.execute(WITHOUT_TRIGGERS)
        _copy(connection, "violations", (_act(one) for one in sold))
        _copy(connection, "payments", (_payment(one) for one in sold))
        _copy(connection, "payment_items", (_item(one) for one in sold))
        _copy(connection, "write_backs", (_report(one) for one in sold if one.told))
        _copy(connection, "refunds", (_refund(one) for one in given_back))
        _copy(connection, "refund_lines", (_refund_line(one) for one in given_back))
        booked = [*_receipts(sold), *_refunds(given_back)]
        _copy(connection, "ledger_transactions", (_transaction(one) for one in booked))
        _copy(connection, "ledger_entries", (line for one in booked for line in _entries(one)))


@dataclass(frozen=True, slots=True)
class _Booked:
    id: UUID
    kind: str
    reference: str
    at: datetime
    lines: tuple[tuple[str, int], ...]


def _receipts(sold: Iterable[Sold]) -> Iterator[_Booked]:
    for one in sold:
        if one.paid_at is None:
            continue
        clearing = f"{one.channel}_clearing"
        lines: tuple[tuple[str, int], ...] = ((clearing, one.fen), ("suspense", -one.fen))
        if one.kind == "settlement":
            lines = (
                ("fines_receivable", one.fen),
                ("treasury_payable_fines", -one.fen),
                (clearing, one.fen),
                ("fines_receivable", -one.fen),
            )
        yield _Booked(new_id(), one.kind, f"{one.number}-1", one.paid_at, lines)


def _refunds(given_back: Iterable[GivenBack]) -> Iterator[_Booked]:
    for one in given_back:
        if one.status == "failed":
            continue
        is_surplus = one.of.kind != "settlement"
        source = "suspense" if is_surplus else "treasury_payable_fines"
        kind = "refund_from_suspense" if is_surplus else "refund"
        at = one.of.paid_at or one.of.created_at
        lines = ((source, one.fen), ("refunds_payable", -one.fen))
        yield _Booked(new_id(), kind, f"{one.number}-1", at, lines)
        if one.status == "succeeded" and one.refunded_at is not None:
            lines = (("refunds_payable", one.fen), (f"{one.of.channel}_clearing", -one.fen))
            yield _Booked(new_id(), "refund_payout", one.number, one.refunded_at, lines)


def _transaction(one: _Booked) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "source_ref": one.reference,
        "line_count": len(one.lines),
        "occurred_at": one.at,
        "created_at": one.at,
    }


def _entries(one: _Booked) -> Iterator[dict[str, Any]]:
    for place, (account, fen) in enumerate(one.lines, start=1):
        yield {
            "transaction_id": one.id,
            "line_number": place,
            "account": account,
            "amount_fen": fen,
        }


def _payment(one: Sold) -> dict[str, Any]:
    is_live = one.item_state == "live"
    return {
        "id": one.id,
        "number": one.number,
        "payer_digest": NOTHING,
        "idempotency_key": one.number,
        "request_hash": NOTHING,
        "channel": one.channel,
        "status": one.status,
        "amount_fen": one.fen,
        "subject": "交通违法罚款",
        "sealed": NOTHING,
        "handle": "handle",
        "reference": None,
        "created_at": one.created_at,
        "expires_at": one.created_at + timedelta(minutes=15),
        "paid_at": one.paid_at,
        "ended_at": None if is_live else one.paid_at or one.created_at,
        "next_check_at": one.created_at + timedelta(days=365) if is_live else None,
    }


def _item(one: Sold) -> dict[str, Any]:
    return {
        "payment_id": one.id,
        "position": 1,
        "decision_number": one.decision,
        "violation_id": one.id,
        "principal_fen": one.fen,
        "surcharge_fen": 0,
        "agency_code": "500100000000",
        "agency_name": "交巡警总队",
        "state": one.item_state,
    }


def _act(one: Sold) -> dict[str, Any]:
    is_settled = one.item_state == "paid"
    return {
        "id": one.id,
        "capture": "camera",
        "code": "1625",
        "occurred_at": one.created_at - timedelta(days=30),
        "status": "paid" if is_settled else "decided",
        "record_handled": True,
        "record_deleted": False,
        "decision_annulled": False,
        "decision_number": one.decision,
        "decision_paid": one.mirrored,
        "fine_fen": one.fen,
        "settled_at": one.paid_at if is_settled else None,
    }


def _report(one: Sold) -> dict[str, Any]:
    return {
        "payment_id": one.id,
        "position": 1,
        "serial": f"{one.number}-1",
        "state": one.told,
        "done_at": one.paid_at if one.told == "done" else None,
    }


def _refund(one: GivenBack) -> dict[str, Any]:
    ended = one.refunded_at or (one.of.paid_at if one.status == "failed" else None)
    return {
        "id": one.id,
        "number": one.number,
        "payment_id": one.of.id,
        "requester": "clearway",
        "idempotency_key": one.number,
        "request_hash": NOTHING,
        "reason": "paid_in_error",
        "status": one.status,
        "amount_fen": one.fen,
        "sends": 1,
        "sent_at": one.of.created_at,
        "accepted_at": one.accepted_at,
        "created_at": one.of.created_at,
        "refunded_at": one.refunded_at,
        "ended_at": ended,
    }


def _refund_line(one: GivenBack) -> dict[str, Any]:
    return {
        "refund_id": one.id,
        "position": 1,
        "principal_fen": one.fen,
        "surcharge_fen": 0,
        "from_suspense": one.of.kind != "settlement",
    }


def _copy(
    connection: "psycopg.Connection[Any]", table: str, rows: Iterator[dict[str, Any]]
) -> None:
    first = next(rows, None)
    if first is None:
        return
    columns = ", ".join(first)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN".encode()) as copy,
    ):
        copy.write_row(list(first.values()))
        for row in rows:
            copy.write_row(list(row.values()))
