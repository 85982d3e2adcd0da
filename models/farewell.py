"""Notice a server that has gone while a connection rested, without asking it anything."""

import select


def has_left(descriptor: int) -> bool:
    """
    Whether the server has closed this connection.

    An idle connection has nothing to read; if there is, it is the server's farewell.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))
