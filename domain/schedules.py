"""When to ask again about something whose outcome nobody knows yet."""

from datetime import timedelta

# WeChat Pay wants the first question within a minute; then it is asked less and less often.
FIRST_WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 60))
LATER_WAITS = (
    (timedelta(hours=1), timedelta(minutes=5)),
    # Longer than either channel goes on sending notices by itself (24 h 4 min, 25 h).
    (timedelta(hours=25), timedelta(minutes=30)),
)
SPREAD = 0.2


def wait_before_check(checks: int, age: timedelta, spread: float = 0.0) -> timedelta | None:
    """
    How long to wait before asking again; None: no more, people have to see to it.

    :param checks: how often it has been asked about
    :param age: how long it has been unknown
    :param spread: a random number from -1 to 1: the wait is up to a fifth shorter or longer
    """
    factor = 1 + SPREAD * spread
    if checks < len(FIRST_WAITS):
        return FIRST_WAITS[checks] * factor
    for until, wait in LATER_WAITS:
        if age < until:
            return wait * factor
    return None
