"""Counters of the police gateway, for `clearway doctor` and metrics. Numbers only."""

from collections import Counter
from dataclasses import dataclass, field

from domain.failures import UpstreamReason


@dataclass(slots=True)
class PoliceStats:
    """Since the start: `calls` went out on the wire; `failures` include those that never did."""

    calls: Counter[str] = field(default_factory=Counter)
    failures: Counter[UpstreamReason] = field(default_factory=Counter)
    retries: int = 0
    dropped_rows: int = 0
    unreadable_rows: int = 0
    missing_rows: int = 0
