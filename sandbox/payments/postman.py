"""Notices on their way to the merchant, over real HTTP, as often as it takes."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from sandbox.payments.trouble import NO_TROUBLE, Trouble

_DELIVERIES = 1000


@dataclass(frozen=True, slots=True)
class Letter:
    """
    A notice to deliver.

    :ivar key: the out_trade_no
    :ivar event: the channel's word for what it tells
    :ivar make: headers and body, signed anew at each delivery
    :ivar is_acknowledged: whether an answer, by status and body, ends the deliveries
    :ivar older: what was to be told before this; sent after it by `notice-reversed`
    """

    key: str
    event: str
    url: str
    make: Callable[[], tuple[dict[str, str], bytes]]
    is_acknowledged: Callable[[int, bytes], bool]
    older: "Letter | None" = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it went; `status` is None if no answer came."""

    out_trade_no: str
    event: str
    attempt: int
    status: int | None
    body: str
    acknowledged: bool

    def shown(self) -> dict[str, object]:
        return {
            "outTradeNo": self.out_trade_no,
            "event": self.event,
            "attempt": self.attempt,
            "status": self.status,
            "body": self.body,
            "acknowledged": self.acknowledged,
        }


@dataclass(slots=True)
class Postman:
    """`delays` are the seconds between the deliveries of a letter that is not acknowledged."""

    delays: Sequence[float] = ()
    timeout_seconds: float = 5.0
    _deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=_DELIVERIES))
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)
    _early: set[asyncio.Task[bool]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None
    _closed: bool = False

    def post(self, letter: Letter, trouble: Trouble = NO_TROUBLE) -> None:
        """Have a letter delivered, beginning at once; nobody waits for it."""
        if self._closed:
            return
        first = asyncio.create_task(self._first(letter, trouble))
        if trouble.is_early:
            self._early.add(first)
            first.add_done_callback(self._early.discard)
        carrying = asyncio.create_task(self._carry(letter, first))
        self._under_way.add(carrying)
        carrying.add_done_callback(self._under_way.discard)

    async def early_ones(self) -> None:
        """
        Wait for the letters that are to arrive before whatever caused them is answered.

        Never before a query is answered: merchants may ask while they are being told.
        """
        if self._early:
            await asyncio.wait(set(self._early))

    async def deliver(self, letter: Letter, attempt: int = 1) -> Delivery:
        """Deliver a letter once, now."""
        headers, body = letter.make()
        status, answer = None, b""
        try:
            async with self._opened().post(
                letter.url, data=body, headers=headers, allow_redirects=False
            ) as response:
                status, answer = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError):
            status = None
        acknowledged = status is not None and letter.is_acknowledged(status, answer)
        return self._noted(letter, attempt, status, answer, acknowledged)

    def report(self) -> list[dict[str, object]]:
        return [one.shown() for one in self._deliveries]

    async def close(self, _: web.Application) -> None:
        self._closed = True
        carrying = [*self._under_way, *self._early]
        for task in carrying:
            task.cancel()
        await asyncio.gather(*carrying, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _carry(self, letter: Letter, first: asyncio.Task[bool]) -> None:
        acknowledged = await first
        for attempt, delay in enumerate(self.delays, start=2):
            if acknowledged:
                return
            await asyncio.sleep(delay)
            acknowledged = (await self.deliver(letter, attempt)).acknowledged

    async def _first(self, letter: Letter, trouble: Trouble) -> bool:
        await asyncio.sleep(trouble.late_seconds)
        acknowledged = await self._copies(letter, trouble)
        if trouble.is_reversed and letter.older is not None:
            await self.deliver(letter.older)
        return acknowledged

    async def _copies(self, letter: Letter, trouble: Trouble) -> bool:
        if trouble.is_lost:
            self._noted(letter, 1, None, b"", acknowledged=False)
            return False
        copies = (self.deliver(letter) for _ in range(trouble.copies))
        return any(one.acknowledged for one in await asyncio.gather(*copies))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=False)
        return self._session

    def _noted(
        self, letter: Letter, attempt: int, status: int | None, answer: bytes, acknowledged: bool
    ) -> Delivery:
        text = answer[:200].decode("utf-8", errors="replace")
        delivery = Delivery(letter.key, letter.event, attempt, status, text, acknowledged)
        self._deliveries.append(delivery)
        return delivery
