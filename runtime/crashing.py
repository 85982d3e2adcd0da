"""Dying on purpose, so that it can be shown that nothing is lost. Trials only."""

import os

from services.crash_points import CrashPoint, Reached, go_on

# As after `kill -9`: nothing is flushed, closed or rolled back by us.
STATUS = 9


def crash_when(point: CrashPoint | None) -> Reached:
    """What happens at crash points: the process ends at the one that is named."""
    if point is None:
        return go_on

    def reached(at: CrashPoint) -> None:
        if at is point:
            os._exit(STATUS)

    return reached
