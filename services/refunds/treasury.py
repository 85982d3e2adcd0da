"""When the money of a payment is the treasury's, and no button gives it back any more."""

from datetime import datetime, timedelta

from sqlalchemy import RowMapping

from domain.platforms import Channel
from domain.times import legal_day, start_of
from services.refunds.terms import TERMS


def is_the_treasurys(payment: RowMapping, now: datetime, cutoff: timedelta) -> bool:
    """
    Whether what was settled has to come back by the treasury's own procedure (非税退付).

    :param cutoff: after the end of the legal day of the payment, when it is handed on
    """
    day = legal_day(payment["paid_at"])
    return now >= start_of(day + timedelta(days=1)) + cutoff or is_too_old(payment, now)


def is_too_old(payment: RowMapping, now: datetime) -> bool:
    """Whether the channel takes no refund of the payment any more."""
    window = TERMS[Channel(payment["channel"])].window
    paid_at: datetime = payment["paid_at"]
    return now >= paid_at + window
