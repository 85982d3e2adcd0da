"""Notice a server that has gone while a connection rested, without asking it anything."""

import select


def has_news(descriptor: int) -> bool:
    """
    Whether there is something to read that the event loop has not come to yet.

    An idle connection has nothing to read; if there is, it is the server's farewell.
    """
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(poll.poll(0))
