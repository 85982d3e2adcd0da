"""What can go wrong with our own PostgreSQL, told to the person who has to mend it."""


class PostgresProblem(Exception):
    """PostgreSQL cannot be prepared, started or stopped. The message says what to do next.

    :ivar log_tail: the last lines PostgreSQL wrote, for `doctor`; empty if it wrote none
    """

    def __init__(self, message: str, log_tail: str = "") -> None:
        super().__init__(message)
        self.log_tail = log_tail


class PostgresNotFound(PostgresProblem):
    """No usable PostgreSQL program is on this machine."""
