"""Receipts of payments: the token that proves one, its page as PDF, and whether it still counts."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from domain.deadlines import remaining
from domain.failures import TryLater
from domain.receipts import NOT_GENUINE, Receipt, ReceiptStatus, Verification
from models.database import Database
from models.payment import Payment
from services.receipt_facts import Known, items, known_of
from services.receipt_pdf import Letterhead, render
from services.receipt_tokens import ReceiptTokens
from services.tickets import InvalidTicket, Tickets

# Seconds.
LONGEST_WAIT = 10.0
RETRY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ReceiptService:
    """Proves payments. There is no table of receipts: each is a view of a payment."""

    db: Database
    tokens: ReceiptTokens
    letterhead: Letterhead
    tickets: Tickets
    # A page is drawn in some 100 ms of pure Python: two at once would only slow everything else.
    _pen: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1), repr=False)

    async def of_payments(self, payment_ids: Sequence[UUID]) -> dict[UUID, Receipt]:
        """The receipts of those of the payments that were paid."""
        async with self.db.read() as connection:
            rows = (await connection.execute(items(Payment.id.in_(payment_ids)))).all()
        return {id: known.receipt for id, known in known_of(rows).items()}

    def token(self, receipt: Receipt) -> str:
        """The signed token, for the QR code; the same each time until another key signs."""
        return self.tokens.sign(receipt.claims(self.tokens.issuer))

    def ticket(self, receipt: Receipt) -> tuple[str, datetime]:
        """The right to fetch the receipt as PDF, fit for a URL, and until when it is good."""
        return self.tickets.make(receipt.number)

    async def pdf(self, ticket: str) -> bytes:
        """
        The page behind a ticket, byte for byte the same until another key signs.

        :raises InvalidTicket: when the ticket is forged, damaged or past its time
        :raises TryLater: when too many want theirs at once
        """
        [number] = self.tickets.open(ticket)
        known = await self._find(number)
        if known is None:
            raise InvalidTicket("no such receipt")
        token = self.token(known.receipt)
        try:
            async with asyncio.timeout(remaining(LONGEST_WAIT)), self._pen:
                return await asyncio.to_thread(render, known.receipt, token, self.letterhead)
        except TimeoutError:
            raise TryLater("retry_later", retry_after=RETRY_SECONDS) from None

    async def verify(self, token: str) -> Verification:
        """Whether a token is genuine, and what became of the payment since. For everybody."""
        claims = self.tokens.genuine_claims(token)
        if claims is None:
            return NOT_GENUINE
        try:
            said = Receipt.of_claims(claims)
        except ValueError:
            return NOT_GENUINE
        known = await self._find(said.number)
        if known is None or not known.receipt.agrees_with(said):
            return Verification(ReceiptStatus.UNKNOWN, said, (None,) * len(said.lines))
        return Verification(known.status, said, known.annulled)

    async def _find(self, number: str) -> Known | None:
        async with self.db.read() as connection:
            rows = (await connection.execute(items(Payment.number == number))).all()
        return next(iter(known_of(rows).values()), None)
