"""What was agreed on with a channel, and one day of it as the statements know it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from domain.platforms import Channel
from domain.times import start_of


@dataclass(frozen=True, slots=True)
class ChannelTerms:
    """
    What is known beforehand of a channel's bills.

    :ivar merchant: ours, in the channel's words; None if it was not configured
    :ivar fee_per_ten_thousand: what the channel keeps, rounded half up; None if not configured
    """

    merchant: str | None = None
    fee_per_ten_thousand: int | None = None


@dataclass(frozen=True, slots=True)
class BillDay:
    """One legal day of a channel."""

    channel: Channel
    day: date
    terms: ChannelTerms

    @property
    def name(self) -> str:
        """What people and the books call it."""
        return f"{self.channel}-{self.day}"

    @property
    def end(self) -> datetime:
        """The instant at which it is over."""
        return start_of(self.day + timedelta(days=1))

    @property
    def parameters(self) -> dict[str, Any]:
        """For every statement that compares."""
        return {
            "channel": self.channel.value,
            "day": self.day,
            "begin": start_of(self.day),
            "end": self.end,
            "merchant": self.terms.merchant,
            "fee": self.terms.fee_per_ten_thousand,
        }
