"""What a request's answer is written to."""

import asyncio
from collections.abc import Callable


class Outlet(asyncio.Transport):
    """A connection as uvicorn's request and answer see it: closing it is left to us."""

    def __init__(self, transport: asyncio.Transport, end: Callable[[], None]) -> None:
        super().__init__()
        self._transport = transport
        self._end = end

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._transport.write(data)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._end()
