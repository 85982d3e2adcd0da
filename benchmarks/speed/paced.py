"""
Clearway at a share of its capacity, asked at even intervals however long its answers take.

wrk asks again when it is answered, so a slow server is asked less and looks better than it is. Here
an answer's time counts from the instant at which it was due to be asked for.
"""

from collections.abc import Sequence

from benchmarks.speed.asking import ask_all, connected, requests_of
from benchmarks.speed.results import Paced
from benchmarks.speed.servers import Server

LOAD = 0.7
SECONDS, WARM_UP_SECONDS = 10.0, 2.0


def paced(server: Server, tokens: Sequence[str], capacity: float) -> Paced:
    """
    How long answers take at 70 % of a capacity in requests a second.

    :raises Trouble: if an answer is an error
    """
    rate = LOAD * capacity
    requests = requests_of(server, tokens)
    with connected(server) as connections:
        ask_all(connections, requests, int(rate * WARM_UP_SECONDS), rate)
        seconds = sorted(ask_all(connections, requests, int(rate * SECONDS), rate))
    p50, p99 = (seconds[int(len(seconds) * part)] * 1000 for part in (0.5, 0.99))
    return Paced(LOAD, rate, p50, p99)
