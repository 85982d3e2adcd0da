"""`POST /control/trades`: trades that were paid, and refunded, as if all of it had been here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import web

from sandbox.platforms.control import Wanted, answered, guarded, optional_text, text, whole_number

_SUBJECT = "交通违法罚款"


@dataclass(frozen=True, slots=True)
class PastRefund:
    """Done `at`, in seconds since 1970."""

    number: str
    fen: int
    at: float


@dataclass(frozen=True, slots=True)
class PastTrade:
    """:ivar payer: the account at the channel, None if it does not matter who it was"""

    number: str
    fen: int
    paid_at: float
    subject: str
    payer: str | None = field(repr=False)
    refunds: Sequence[PastRefund]


def add_past_trades(app: web.Application, put: Callable[[Sequence[PastTrade]], None]) -> None:
    """`put` raises ValueError, and puts none of them, if a number is used."""
    app.router.add_post("/control/trades", guarded(_putting(put)))


def _putting(
    put: Callable[[Sequence[PastTrade]], None],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        """
        `{"trades": [{"outTradeNo", "fen", "paidAt", "payer"?, "subject"?, "refunds"?}]}`

        A refund is `{"number", "fen", "at"}`. Nobody is told of any of this.
        """
        # The limit on bodies is for what comes from merchants.
        wanted = orjson.loads(await request.content.read())
        trades = _trades(wanted)
        put(trades)
        return answered({"made": len(trades)})

    return handle


def _trades(wanted: object) -> list[PastTrade]:
    if not isinstance(wanted, dict):
        raise ValueError("a JSON object is expected")
    trades = [_trade(one) for one in _objects(wanted, "trades")]
    _check_unique("outTradeNo", [one.number for one in trades])
    _check_unique("number", [refund.number for one in trades for refund in one.refunds])
    return trades


def _trade(wanted: Wanted) -> PastTrade:
    trade = PastTrade(
        number=text(wanted, "outTradeNo"),
        fen=_fen(wanted),
        paid_at=_instant(wanted, "paidAt"),
        subject=optional_text(wanted, "subject") or _SUBJECT,
        payer=optional_text(wanted, "payer"),
        refunds=tuple(_refund(one) for one in _objects(wanted, "refunds")),
    )
    if sum(one.fen for one in trade.refunds) > trade.fen:
        raise ValueError("more is refunded than was paid")
    return trade


def _refund(wanted: Wanted) -> PastRefund:
    return PastRefund(text(wanted, "number"), _fen(wanted), _instant(wanted, "at"))


def _objects(wanted: Wanted, name: str) -> list[Mapping[str, Any]]:
    value = wanted.get(name, [])
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"{name} must be a list of objects")
    return value


def _fen(wanted: Wanted) -> int:
    fen = whole_number(wanted, "fen")
    if fen < 1:
        raise ValueError("fen must be at least 1")
    return fen


def _instant(wanted: Wanted, name: str) -> float:
    value = wanted.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be seconds since 1970")
    return value


def _check_unique(name: str, numbers: Sequence[str]) -> None:
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"{name} is given twice")
