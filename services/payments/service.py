"""A citizen's payments: begin one, look at them, give one up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import update

from domain.money import Money
from domain.payments import LIVE, ClientAction, PaymentProblem, PaymentStatus
from domain.platforms import Channel
from domain.principals import Principal
from domain.refusals import Refusal, RefusalCode, Refused
from domain.times import Clock
from models.base import table_of
from models.database import Database
from models.payment import Payment
from models.reading import Prebuilt, array_of
from models.shown_payment_queries import LATEST, OF_DECISIONS, OF_ID, OF_KEY, PaymentRow
from models.vault import Vault
from services.access import require_identity
from services.crash_points import CrashPoint, Reached
from services.garage import Garage
from services.idempotency import check_key, request_hash
from services.payments.baskets import Baskets
from services.payments.checks import PaymentChecks
from services.payments.claims import PaymentClaims, Request
from services.payments.opening import Opening
from services.payments.payers import Payers
from services.payments.views import HeldPayment, read_payments
from services.wakes import Errand, Wake

ROW = Payment.__table__.c


@dataclass(frozen=True, slots=True)
class PaymentService:
    """Begins payments and gives them up. What happens to one meanwhile is `PaymentChecks`."""

    db: Database
    vault: Vault
    baskets: Baskets
    payers: Payers
    claims: PaymentClaims
    opening: Opening
    checks: PaymentChecks
    clock: Clock
    wake: Wake
    reached: Reached

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
        request = Request(
            self.vault.digest(identity_number),
            check_key(idempotency_key),
            channel,
            request_hash(
                decisions=sorted(one.hex for one in violation_ids),
                channel=channel.value,
                expected=expected.fen if expected is not None else None,
            ),
        )
        row, known = None, await self.claims.known(request)
        if known is None:
            try:
                open_id = await self.payers.open_id(request.payer, channel)
                fines = await self.baskets.fill(principal, garage, violation_ids, expected)
                row = await self.claims.make(request, open_id, fines)
                self.reached(CrashPoint.PAYMENT_CLAIMED)
            except Refused:
                # What was found paid is its own, if the same request was faster.
                known = await self.claims.known(request)
                if known is None:
                    raise
        if known is not None:
            if known["status"] is PaymentStatus.FAILED:
                raise Refused(Refusal(RefusalCode.PAYMENT_REFUSED))
            row = await self.claims.take_up(known)
        problem = await self.opening.open(row) if row is not None else None
        if problem is not None:
            # Only about their own account is there something that a citizen can do.
            detail = problem.value if problem is PaymentProblem.PAYER else None
            raise Refused(Refusal(RefusalCode.PAYMENT_REFUSED, detail))
        return await self._held(OF_KEY, {"payer": request.payer, "key": request.key})

    async def find(self, principal: Principal, payment_id: UUID) -> HeldPayment | None:
        """A payment the citizen began; somebody else's does not exist."""
        held = await read_payments(self.db, OF_ID, self._mine(principal, payment_id))
        return held[0] if held else None

    async def list(self, principal: Principal) -> list[HeldPayment]:
        """The citizen's payments, the newest first; the last 500."""
        _, identity_number = require_identity(principal)
        payer = {"payer": self.vault.digest_of_person(identity_number)}
        return await read_payments(self.db, LATEST, payer)

    async def of_decisions(
        self, principal: Principal, numbers: Sequence[str]
    ) -> dict[str, HeldPayment]:
        """The citizen's live or settled payment for each of these decisions, if there is one."""
        _, identity_number = require_identity(principal)
        values = {
            "payer": self.vault.digest_of_person(identity_number),
            "numbers": array_of(numbers),
        }
        payments = await read_payments(self.db, OF_DECISIONS, values)
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

    async def _held(self, wanted: Prebuilt[PaymentRow], values: Mapping[str, Any]) -> HeldPayment:
        held = await read_payments(self.db, wanted, values)
        if not held:
            raise Refused(Refusal(RefusalCode.NOT_FOUND))
        return held[0]

    def _mine(self, principal: Principal, payment_id: UUID) -> dict[str, Any]:
        _, identity_number = require_identity(principal)
        return {"payer": self.vault.digest(identity_number), "of_id": payment_id}
