"""A citizen's payments: begin one, look at them, give one up."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import BadRequest
from domain.ids import new_id
from domain.money import Money
from domain.payments import LIVE, ClientAction, PaymentProblem, PaymentStatus
from domain.platforms import Channel
from domain.principals import Principal
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import CHINA, Clock
from models.base import table_of
from models.database import Database
from models.due import LEASE
from models.payment import ItemState, Payment, PaymentItem
from models.payment_queries import BEGIN, HOLD, LATEST, OF_ID, OF_KEY
from models.vault import Vault
from services.access import require_identity
from services.crash_points import CrashPoint, Reached
from services.garage import Garage
from services.idempotency import check_key
from services.payments.baskets import Baskets, Fine
from services.payments.checks import PaymentChecks
from services.payments.opening import Opening, payer_of
from services.payments.payers import Payers
from services.payments.views import HeldPayment, read_payments
from services.wakes import Errand, Wake

ROW, ITEM = Payment.__table__.c, PaymentItem.__table__.c
SUBJECT = "交通违法罚款"
# Without letters that are taken for digits: people read these numbers to each other.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


class _Taken(Exception):
    """Another payment was faster."""


@dataclass(frozen=True, slots=True)
class PaymentService:
    """
    Begins payments and gives them up. What happens to one meanwhile is `PaymentChecks`.

    :ivar life: how long a payment can be paid
    """

    db: Database
    vault: Vault
    baskets: Baskets
    payers: Payers
    opening: Opening
    checks: PaymentChecks
    clock: Clock
    wake: Wake
    reached: Reached
    life: timedelta

    async def begin(
        self,
        principal: Principal,
        garage: Garage,
        violation_ids: Sequence[UUID],
        channel: Channel,
        idempotency_key: str,
        expected: Money | None,
    ) -> HeldPayment:
        """
        Begin a payment for the decisions about these violations, or go on with the same one.

        What the channel does not answer in time is found out later: the payment says so.

        :raises BadRequest: if the key was used for something else
        :raises Refused: what speaks against it; nothing was begun
        """
        _, identity_number = require_identity(principal)
        payer = self.vault.digest(identity_number)
        key = check_key(idempotency_key)
        request = _hash_of(violation_ids, channel, expected)
        row = await self._known(payer, key)
        if row is None:
            open_id = await self.payers.open_id(payer, channel)
            fines = await self.baskets.fill(principal, garage, violation_ids, expected)
            values = self._values(payer, key, request, channel, open_id, fines)
            row = await self._claim(values, fines)
            self.reached(CrashPoint.PAYMENT_CLAIMED)
        elif row["request_hash"] != request:
            raise BadRequest("idempotency_key_reused")
        elif row["status"] is PaymentStatus.FAILED:
            raise Refused(Refusal(RefusalCode.PAYMENT_REFUSED))
        else:
            row = await self._taken_up(row)
        problem = await self.opening.open(row) if row is not None else None
        if problem is not None:
            # Only about their own account is there something that a citizen can do.
            detail = problem.value if problem is PaymentProblem.PAYER else None
            raise Refused(Refusal(RefusalCode.PAYMENT_REFUSED, detail))
        return await self._held(OF_KEY, {"payer": payer, "key": key})

    async def find(self, principal: Principal, payment_id: UUID) -> HeldPayment | None:
        """A payment the citizen began; somebody else's does not exist."""
        async with self.db.read() as connection:
            held = await read_payments(connection, OF_ID, self._mine(principal, payment_id))
        return held[0] if held else None

    async def list(self, principal: Principal) -> list[HeldPayment]:
        """The citizen's payments, the newest first; the last 500."""
        _, identity_number = require_identity(principal)
        async with self.db.read() as connection:
            payer = {"payer": self.vault.digest(identity_number)}
            return await read_payments(connection, LATEST, payer)

    async def of_decisions(
        self, principal: Principal, numbers: Sequence[str]
    ) -> dict[str, HeldPayment]:
        """The citizen's live or settled payment for each of these decisions, if there is one."""
        _, identity_number = require_identity(principal)
        wanted = (
            select(*ROW)
            .join_from(Payment, PaymentItem, ITEM.payment_id == ROW.id)
            .where(
                ROW.payer_digest == self.vault.digest(identity_number),
                ITEM.decision_number.in_(list(numbers)),
                ITEM.state.in_([ItemState.LIVE, ItemState.PAID]),
            )
            .distinct()
        )
        async with self.db.read() as connection:
            payments = await read_payments(connection, wanted, {})
        return {item.decision_number: one for one in payments for item in one.items}

    async def cancel(self, principal: Principal, payment_id: UUID) -> HeldPayment:
        """
        Give a payment up: it is closed at its channel first. Safe to repeat.

        If the channel does not answer, the payment stays until it does.

        :raises Refused: NOT_FOUND, or ALREADY_PAID if somebody was faster
        """
        mine = self._mine(principal, payment_id)
        now = self.clock()
        wished = (
            update(table_of(Payment))
            .where(ROW.payer_digest == mine["payer"], ROW.id == payment_id, ROW.status.in_(LIVE))
            .values(cancel_requested_at=now, next_check_at=now)
            .returning(ROW.id)
        )
        async with self.db.begin() as connection:
            is_live = (await connection.execute(wished)).first() is not None
            if is_live:
                await self.wake(connection, Errand.PAYMENT, str(payment_id))
        if is_live:
            await self.checks.see_to(str(payment_id))
        held = await self._held(OF_ID, mine)
        if held.paid_at is not None:
            raise Refused(Refusal(RefusalCode.ALREADY_PAID))
        return held

    def client_action(self, held: HeldPayment) -> ClientAction | None:
        """What the mini-program calls so that its user can pay; None if there is nothing to pay."""
        channel = self.opening.channels.get(held.channel)
        if held.handle is None or channel is None or self.clock() >= held.expires_at:
            return None
        return channel.client_action(held.handle)

    def _values(
        self,
        payer: bytes,
        key: str,
        request: bytes,
        channel: Channel,
        open_id: str,
        fines: Sequence[Fine],
    ) -> dict[str, Any]:
        now = self.clock()
        number = _new_number(now)
        return {
            "id": new_id(),
            "number": number,
            "payer_digest": payer,
            "idempotency_key": key,
            "request_hash": request,
            "channel": channel,
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

    async def _claim(self, values: dict[str, Any], fines: Sequence[Fine]) -> RowMapping | None:
        """Write the payment down; None if the same request was faster."""
        try:
            async with self.db.begin() as connection:
                return await self._insert(connection, values, fines)
        except _Taken:
            pass
        earlier = await self._known(values["payer_digest"], values["idempotency_key"])
        if earlier is None:
            raise Refused(await self._who_has([fine.decision_number for fine in fines]))
        if earlier["request_hash"] != values["request_hash"]:
            raise BadRequest("idempotency_key_reused")
        return None

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

    async def _known(self, payer: bytes, key: str) -> RowMapping | None:
        async with self.db.read() as connection:
            known = await connection.execute(OF_KEY, {"payer": payer, "key": key})
        return known.mappings().first()

    async def _taken_up(self, row: RowMapping) -> RowMapping | None:
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

    async def _held(self, wanted: Select[Any], values: Mapping[str, Any]) -> HeldPayment:
        async with self.db.read() as connection:
            held = await read_payments(connection, wanted, values)
        if not held:
            raise Refused(Refusal(RefusalCode.NOT_FOUND))
        return held[0]

    def _mine(self, principal: Principal, payment_id: UUID) -> dict[str, Any]:
        _, identity_number = require_identity(principal)
        return {"payer": self.vault.digest(identity_number), "of_id": payment_id}


def _new_number(now: datetime) -> str:
    """A number for a payment: its legal day and 14 random characters, 22 in all."""
    return f"{now.astimezone(CHINA):%Y%m%d}" + "".join(secrets.choice(ALPHABET) for _ in range(14))


def _hash_of(violation_ids: Sequence[UUID], channel: Channel, expected: Money | None) -> bytes:
    asked = {
        "decisions": sorted(str(one) for one in violation_ids),
        "channel": channel.value,
        "expected": expected.fen if expected is not None else None,
    }
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).digest()
