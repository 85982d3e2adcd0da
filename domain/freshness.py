"""How old a mirrored answer may be, and what we say about its age."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class FreshnessState(StrEnum):
    """FRESH: as good as asking now. STALE: last known. UNAVAILABLE: nothing usable is known."""

    FRESH = "FRESH"
    STALE = "STALE"
    UNAVAILABLE = "UNAVAILABLE"


@dataclass(frozen=True, slots=True)
class Freshness:
    """The state of an answer and the instant at which the register gave it."""

    state: FreshnessState
    fetched_at: datetime | None

    @property
    def usable(self) -> bool:
        """Whether the answer may be shown at all."""
        return self.state is not FreshnessState.UNAVAILABLE


UNKNOWN = Freshness(FreshnessState.UNAVAILABLE, None)


@dataclass(frozen=True, slots=True)
class AgePolicy:
    """Until `soft` an answer counts as fresh; after `hard` it is no longer shown."""

    soft: timedelta = timedelta(minutes=10)
    hard: timedelta = timedelta(days=7)

    def judge(self, fetched_at: datetime | None, now: datetime) -> Freshness:
        """The freshness of an answer that was given at an instant."""
        if fetched_at is None:
            return UNKNOWN
        age = now - fetched_at
        if age <= self.soft:
            return Freshness(FreshnessState.FRESH, fetched_at)
        if age <= self.hard:
            return Freshness(FreshnessState.STALE, fetched_at)
        return Freshness(FreshnessState.UNAVAILABLE, fetched_at)


def worst(all_of: list[Freshness]) -> Freshness:
    """The freshness of an answer put together from several: the worst state, the oldest instant."""
    order = list(FreshnessState)
    state = max((one.state for one in all_of), key=order.index, default=FreshnessState.FRESH)
    instants = [one.fetched_at for one in all_of if one.fetched_at is not None]
    return Freshness(state, min(instants, default=None))
