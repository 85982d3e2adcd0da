"""Processes and what they use, read from /proc (Linux)."""

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_USER, _SYSTEM = 11, 12
# Of the line of all cores: user, nice, system, idle, iowait, irq, softirq, steal.
_IDLE, _IRQ, _STEAL = 3, 5, 7


def tree(pid: int) -> list[int]:
    """A process and all that came of it."""
    found = [pid]
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += tree(int(child))
    return found


def cpu_seconds(pid: int) -> float:
    """Processor time of a tree so far, user's and system's."""
    return sum(_of_each(pid, _cpu_ticks)) / _TICKS


def resident_mb(pid: int) -> float:
    """Memory of a tree."""
    return sum(_of_each(pid, _resident_kb)) / 1024


def own_seconds() -> float:
    """Processor time of ourselves, and of those whom we waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def busy_seconds() -> float:
    """Processor time of everybody on this machine, all cores together."""
    fields = _machine()
    return (sum(fields[:_IDLE]) + sum(fields[_IRQ:_STEAL])) / _TICKS


def steal_seconds() -> float:
    """Time that the machine under this one took from it, all cores together."""
    return _machine()[_STEAL] / _TICKS


def _machine() -> list[int]:
    return [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]


def _of_each(pid: int, measure: Callable[[int], int]) -> list[int]:
    values = []
    for one in tree(pid):
        # It may have ended meanwhile.
        with suppress(OSError):
            values.append(measure(one))
    return values


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[_USER]) + int(fields[_SYSTEM])


def _resident_kb(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) if found else 0
