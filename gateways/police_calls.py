"""The way of every call to the register: place, breaker, quota, wire, and perhaps once more."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import aiohttp

from domain import deadlines
from domain.failures import UpstreamReason, UpstreamUnavailable
from domain.times import Clock
from gateways import soap
from gateways.breaker import Breaker
from gateways.bulkhead import Bulkhead, CallClass
from gateways.charsets import text_of
from gateways.pace import Pace
from gateways.police_documents import Reply, query_document, read_reply
from gateways.police_envelopes import envelope
from gateways.police_http import post
from gateways.police_stats import PoliceStats
from gateways.police_verdicts import has_rows_to_read, seconds_to_midnight
from gateways.police_wire import Interface, PoliceWire
from gateways.retries import PASSING, Retries
from gateways.upstream_door import Passage
from gateways.xml_repair import Unreadable

Result = TypeVar("Result")
TakeQuota = Callable[[str], Awaitable[bool]]
QuotaExhausted = Callable[[str], Awaitable[None]]

logger = logging.getLogger("clearway.police")

MARGIN_SECONDS = 0.05
# Reading a long answer takes a while: not on the loop.
LONG_BODY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Question:
    """An interface and its conditions by wire name. Hashable: equal questions share a call."""

    interface: Interface
    conditions: tuple[tuple[str, str], ...] = field(repr=False)


def time_for(limit: float) -> float:
    """
    Seconds a call may take, leaving a little for the way back.

    :raises UpstreamUnavailable: NO_TIME_LEFT
    """
    seconds = min(limit, deadlines.remaining(limit + MARGIN_SECONDS) - MARGIN_SECONDS)
    if seconds <= 0:
        raise UpstreamUnavailable(UpstreamReason.NO_TIME_LEFT)
    return seconds


@dataclass(frozen=True, slots=True)
class PoliceCalls:
    """Lets calls out. To a question there is an answer, or UpstreamUnavailable says why not."""

    wire: PoliceWire
    session: aiohttp.ClientSession
    breaker: Breaker
    bulkhead: Bulkhead
    pace: Pace
    retries: Retries
    take_quota: TakeQuota
    quota_exhausted: QuotaExhausted
    clock: Clock
    stats: PoliceStats

    def longest(self, question: Question) -> float:
        """Seconds after which every question has ended, one way or the other."""
        return self.wire.timeout(question.interface) * self.wire.patience + 1

    async def ask(
        self, question: Question, call_class: CallClass, read: Callable[[Reply | None], Result]
    ) -> Result:
        """
        Ask with retries. `read` is given the reply, or None if there is no such record.

        :raises UpstreamUnavailable: for everything that is not an answer
        """

        async def attempt(number: int) -> Result:
            self.stats.retries += number > 1
            with self.noted(question.interface, number):
                return await self._attempt(question, call_class, read, number)

        with deadlines.within(self.wire.timeout(question.interface) * self.wire.patience):
            return await self.retries.run(attempt)

    @contextmanager
    def noted(self, interface: Interface, attempt: int = 1) -> Iterator[None]:
        """Count and log what goes wrong with a call."""
        started = time.monotonic()
        try:
            yield
        except UpstreamUnavailable as failure:
            self.stats.failures[failure.reason] += 1
            logger.warning(
                "call failed: interface=%s reason=%s ms=%d attempt=%d",
                self.wire.interfaces[interface],
                failure.reason.value,
                (time.monotonic() - started) * 1000,
                attempt,
            )
            raise

    @asynccontextmanager
    async def passage(self, interface: Interface, call_class: CallClass) -> AsyncIterator[Passage]:
        """
        Let one call out, and tell the breaker and the quota how it ended.

        :raises UpstreamUnavailable: on entering, if it is not let out
        """
        limit = self.wire.timeout(interface)
        self.breaker.check()  # Not worth queueing for.
        async with self.bulkhead.place(call_class):
            await self.pace.turn(self.wire.place_wait_seconds)
            with self.breaker.guard() as trial:
                time_for(limit)
                await self._take_quota(interface)
                passage = Passage(time_for(limit), trial)
                try:
                    yield passage
                except Unreadable as error:
                    trial.healthy = False
                    raise broken(error) from error
                except UpstreamUnavailable as failure:
                    trial.healthy = failure.reason not in PASSING
                    if failure.reason is UpstreamReason.OVER_QUOTA:
                        await self.quota_exhausted(self.wire.interfaces[interface])
                    raise
                trial.healthy = True

    async def _attempt(
        self,
        question: Question,
        call_class: CallClass,
        read: Callable[[Reply | None], Result],
        number: int,
    ) -> Result:
        async with self.passage(question.interface, call_class) as passage:
            if number == 1:
                self.retries.budget.deposit()
            reply = await self._exchange(question, passage)
        try:
            return read(reply)
        except Unreadable as error:
            # The register is well, its row is not: nothing for the breaker.
            raise broken(error) from error

    async def _take_quota(self, interface: Interface) -> None:
        if not await self.take_quota(self.wire.interfaces[interface]):
            raise UpstreamUnavailable(
                UpstreamReason.OVER_QUOTA,
                retry_after=seconds_to_midnight(self.clock()),
                detail="own count",
            )

    async def _exchange(self, question: Question, passage: Passage) -> Reply | None:
        wire, interface = self.wire, question.interface
        self.stats.calls[interface] += 1
        message = envelope(wire, interface, query_document(dict(question.conditions)))
        body = await post(
            self.session, wire.url, message, seconds=passage.seconds, cap=wire.cap(interface)
        )
        return await self._reply(body, interface)

    async def _reply(self, body: bytes, interface: Interface) -> Reply | None:
        nodes = self.wire.nodes[interface]
        if len(body) > LONG_BODY:
            reply = await asyncio.to_thread(_read, body, nodes)
        else:
            reply = _read(body, nodes)
        night = self.wire.night_retry_seconds
        some = has_rows_to_read(reply, self.wire.texts, self.clock(), night)
        return reply if some else None


def broken(error: Unreadable) -> UpstreamUnavailable:
    """The failure that an unreadable answer is."""
    return UpstreamUnavailable(UpstreamReason.BROKEN_ANSWER, detail=str(error))


def _read(body: bytes, nodes: tuple[str, ...]) -> Reply:
    return read_reply(soap.returned(text_of(body)), nodes)
