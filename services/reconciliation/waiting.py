"""When to ask again for a bill, or about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.schedules import wait_before_check
from services.reconciliation.days import first_look
from services.reconciliation.terms import BillDay

NOT_READY_WAIT = timedelta(minutes=30)
HOURLY = timedelta(hours=1)
LATER_WAIT = timedelta(hours=4)
# After the day: then people have to ask where its bill is.
PATIENCE = timedelta(hours=48)
REGISTER_PATIENCE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A bill that is not there yet. `given_up_at`: people are asked, and still it is looked for."""

    given_up_at: datetime

    def next_at(self, now: datetime) -> datetime:
        """When to look for it next."""
        return now + (NOT_READY_WAIT if now < self.given_up_at else LATER_WAIT)


def not_ready(day: BillDay) -> Waiting:
    """A bill that the channel has not made."""
    return Waiting(day.end + PATIENCE)


def after_silence(day: BillDay, checks: int, now: datetime) -> datetime:
    """When to ask a channel that did not answer."""
    age = now - first_look(day.day)
    return now + (wait_before_check(checks, age) or LATER_WAIT)


def after_refusal(day: BillDay, now: datetime) -> datetime:
    """When to fetch a bill anew that could not be trusted."""
    return now + (HOURLY if now < day.end + PATIENCE else LATER_WAIT)


def again_at_register(day: BillDay, now: datetime) -> datetime | None:
    """When to ask a register that was silent; None: it stays unasked."""
    return now + HOURLY if now < day.end + REGISTER_PATIENCE else None
