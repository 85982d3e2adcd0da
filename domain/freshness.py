"""How old a mirrored answer may be, and what we say about its age."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class FreshnessState(StrEnum):
    """FRESH: as good as asking now. STALE: last known. UNAVAILABLE: nothing usable is known."""

    FRESH = "FRESH"
    STALE = "STALE"
    UNAVAILABLE = "UNAVAILABLE"


# Looked up through the class, a member costs more than the comparison it is needed for.
FRESH, STALE, UNAVAILABLE = FreshnessState


class Freshness(NamedTuple):
    """The state of an answer and the instant at which the register gave it."""

    state: FreshnessState
    fetched_at: datetime | None

    @property
    def usable(self) -> bool:
        """Whether the answer may be shown at all."""
        return self.state is not UNAVAILABLE


UNKNOWN = Freshness(UNAVAILABLE, None)


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
            return Freshness(FRESH, fetched_at)
        if age <= self.hard:
            return Freshness(STALE, fetched_at)
        return Freshness(UNAVAILABLE, fetched_at)


def worst(all_of: list[Freshness]) -> Freshness:
    """The freshness of an answer put together from several: the worst state, the oldest instant."""
    order = list(FreshnessState)
    state = max((one.state for one in all_of), key=order.index, default=FRESH)
    instants = [one.fetched_at for one in all_of if one.fetched_at is not None]
    return Freshness(state, min(instants, default=None))
