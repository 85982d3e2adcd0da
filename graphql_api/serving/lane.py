"""The short way of a GraphQL request that arrives as a whole: no ASGI, no cycle of uvicorn's."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import ClassVar

from graphql_api.responses import Answer, RawHeader
from graphql_api.serving.admission import Admission
from graphql_api.serving.answers import busy, instead

# Answers a POST to /graphql with these headers and this body.
AnswerPost = Callable[[list[RawHeader], bytes], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class Lane:
    """What `Admission` and `Guard` are for ASGI; there is an answer whatever happens."""

    answer_post: AnswerPost
    admission: Admission

    async def answer(self, headers: list[RawHeader], body: bytes) -> Answer:
        admission = self.admission
        if admission.is_full:
            return busy(headers)
        place = None
        admission.enter()
        try:
            place = admission.places.take_at_once() or await admission.places.wait()
            return busy(headers) if place is None else await self.answer_post(headers, body)
        except (asyncio.CancelledError, Exception) as error:
            return instead(headers, error)
        finally:
            admission.leave(place)


@dataclass(slots=True)
class Turn:
    """A request in the lane. What uvicorn's protocol asks of its cycles it can ask of this, too."""

    more_body: ClassVar[bool] = False
    response_started: ClassVar[bool] = False
    # Somebody would be told here that the client has gone; nobody waits for it.
    message_event: ClassVar[asyncio.Event] = asyncio.Event()

    lane: Lane
    headers: list[RawHeader]
    keep_alive: bool
    parts: list[bytes] = field(default_factory=list)
    disconnected: bool = False
    response_complete: bool = False
