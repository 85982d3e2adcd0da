"""What stands against it in the service: a silent register, or the hour (rule R40)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.freshness import Freshness, FreshnessState
from domain.refusals import Refusal, RefusalCode
from domain.rules.values import Hours
from domain.times import CHINA

MINUTE = timedelta(minutes=1)


def freshness_refusals(freshness: Freshness, now: datetime) -> Iterator[Refusal]:
    """Why what is known is not good enough to act on: only as good as asking now will do."""
    if freshness.state is FreshnessState.FRESH:
        return
    if freshness.fetched_at is None:
        yield Refusal(RefusalCode.UPSTREAM_UNAVAILABLE)
    else:
        age = str((now - freshness.fetched_at) // MINUTE)
        yield Refusal(RefusalCode.UPSTREAM_UNAVAILABLE, "stale", {"age": age})


def hours_refusals(hours: Hours, now: datetime) -> Iterator[Refusal]:
    """Why it is the wrong time of day."""
    if not is_open(hours, now):
        values = {"opens": f"{hours.opens:%H:%M}", "closes": f"{hours.closes:%H:%M}"}
        yield Refusal(RefusalCode.NIGHT_WINDOW, values=values)


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether it is within the hours: from the instant of opening to before that of closing."""
    opens, closes = hours.opens, hours.closes
    time = now.astimezone(CHINA).time()
    if opens < closes:
        return opens <= time < closes
    return time >= opens or time < closes
