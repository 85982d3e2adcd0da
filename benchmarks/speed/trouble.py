"""What ends a run, said in one sentence."""


class Trouble(Exception):
    """The benchmark cannot go on; the message says what to do."""
