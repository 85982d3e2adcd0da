"""Admission: as many requests at a time as we can answer quickly, a few that wait, no more."""

from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graphql_api.serving.answers import busy
from graphql_api.serving.limits import Limits
from graphql_api.serving.places import Place, Places

PATH = "/graphql"


class Admission:
    """
    Answers what is too much with 503 RETRY_LATER, before anything was done for it.

    Only GraphQL has to ask: health, and whoever tells us of a payment, always come in. A request
    takes its place when its last byte is read: who is slow to send holds none.
    """

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self.places = Places(limits)
        self._most = limits.admitted
        self._inside = 0

    @property
    def is_full(self) -> bool:
        """Whether the next one would be turned away."""
        return self.places.are_full or self._inside >= self._most

    def enter(self) -> None:
        """Count somebody who was not turned away."""
        self._inside += 1

    def leave(self, place: Place | None) -> None:
        """Somebody is done, and gives back the place, if there was one."""
        self._inside -= 1
        if place is not None:
            self.places.give_back(place)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
        elif self.is_full:
            await busy(scope["headers"])(scope, receive, send)
        else:
            await self._admit(_Visit(self.places, scope, receive, send))

    async def _admit(self, visit: "_Visit") -> None:
        self.enter()
        try:
            # Without a body there is nothing to wait for.
            if visit.scope["method"] == "POST" or await visit.enters():
                await self._app(visit.scope, visit.receive, visit.send)
        finally:
            self.leave(visit.place)


@dataclass(slots=True)
class _Visit:
    """One request, as the application behind sees it."""

    places: Places
    scope: Scope
    receive_next: Receive
    send: Send
    place: Place | None = None

    async def enters(self) -> bool:
        """Whether there is a place; if there is none, that has been answered."""
        self.place = self.places.take_at_once() or await self.places.wait()
        if self.place is None:
            await busy(self.scope["headers"])(self.scope, self.receive_next, self.send)
        return self.place is not None

    async def receive(self) -> Message:
        message = await self.receive_next()
        is_whole = message["type"] == "http.request" and not message.get("more_body", False)
        if is_whole and self.place is None and not await self.enters():
            # It has been answered; the application has nobody to talk to any more.
            return {"type": "http.disconnect"}
        return message
