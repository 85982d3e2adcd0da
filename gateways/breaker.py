"""A circuit breaker: stop asking a sick upstream, then let exactly one caller find out."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from domain.failures import UpstreamReason, UpstreamUnavailable

PROBE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """When to open: too large a share of failures among enough calls of the last seconds."""

    window_seconds: float = 30.0
    minimum_calls: int = 20
    failure_rate: float = 0.5
    open_seconds: float = 5.0


@dataclass(slots=True, eq=False)
class Trial:
    """One call under guard. Say whether the upstream was healthy; silence proves nothing."""

    round: int
    healthy: bool | None = None


class Breaker:
    """
    Closed, open, or half-open with one probe.

    Everybody but the probe fails at once. A cancelled probe leaves no verdict and frees its place.
    """

    def __init__(
        self, settings: BreakerSettings, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._now = now
        self._results: deque[tuple[float, bool]] = deque()
        self._failures = 0
        self._opened_at: float | None = None
        self._probe: Trial | None = None
        self._round = 0

    @property
    def is_open(self) -> bool:
        """Whether ordinary calls are refused."""
        return self._opened_at is not None

    def check(self) -> None:
        """
        Refuse what would not get through now; reserves nothing.

        :raises UpstreamUnavailable: BREAKER_OPEN, with the seconds until it is worth asking again
        """
        if self._opened_at is None:
            return
        wait = self._settings.open_seconds - (self._now() - self._opened_at)
        if wait > 0 or self._probe is not None:
            retry_after = max(wait, PROBE_SECONDS)
            raise UpstreamUnavailable(UpstreamReason.BREAKER_OPEN, retry_after=retry_after)

    @contextmanager
    def guard(self) -> Iterator[Trial]:
        """
        Make one call; set `healthy` on the trial when the call has told.

        :raises UpstreamUnavailable: BREAKER_OPEN
        """
        self.check()
        trial = Trial(self._round)
        if self._opened_at is not None:
            self._probe = trial
        try:
            yield trial
        finally:
            self._settle(trial)

    def _settle(self, trial: Trial) -> None:
        if trial is self._probe:
            self._probe = None
            if trial.healthy is not None:
                self._turn(opened_at=None if trial.healthy else self._now())
        # Results of calls that began before the last turn say nothing about now.
        elif trial.healthy is not None and trial.round == self._round and not self.is_open:
            self._record(healthy=trial.healthy)

    def _record(self, *, healthy: bool) -> None:
        now = self._now()
        self._results.append((now, healthy))
        self._failures += not healthy
        while self._results[0][0] <= now - self._settings.window_seconds:
            self._failures -= not self._results.popleft()[1]
        enough = len(self._results) >= self._settings.minimum_calls
        if enough and self._failures >= self._settings.failure_rate * len(self._results):
            self._turn(opened_at=now)

    def _turn(self, *, opened_at: float | None) -> None:
        self._opened_at = opened_at
        self._round += 1
        self._results.clear()
        self._failures = 0
