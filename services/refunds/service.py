"""Refunds that an officer decides: of what was paid, never more than is left of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.failures import BadRequest
from domain.money import Money
from domain.principals import Principal
from domain.refunds import RefundReason
from domain.refusals import Refusal, RefusalCode, Refused
from domain.tasks import TaskKind
from domain.times import Clock
from models.database import Database
from models.payment import LONGEST_KEY
from models.refund_queries import EARLIER, OF_KEY, PAYMENT_LOCKED, PAYMENT_OF_NUMBER, REMAINING
from services.access import FINANCE, require_officer
from services.crash_points import CrashPoint, Reached
from services.idempotency import check_key, request_hash
from services.refunds.checks import RefundChecks
from services.refunds.making import Part, RefundMaking, Wanted
from services.refunds.terms import TERMS
from services.refunds.treasury import is_the_treasurys, is_too_old
from services.refunds.views import HeldRefund, RefundedPayment, payment_view, read_refunds
from services.tasks import ask_people

LONGEST_CASE_NUMBER = 64
MOST_LINES = 20
# What an officer may say; the other reasons are the service's own.
BY_OFFICERS = frozenset(
    {RefundReason.DECISION_ANNULLED, RefundReason.PAID_TOO_MUCH, RefundReason.PAID_IN_ERROR}
)


@dataclass(frozen=True, slots=True)
class LineWanted:
    """What shall go back of one line of a payment."""

    position: int
    principal: Money
    surcharge: Money


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """
    What an officer asks for.

    :ivar lines: None for all that is left
    :ivar expected: what was left of the whole payment when the officer saw it last
    """

    number: str
    lines: tuple[LineWanted, ...] | None
    expected: Money
    reason: RefundReason
    case_number: str
    key: str


class NeedsTreasury(Exception):
    """The money is the treasury's by now. A task for people is open; nothing was refunded."""

    def __init__(self, subject: str) -> None:
        super().__init__(subject)
        self.subject = subject


@dataclass(frozen=True, slots=True)
class RefundService:
    """Decides refunds, and shows them."""

    db: Database
    making: RefundMaking
    checks: RefundChecks
    clock: Clock
    cutoff: timedelta
    reached: Reached

    async def begin(self, principal: Principal, request: RefundRequest) -> HeldRefund:
        """
        Decide a refund, and have it sent; the same request again is the same refund.

        :raises BadRequest: for what makes no sense, or a key that was used for something else
        :raises Refused: what speaks against it; nothing was begun
        :raises NeedsTreasury: people have to give it back
        """
        requester = require_officer(principal, FINANCE).actor
        _check(request)
        if not _may_be_ours(request.number):
            raise Refused(Refusal(RefusalCode.NOT_FOUND))
        hash = _hash_of(request)
        async with self.db.begin() as connection:
            row = await self._decide(connection, requester, request, hash)
        if row is None:
            raise NeedsTreasury(request.number)
        self.reached(CrashPoint.REFUND_DECIDED)
        # The officer sees at once how it went, if the channel answers at once.
        await self.checks.see_to(str(row["id"]))
        async with self.db.read() as connection:
            refunds = await read_refunds(connection, [row["payment_id"]])
        return next(one for one in refunds[row["payment_id"]] if one.id == row["id"])

    async def find(self, principal: Principal, number: str) -> RefundedPayment | None:
        """A payment that was paid, with what is left of it; for officers of finance."""
        require_officer(principal, FINANCE)
        if not _may_be_ours(number):
            return None
        async with self.db.read() as connection:
            found = await connection.execute(PAYMENT_OF_NUMBER, {"of_number": number})
            payment = found.mappings().first()
            if payment is None:
                return None
            lines = (await connection.execute(REMAINING, {"of_id": payment["id"]})).mappings().all()
            refunds = await read_refunds(connection, [payment["id"]])
        needs_treasury = payment["paid_at"] is not None and is_the_treasurys(
            payment, self.clock(), self.cutoff
        )
        return payment_view(payment, lines, refunds.get(payment["id"], []), needs_treasury)

    async def of_payments(self, payment_ids: Sequence[UUID]) -> dict[UUID, list[HeldRefund]]:
        """The refunds of payments that somebody may see, the oldest first."""
        async with self.db.read() as connection:
            return await read_refunds(connection, payment_ids)

    async def _decide(
        self, connection: AsyncConnection, requester: str, request: RefundRequest, hash: bytes
    ) -> RowMapping | None:
        """The refund; None if there is a task for people in its place."""
        locked = await connection.execute(PAYMENT_LOCKED, {"of_number": request.number})
        payment = locked.mappings().first()
        known = await self._known(connection, requester, request.key, hash)
        if known is not None:
            return known
        if payment is None or payment["paid_at"] is None:
            raise Refused(Refusal(RefusalCode.NOT_FOUND))
        parts = await self._parts(connection, payment, request)
        if self._needs_people(payment, parts):
            await ask_people(connection, TaskKind.TREASURY_REFUND, request.number, self.clock())
            return None
        wanted = Wanted(requester, request.key, hash, request.reason, parts, request.case_number)
        made = await self.making.make(connection, payment, wanted)
        if made is None:
            # The same key at the same moment, for another payment.
            raise BadRequest("idempotency_key_reused")
        return made

    async def _known(
        self, connection: AsyncConnection, requester: str, key: str, hash: bytes
    ) -> RowMapping | None:
        values = {"of_requester": requester, "of_key": key}
        row = (await connection.execute(OF_KEY, values)).mappings().first()
        if row is not None and row["request_hash"] != hash:
            raise BadRequest("idempotency_key_reused")
        return row

    async def _parts(
        self, connection: AsyncConnection, payment: RowMapping, request: RefundRequest
    ) -> tuple[Part, ...]:
        """
        What shall go back.

        :raises Refused: if it is not what the officer has seen, or more than there is
        """
        earlier = (await connection.execute(EARLIER, {"of_id": payment["id"]})).mappings().one()
        if earlier["under_way"]:
            raise Refused(Refusal(RefusalCode.REFUND_UNDER_WAY))
        if earlier["count"] >= TERMS[payment["channel"]].most:
            raise Refused(Refusal(RefusalCode.TOO_MANY_REFUNDS))
        left = await self.making.remaining(connection, payment)
        total = Money(sum(part.total.fen for part in left))
        if total != request.expected:
            raise Refused(Refusal(RefusalCode.REFUNDABLE_CHANGED, values={"amount": total.yuan}))
        if not left:
            raise Refused(Refusal(RefusalCode.NOTHING_TO_REFUND))
        if request.lines is None:
            return tuple(left)
        return _chosen({part.position: part for part in left}, request.lines)

    def _needs_people(self, payment: RowMapping, parts: Sequence[Part]) -> bool:
        """Surplus never becomes the treasury's; what was settled does."""
        if all(part.from_suspense for part in parts):
            return is_too_old(payment, self.clock())
        return is_the_treasurys(payment, self.clock(), self.cutoff)


def _may_be_ours(number: str) -> bool:
    """PostgreSQL cannot be asked about every string."""
    return number.isascii() and number.isalnum()


def _chosen(left: dict[int, Part], wanted: Sequence[LineWanted]) -> tuple[Part, ...]:
    chosen = []
    for line in wanted:
        part = left.get(line.position)
        if part is None or line.principal > part.principal or line.surcharge > part.surcharge:
            raise Refused(Refusal(RefusalCode.BEYOND_REFUNDABLE))
        asked = Part(line.position, line.principal, line.surcharge, part.from_suspense)
        if part.from_suspense and asked != part:
            # It is the citizen's, all of it.
            raise Refused(Refusal(RefusalCode.SURPLUS_IN_PARTS))
        chosen.append(asked)
    return tuple(chosen)


def _check(request: RefundRequest) -> None:
    check_key(request.key)
    if len(request.key) > LONGEST_KEY or request.reason not in BY_OFFICERS:
        raise BadRequest("refund_reason")
    text = request.case_number
    if not text.strip() or len(text) > LONGEST_CASE_NUMBER or not text.isprintable():
        raise BadRequest("case_number")
    lines = request.lines
    if lines is None:
        return
    positions = [line.position for line in lines]
    is_empty = any(
        min(line.principal.fen, line.surcharge.fen) < 0
        or not line.principal.fen + line.surcharge.fen
        for line in lines
    )
    if not 1 <= len(lines) <= MOST_LINES or len(set(positions)) != len(positions) or is_empty:
        raise BadRequest("refund_lines")


def _hash_of(request: RefundRequest) -> bytes:
    lines = request.lines
    return request_hash(
        number=request.number,
        lines=None
        if lines is None
        else sorted((one.position, one.principal.fen, one.surcharge.fen) for one in lines),
        expected=request.expected.fen,
        reason=request.reason.value,
        case_number=request.case_number,
    )
