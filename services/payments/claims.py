"""Claiming decisions for a payment: written down once, whatever races."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import BadRequest
from domain.ids import new_id
from domain.payments import PaymentStatus
from domain.platforms import Channel
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import Clock
from models.base import table_of
from models.database import Database
from models.due import LEASE
from models.payment import ItemState, Payment, PaymentItem
from models.payment_queries import BEGIN, HOLD, OF_KEY
from models.vault import Vault
from services.numbers import new_number
from services.payments.baskets import Fine
from services.payments.opening import payer_of

ROW, ITEM = Payment.__table__.c, PaymentItem.__table__.c
SUBJECT = "交通违法罚款"


class _Taken(Exception):
    """Another payment was faster."""


@dataclass(frozen=True, slots=True)
class Request:
    """
    What somebody asks for under a key.

    :ivar payer: digest of the identity number
    :ivar hash: of everything that is asked for
    """

    payer: bytes
    key: str
    channel: Channel
    hash: bytes


@dataclass(frozen=True, slots=True)
class PaymentClaims:
    """
    Writes payments down before any channel hears of them, leased to the caller.

    :ivar life: how long a payment can be paid
    """

    db: Database
    vault: Vault
    clock: Clock
    life: timedelta

    async def known(self, request: Request) -> RowMapping | None:
        """
        The payment that was begun under the key.

        :raises BadRequest: if the key was used for something else
        """
        values = {"payer": request.payer, "key": request.key}
        async with self.db.read() as connection:
            row = (await connection.execute(OF_KEY, values)).mappings().first()
        if row is not None and row["request_hash"] != request.hash:
            raise BadRequest("idempotency_key_reused")
        return row

    async def make(
        self, request: Request, open_id: str, fines: Sequence[Fine]
    ) -> RowMapping | None:
        """
        Write a payment for these fines down; None if the same request was faster.

        :raises Refused: PAYING_ELSEWHERE or ALREADY_PAID: another payment holds one of them
        """
        values = self._values(request, open_id, fines)
        try:
            async with self.db.begin() as connection:
                return await self._insert(connection, values, fines)
        except _Taken:
            pass
        if await self.known(request) is None:
            raise Refused(await self._who_has([fine.decision_number for fine in fines]))
        return None

    async def take_up(self, row: RowMapping) -> RowMapping | None:
        """Lease a payment that has not been opened, if nobody else is about to open it."""
        now = self.clock()
        if row["status"] not in (PaymentStatus.CREATED, PaymentStatus.UNKNOWN) or row["handle"]:
            return None
        free = (
            update(table_of(Payment))
            .where(
                ROW.id == row["id"],
                ROW.status == row["status"],
                (ROW.lease_until.is_(None)) | (ROW.lease_until <= now),
                ROW.expires_at > now,
                ROW.cancel_requested_at.is_(None),
            )
            .values(lease_id=new_id(), lease_until=now + LEASE, checks=ROW.checks + 1)
            .returning(*ROW)
        )
        async with self.db.begin() as connection:
            return (await connection.execute(free)).mappings().first()

    def _values(self, request: Request, open_id: str, fines: Sequence[Fine]) -> dict[str, Any]:
        now = self.clock()
        number = new_number(now)
        return {
            "id": new_id(),
            "number": number,
            "payer_digest": request.payer,
            "idempotency_key": request.key,
            "request_hash": request.hash,
            "channel": request.channel,
            "status": PaymentStatus.CREATED,
            "amount_fen": sum(fine.total.fen for fine in fines),
            "subject": SUBJECT if len(fines) == 1 else f"{SUBJECT} {len(fines)} 笔",
            "sealed": self.vault.seal({"open_id": open_id}, belongs_to=payer_of(number)),
            "created_at": now,
            # Whole seconds: channels know no smaller ones.
            "expires_at": now.replace(microsecond=0) + self.life,
            # Ours from the beginning: if this process dies, it is seen to when the lease ends.
            "next_check_at": now,
            "lease_id": new_id(),
            "lease_until": now + LEASE,
        }

    async def _insert(
        self, connection: AsyncConnection, values: dict[str, Any], fines: Sequence[Fine]
    ) -> RowMapping:
        row = (await connection.execute(BEGIN, values)).mappings().first()
        if row is None:
            raise _Taken
        # Always in the same order: two baskets with the same fines must not wait for each other.
        lines = [
            {
                "payment_id": values["id"],
                "position": position,
                "decision_number": fine.decision_number,
                "check_character": fine.check_character,
                "violation_id": fine.violation_id,
                "principal_fen": fine.principal.fen,
                "surcharge_fen": fine.surcharge.fen,
                "agency_code": fine.agency.code,
                "agency_name": fine.agency.name,
                "state": ItemState.LIVE,
            }
            for position, fine in enumerate(sorted(fines, key=lambda one: one.decision_number), 1)
        ]
        held = (await connection.execute(HOLD, lines)).all()
        if len(held) != len(lines):
            raise _Taken
        return row

    async def _who_has(self, numbers: Sequence[str]) -> Refusal:
        paid = select(ITEM.position).where(
            ITEM.decision_number.in_(list(numbers)), ITEM.state == ItemState.PAID
        )
        async with self.db.read() as connection:
            settled = (await connection.execute(paid)).first() is not None
        return Refusal(RefusalCode.ALREADY_PAID if settled else RefusalCode.PAYING_ELSEWHERE)
