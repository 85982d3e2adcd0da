"""How a call can end without an answer to work with: refused, not done, or unknown."""

from domain.failures import UpstreamUnavailable


class NotDone(UpstreamUnavailable):
    """
    Surely nothing was done: the request never left us, or was turned away unread.

    It may be made again, with the same reference. Any other UpstreamUnavailable of a call that
    changes something means *unknown*: ask by the reference, and never call with a new one.
    """
