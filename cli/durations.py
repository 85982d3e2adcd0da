"""Lengths of time, as options give them."""

import re
from datetime import timedelta

from cli.problems import Problem

DURATION = re.compile(r"(\d{1,6})([smhd])", re.ASCII)
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def parse_duration(text: str) -> timedelta:
    """
    Read 90s, 15m, 1h or 1d.

    :raises Problem: if it is none of these
    """
    found = DURATION.fullmatch(text)
    if found is None:
        raise Problem(f"{text!r} is no length of time: give one such as 90s, 15m, 1h or 1d.")
    return timedelta(seconds=int(found[1]) * SECONDS[found[2]])
