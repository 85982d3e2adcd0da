"""What every benchmark of this folder is given."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.cluster import Cluster
from benchmarks.speed.cores import Cores
from benchmarks.speed.measuring import Plan
from runtime.settings import Settings


@dataclass(frozen=True, slots=True)
class Bench:
    """
    PostgreSQL, the cores, Clearway's settings, and the checkout of Clearway that is measured.

    `smoke`: only to see that it runs; the figures mean nothing, and nothing is kept.
    """

    cluster: Cluster
    cores: Cores
    settings: Settings
    tree: Path
    smoke: bool = False

    def plan(self, cases: tuple[str, ...]) -> Plan:
        """How long and how often these cases are measured."""
        return Plan(cases, rounds=1, seconds=1, warm_up=1) if self.smoke else Plan(cases)
