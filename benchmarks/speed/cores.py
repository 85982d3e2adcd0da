"""Two cores: one for the server that is measured, one for all that it needs and who asks it."""

import os
import shutil
from dataclasses import dataclass

from benchmarks.speed.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Cores:
    """Which core is whose."""

    server: int
    others: int


def choose_cores() -> Cores:
    """
    The first two that we may use. We ourselves move to the second.

    :raises Trouble: if there is only one, or none can be chosen here
    """
    if not hasattr(os, "sched_setaffinity") or shutil.which("taskset") is None:
        raise Trouble("The benchmark pins processes to cores: it needs Linux with util-linux.")
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < 2:
        raise Trouble("The benchmark needs two cores: one for the server, one for everything else.")
    os.sched_setaffinity(0, {mine[1]})
    return Cores(mine[0], mine[1])


def on_core(core: int, command: list[str]) -> list[str]:
    """A command whose processes and threads all stay on a core."""
    return ["taskset", "--cpu-list", str(core), *command]
