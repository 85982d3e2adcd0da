"""uvicorn's server, stopping in a way that no client notices."""

import asyncio
import logging
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from graphql_api.serving.admission import Admission
from graphql_api.serving.guard import Guard
from graphql_api.serving.lane import AnswerPost, Lane
from graphql_api.serving.limits import Limits
from graphql_api.serving.protocol import Protocol
from graphql_api.serving.state import State

LONGEST_FAREWELL_SECONDS = 1.0
LOOK_SECONDS = 0.1

log = logging.getLogger("clearway.serve")


class Server(uvicorn.Server):
    """
    Stops in three steps: drain, finish, close.

    While it drains it serves as ever, but every answer ends its connection, so that clients go
    elsewhere by themselves: whoever is still connected afterwards has been silent all the time.

    :param drain_seconds: how long after the first signal it still listens
    :param on_drain: told when the draining begins
    :param answer_post: answers what is posted to /graphql as `app` would, only without ASGI
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        drain_seconds: float,
        on_drain: Callable[[], None],
        limits: Limits = Limits(),
        answer_post: AnswerPost | None = None,
    ) -> None:
        self.admission = Admission(app, limits)
        super().__init__(
            uvicorn.Config(
                Guard(self.admission),
                http=Protocol,
                ws="none",
                lifespan="on",
                # Ours is configured already; and a path may hold a ticket for pictures.
                log_config=None,
                access_log=False,
                server_header=False,
                # Nothing here asks where a client is.
                proxy_headers=False,
                timeout_keep_alive=limits.keep_alive_seconds,
                timeout_graceful_shutdown=limits.finish_seconds,
            )
        )
        self._state = State(limits, answer_post and Lane(answer_post, self.admission))
        self.server_state = self._state
        self._drain_seconds = drain_seconds
        self._on_drain = on_drain
        self._drained_at = 0.0
        self._is_hurried = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop at the first signal, and hurry at the next one."""
        self._is_hurried = self.should_exit
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Tell whether to stop listening."""
        if not await super().on_tick(counter):
            return False
        if not self._state.draining:
            self._begin_to_drain()
        return self._is_hurried or asyncio.get_running_loop().time() >= self._drained_at

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish what runs, then close what is open; who is hurried does not wait for it."""
        hurrying = asyncio.create_task(self._cut_when_hurried())
        await super().shutdown(sockets)
        hurrying.cancel()

    def _begin_to_drain(self) -> None:
        log.info("draining for %g s", self._drain_seconds)
        self._drained_at = asyncio.get_running_loop().time() + self._drain_seconds
        self._state.draining = True
        self._state.farewell_seconds = min(self._drain_seconds, LONGEST_FAREWELL_SECONDS)
        self._on_drain()
        for connection in self._connections():
            connection.announce_end()

    async def _cut_when_hurried(self) -> None:
        # A signal can come at any point of the loop's own work: it leaves a note, no more.
        while not self._is_hurried:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)
        for task in self._state.tasks:
            task.cancel()
        # Those that are cancelled still say so.
        await asyncio.sleep(LOOK_SECONDS)
        for connection in self._connections():
            connection.transport.abort()

    def _connections(self) -> list[Protocol]:
        return [one for one in self._state.connections if isinstance(one, Protocol)]
