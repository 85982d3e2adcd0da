"""Many requests from one thread, at even intervals or as fast as they are answered."""

import gc
import re
import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.speed.servers import Server
from benchmarks.speed.trouble import Trouble

CONNECTIONS = 32
STALLED_SECONDS = 10.0
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)
END = b"\r\n\r\n"
AT_ONCE = float("inf")


@dataclass(slots=True, eq=False)
class Connection:
    """One connection, and the request on it. `due`: when that had to be asked."""

    socket: socket.socket
    due: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def fileno(self) -> int:
        """For select."""
        return self.socket.fileno()

    def ask(self, request: bytes, due: float) -> None:
        """Begin a request; it fits into the socket's buffer."""
        self.due = due
        self.received.clear()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """
        Read what is there; whether that was the end of the answer.

        :raises Trouble: if the answer is an error, or the connection ends
        """
        part = self.socket.recv(65_536)
        self.received += part
        head, _, body = self.received.partition(END)
        length = LENGTH.search(head + END)
        if not part or (length and not head.startswith(b"HTTP/1.1 200 ")):
            raise Trouble(f"an answer failed: {bytes(head[:80])!r}")
        return length is not None and len(body) >= int(length[1])


@contextmanager
def connected(server: Server, count: int = CONNECTIONS) -> Iterator[list[Connection]]:
    """So many connections to a server, for as long as the block lasts."""
    opened: list[Connection] = []
    # Our own pauses must not look like the server's.
    gc.disable()
    try:
        for _ in range(count):
            one = socket.create_connection(("127.0.0.1", server.port), timeout=STALLED_SECONDS)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.append(Connection(one))
        yield opened
    finally:
        gc.enable()
        for connection in opened:
            connection.socket.close()


def requests_of(server: Server, tokens: Sequence[str]) -> list[bytes]:
    """The query as each of the holders asks it."""
    body = server.contender.body
    return [
        (
            "POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: application/json\r\n"
            f"content-type: application/json\r\nauthorization: Bearer {token}\r\n"
            f"content-length: {len(body)}\r\n\r\n"
        ).encode("ascii")
        + body
        for token in tokens
    ]


def ask_all(
    connections: Sequence[Connection], requests: Sequence[bytes], count: int, rate: float = AT_ONCE
) -> list[float]:
    """
    Ask so often, `rate` requests a second; the seconds from when each was due to its answer.

    :raises Trouble: if an answer is an error, or none comes any more
    """
    free, busy, taken = deque(connections), set[Connection](), list[float]()
    began = heard_at = time.perf_counter()
    asked = 0
    while len(taken) < count:
        due, now = began + asked / rate, time.perf_counter()
        if asked < count and free and due <= now:
            connection = free.popleft()
            connection.ask(requests[asked % len(requests)], due)
            busy.add(connection)
            asked += 1
            continue
        # The next one is due, or an answer comes; without a free connection only that helps.
        patience = due - now if asked < count and free else STALLED_SECONDS
        for connection in select.select(list(busy), [], [], patience)[0]:
            heard_at = time.perf_counter()
            if connection.is_answered():
                taken.append(heard_at - connection.due)
                busy.remove(connection)
                free.append(connection)
        if busy and time.perf_counter() - heard_at > STALLED_SECONDS:
            raise Trouble(f"only {len(taken)} of {count} requests were answered")
    return taken
