"""Opening a payment at its channel. The same order is sent however often it is tried."""

from dataclasses import dataclass
from datetime import timedelta
from random import uniform

from sqlalchemy import RowMapping

from domain.failures import UpstreamUnavailable
from domain.money import Money
from domain.payments import Order, PaymentProblem, PaymentRefused, PaymentStatus
from domain.platforms import Channel
from domain.schedules import wait_before_check
from domain.times import Clock
from gateways.outcomes import NotDone
from models.database import Database
from models.due import release
from models.payment import Payment
from models.vault import Vault
from services.crash_points import CrashPoint, Reached
from services.payment_channels import PaymentChannel
from services.payments.rows import end_unpaid

# When people have been asked, too.
AFTERWARDS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """Opens leased payments, and writes down what came of it."""

    db: Database
    vault: Vault
    channels: dict[Channel, PaymentChannel]
    clock: Clock
    reached: Reached

    async def open(self, row: RowMapping) -> PaymentProblem | None:
        """
        Send the order of a leased payment; why the channel refused it for good, if it did.

        Not done or unknown, it is seen to again later.
        """
        try:
            handle = await self.channels[row["channel"]].begin(self._order(row))
        except PaymentRefused as refused:
            if refused.problem is PaymentProblem.NUMBER_USED or row["checks"]:
                # Perhaps opened, or paid, by an order whose answer was lost: the channel is asked.
                await self.put_back(row, PaymentStatus.UNKNOWN)
                return None
            async with self.db.begin() as connection:
                await end_unpaid(connection, row, PaymentStatus.FAILED, self.clock())
            return refused.problem
        except NotDone:
            await self.put_back(row, row["status"])
            return None
        except UpstreamUnavailable:
            await self.put_back(row, PaymentStatus.UNKNOWN)
            return None
        self.reached(CrashPoint.PAYMENT_BEGUN)
        await self.put_back(row, PaymentStatus.AWAITING, handle=handle, checks=0)
        self.reached(CrashPoint.PAYMENT_AWAITING)
        return None

    async def put_back(self, row: RowMapping, status: PaymentStatus, **values: object) -> bool:
        """
        Give a leased payment back with its status, to be seen to again by the schedule.

        False when that is at its end: people are needed, though it is still asked about daily. If a
        notice settled it meanwhile the lease is gone, and nothing is written.
        """
        now = self.clock()
        checks = int(str(values.get("checks", row["checks"])))
        wait = wait_before_check(checks, now - row["created_at"], uniform(-1, 1))  # noqa: S311
        at = now + (wait or AFTERWARDS)
        if now < row["expires_at"] < at:
            at = row["expires_at"]
        async with self.db.single() as connection:
            await connection.execute(release(Payment, row, at, status=status, **values))
        return wait is not None

    def _order(self, row: RowMapping) -> Order:
        secrets = self.vault.open(row["sealed"], belongs_to=payer_of(row["number"]))
        return Order(
            number=row["number"],
            amount=Money(row["amount_fen"]),
            subject=row["subject"],
            payer=secrets["open_id"] or "",
            expires_at=row["expires_at"],
        )


def payer_of(number: str) -> str:
    """What a payment's sealed payer is bound to."""
    return f"payment {number}"
