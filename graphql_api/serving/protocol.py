"""HTTP/1.1 over one connection: uvicorn's protocol, with bounds on time and size."""

import asyncio
import logging
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graphql_api.responses import Answer
from graphql_api.serving.admission import PATH
from graphql_api.serving.alarm import Alarm
from graphql_api.serving.answers import CLOSE, busy, on_wire, refusal
from graphql_api.serving.guard import Crowded
from graphql_api.serving.heads import Unacceptable, check_head, head_size, head_without_upgrade
from graphql_api.serving.lane import Turn
from graphql_api.serving.outlet import Outlet
from graphql_api.serving.state import State

log = logging.getLogger("clearway.http")

GRAPHQL = PATH.encode()
NO_HTTP = Unacceptable(HTTPStatus.BAD_REQUEST, "This is not valid HTTP.")
TOO_SLOW = Unacceptable(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.")


class Arriving(Enum):
    """What of a request has begun to arrive and is not complete."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()


class Protocol(HttpToolsProtocol):
    """
    One connection.

    A request arrives in time and in size, or is refused; an answer is taken in time, or the client
    is cut off; a client is told before we hang up. An offer to upgrade is ignored, not obeyed.

    What is posted to /graphql and here as a whole when nothing else is being answered takes the
    lane. All else, and what has to be waited for, is answered by uvicorn's cycles through ASGI.
    """

    def __init__(
        self,
        config: Config,
        server_state: State,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._state = server_state
        self._limits = server_state.limits
        self._arriving = Arriving.NOTHING
        self._unfinished = 0
        self._is_refused = False
        self._lane = server_state.lane
        # What is being read, while it may yet turn out to be whole.
        self._turn: Turn | None = None
        self._arrival = Alarm(self._late)
        self._answer = Alarm(self._cut)
        self._silence = Alarm(self.timeout_keep_alive_handler)

    @property
    def is_idle(self) -> bool:
        """Whether no request is being answered."""
        return self.cycle is None or self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        crowd = len(self.connections) - self._limits.connections
        if crowd > self._limits.crowd:
            transport.abort()
        elif crowd > 0:
            self.app = Crowded(self.app)
            self._lane = None
        # pause_writing, then, means: not everything has been taken.
        transport.set_write_buffer_limits(high=0)
        self._arrival.set(self._limits.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        for alarm in (self._arrival, self._answer, self._silence):
            alarm.close()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:
            return
        self._silence.off()
        before = self._arriving
        try:
            self._feed(data)
            if self._arriving is Arriving.HEAD and before is not Arriving.BODY:
                self._unfinished += len(data)
                check_head(self.url, len(self.headers), self._unfinished, self._limits)
        except Unacceptable as reason:
            self._refuse(reason)
        except httptools.HttpParserError as error:
            ours = error.__context__
            self._refuse(ours if isinstance(ours, Unacceptable) else NO_HTTP)
        else:
            self._await_the_rest()

    def eof_received(self) -> bool:  # type: ignore[override]
        """Answer who has sent all and no longer sends; let the transport close for all others."""
        if self._is_refused or self.is_idle or self._arriving is not Arriving.NOTHING:
            return False
        self.cycle.keep_alive = False
        return True

    def on_message_begin(self) -> None:
        self._arriving = Arriving.HEAD
        self._unfinished = 0
        # uvicorn makes the scope here, too; in the lane nobody needs one.
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        self._arriving = Arriving.BODY
        self._arrival.off()
        check_head(self.url, len(self.headers), head_size(self.url, self.headers), self._limits)
        if self.parser.should_upgrade():
            if self.parser.get_method() == b"CONNECT":
                raise NO_HTTP
            return
        if self._lane is not None and self._may_use_lane():
            self._turn = Turn(self._lane, self.headers, self._keeps_alive())
        else:
            self._make_cycle()

    def on_body(self, body: bytes) -> None:
        if self._turn is None:
            super().on_body(body)
        else:
            self._turn.parts.append(body)

    def on_message_complete(self) -> None:
        self._arriving = Arriving.NOTHING
        self._arrival.off()
        if self._turn is not None:
            self._begin(self._turn)
        elif not self.parser.should_upgrade():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        self._state.total_requests += 1
        if self._is_refused:
            self.pipeline.clear()
        if not self.transport.is_closing():
            self._go_on()
        if self._is_refused:
            self._hang_up()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._answer.set(self._limits.answer_seconds)

    def resume_writing(self) -> None:
        super().resume_writing()
        self._answer.off()

    def announce_end(self) -> None:
        """Let the answers that have not begun say that they are the last ones."""
        if not self.is_idle and not self.cycle.response_started:
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """Stop: after the answer, or after a moment in which a last request may still arrive."""
        self.announce_end()
        if self.is_idle:
            self.loop.call_later(self._state.farewell_seconds, self._part)

    def _go_on(self) -> None:
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self._silence.set(self.timeout_keep_alive)

    def _may_use_lane(self) -> bool:
        """Whether a request may be answered without ASGI, if all of it is there."""
        return (
            self.url == GRAPHQL
            and self.is_idle
            and self.parser.get_method() == b"POST"
            and not self.expect_100_continue
            and not self.flow.write_paused
        )

    def _keeps_alive(self) -> bool:
        return (
            not self._state.draining
            and self.parser.get_http_version() != "1.0"
            and self.parser.should_keep_alive()
        )

    def _make_cycle(self) -> None:
        """Let uvicorn answer the request whose head is complete."""
        url, headers, expect_100_continue = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, expect_100_continue
        self.headers += headers
        super().on_headers_complete()
        self.cycle.transport = Outlet(self.transport, self._end)
        if self._state.draining or isinstance(self.app, Crowded):
            self.cycle.keep_alive = False

    def _leave_lane(self, turn: Turn) -> None:
        """Let uvicorn answer what is not whole: the application is told piece by piece."""
        self._turn = None
        self._make_cycle()
        for part in turn.parts:
            super().on_body(part)

    def _begin(self, turn: Turn) -> None:
        self._turn = None
        self.cycle = turn  # type: ignore[assignment]
        if turn.keep_alive and turn.lane.admission.is_full:
            # Without a task: five times too many requests leave no time for more.
            self._finish(turn, busy(turn.headers))
            return
        task = self.loop.create_task(self._respond(turn))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _respond(self, turn: Turn) -> None:
        self._finish(turn, await turn.lane.answer(turn.headers, b"".join(turn.parts)))

    def _finish(self, turn: Turn, answer: Answer) -> None:
        if turn.disconnected:
            return
        is_last = not turn.keep_alive or CLOSE in answer.headers
        self.transport.write(on_wire(answer, self._state.default_headers, is_last=is_last))
        turn.response_complete = True
        if is_last:
            self._end()
        self.on_response_complete()

    def _end(self) -> None:
        """Close after an answer; but who is still sending would be reset and never read it."""
        if self._arriving is Arriving.BODY and self.cycle.response_complete:
            self._is_refused = True
            self._arrival.off()
        else:
            self.transport.close()

    def _part(self) -> None:
        # What has begun to arrive has its own time limit, and is answered.
        if self.is_idle and self._arriving is Arriving.NOTHING:
            self.transport.close()

    def _feed(self, data: bytes) -> None:
        try:
            self._parse(data)
        finally:
            if self._turn is not None:
                self._leave_lane(self._turn)

    def _parse(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                # The parser takes what follows for another protocol, a body too. We speak none
                # (RFC 9110, section 7.8), so let it read the same head again without the offer.
                data = (
                    head_without_upgrade(self.parser, self.url, self.headers)
                    + data[upgrade.args[0] :]
                )

    def _await_the_rest(self) -> None:
        if self._arriving is Arriving.BODY:
            self._arrival.set(self._limits.body_seconds)
        # Empty lines before a request are none: who sends them still owes one.
        elif self._arriving is Arriving.HEAD or self.is_idle:
            self._arrival.set(self._limits.head_seconds)

    def _late(self) -> None:
        if self.flow.read_paused:
            self._await_the_rest()  # It is we who do not read.
        elif self._arriving is Arriving.NOTHING:
            self.transport.close()
        else:
            self._refuse(TOO_SLOW)

    def _refuse(self, reason: Unacceptable) -> None:
        log.info("request refused", extra={"reason": reason.status.value})
        self._is_refused = True
        self._arrival.off()
        if self.is_idle:
            # An answer that was given before its body had come is not followed by another one.
            self._hang_up(None if self.cycle and self.cycle.more_body else reason)
        elif self.cycle.more_body and not self.pipeline:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._hang_up(None if self.cycle.response_started else reason)
        # Else what came before is in order and being answered: we hang up after that.

    def _hang_up(self, reason: Unacceptable | None = None) -> None:
        if self.transport.is_closing():
            return
        if reason is not None:
            self.transport.write(
                on_wire(refusal(reason), self._state.default_headers, is_last=True)
            )
        self.transport.write_eof()
        self.loop.call_later(self._limits.last_words_seconds, self.transport.close)

    def _cut(self) -> None:
        log.info("client cut off: it does not take its answer")
        self.transport.abort()
