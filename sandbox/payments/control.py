"""The control endpoints of a payment channel: pay, decline, notices, and what money moved."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson
from aiohttp import web

from sandbox.payments.channel import NotPayable, PaymentTrades
from sandbox.payments.postman import Delivery, Postman
from sandbox.payments.till import Till
from sandbox.payments.trouble import Tampering
from sandbox.platforms.control import Wanted, answered, guarded, optional_text, text, whole_number

_MOST_TIMES = 100


def add_payment_control(
    app: web.Application, trades: PaymentTrades, till: Till, postman: Postman
) -> None:
    own = PaymentControl(trades, till, postman)
    app.router.add_get("/control/money", guarded(own.list_moved))
    app.router.add_get("/control/notices", guarded(own.list_notices))
    app.router.add_post("/control/notices", _doing(own.notify))
    app.router.add_post("/control/pay", _doing(own.pay))
    app.router.add_post("/control/decline", _doing(own.decline))


@dataclass(frozen=True, slots=True)
class PaymentControl:
    trades: PaymentTrades
    till: Till
    postman: Postman

    async def list_moved(self, _: web.Request) -> web.Response:
        return answered({"moved": self.till.report()})

    async def list_notices(self, _: web.Request) -> web.Response:
        return answered({"notices": self.postman.report()})

    async def pay(self, wanted: Wanted) -> object:
        """`{"outTradeNo"}`: as if the payer tapped Pay."""
        number = text(wanted, "outTradeNo")
        self.trades.pay(number)
        await self.postman.early_ones()
        return {"outTradeNo": number, "paid": True}

    async def decline(self, wanted: Wanted) -> object:
        """`{"outTradeNo"}`: as if the payer tapped Decline."""
        number = text(wanted, "outTradeNo")
        self.trades.decline(number)
        return {"outTradeNo": number, "paid": False}

    async def notify(self, wanted: Wanted) -> object:
        """`{"outTradeNo", "times"?, "parallel"?, "amountFen"?, "signature"?, "merchant"?}`"""
        letter = self.trades.letter(text(wanted, "outTradeNo"), _tampering(wanted))
        attempts = range(1, _times(wanted) + 1)
        if _flag(wanted, "parallel"):
            sent = [self.postman.deliver(letter, attempt) for attempt in attempts]
            deliveries: list[Delivery] = await asyncio.gather(*sent)
        else:
            deliveries = [await self.postman.deliver(letter, attempt) for attempt in attempts]
        return {"notices": [one.shown() for one in deliveries]}


def _doing(
    act: Callable[[Wanted], Awaitable[object]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        wanted = orjson.loads(await request.read())
        if not isinstance(wanted, dict):
            raise ValueError("a JSON object is expected")
        try:
            return answered(await act(wanted))
        except NotPayable:
            return answered({"error": "the trade is paid or over"}, status=409)

    return guarded(handle)


def _tampering(wanted: Wanted) -> Tampering:
    fen = None if wanted.get("amountFen") is None else whole_number(wanted, "amountFen")
    return Tampering(
        fen=fen,
        forged=_is(wanted, "signature", "wrong"),
        other_merchant=_is(wanted, "merchant", "other"),
    )


def _is(wanted: Wanted, name: str, only: str) -> bool:
    """Whether a text is given; there is only one that can be."""
    given = optional_text(wanted, name)
    if given not in (None, only):
        raise ValueError(f"{name} can only be {only}")
    return given is not None


def _times(wanted: Wanted) -> int:
    times = 1 if wanted.get("times") is None else whole_number(wanted, "times")
    if not 1 <= times <= _MOST_TIMES:
        raise ValueError(f"times must be 1 to {_MOST_TIMES}")
    return times


def _flag(wanted: Wanted, name: str) -> bool:
    value = wanted.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(f"{name} must be true or false")
    return value
