"""All trades, by their numbers. Time closes those that nobody paid, and finishes the paid ones."""

import secrets
from dataclasses import dataclass, field, replace

from sandbox.alipay import failures
from sandbox.alipay.failures import Refused
from sandbox.alipay.trade_orders import TradeOrder, beijing
from sandbox.platforms.clock import Clock

WAITING = "WAIT_BUYER_PAY"
PAID = "TRADE_SUCCESS"
FINISHED = "TRADE_FINISHED"
CLOSED = "TRADE_CLOSED"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money to be given back; `done_at` is None as long as it has not been."""

    number: str
    fen: int
    reason: str
    done_at: float | None = None


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade at one moment. Times are seconds since 1970."""

    order: TradeOrder
    trade_no: str
    created_at: float
    status: str = WAITING
    paid_at: float | None = None
    closed_at: float | None = None
    refunds: tuple[Refund, ...] = ()

    @property
    def refunds_done(self) -> list[Refund]:
        """In the order in which they were done."""
        done = [(one.done_at, one) for one in self.refunds if one.done_at is not None]
        return [one for _, one in sorted(done, key=lambda pair: pair[0])]

    @property
    def refunded_fen(self) -> int:
        return sum(one.fen for one in self.refunds_done)

    @property
    def remaining_fen(self) -> int:
        """What no refund has been asked for yet."""
        return self.order.fen - sum(one.fen for one in self.refunds)

    def refund(self, number: str) -> Refund | None:
        return next((one for one in self.refunds if one.number == number), None)

    def before(self) -> "Trade":
        """The trade before its last refund; without one, as it was when it had just been opened."""
        if not self.refunds_done:
            return Trade(self.order, self.trade_no, self.created_at)
        kept = tuple(one for one in self.refunds if one != self.refunds_done[-1])
        return replace(self, status=PAID, closed_at=None, refunds=kept)


@dataclass(slots=True)
class TradeBook:
    clock: Clock
    refundable_seconds: float
    _trades: dict[str, Trade] = field(default_factory=dict)
    _numbers: dict[str, str] = field(default_factory=dict)

    def open(self, order: TradeOrder) -> Trade:
        """
        A new trade, or the one that the same order has opened before.

        :raises Refused: when the number has been used for something else, or it is too late
        """
        if order.out_trade_no in self._trades:
            return _same(self.get(order.out_trade_no), order)
        now = self.clock()
        if order.expires_at <= now:
            raise Refused(failures.ALREADY_EXPIRED)
        trade = Trade(order, new_trade_no(now), now)
        self.put(trade)
        return trade

    def knows(self, out_trade_no: str) -> bool:
        return out_trade_no in self._trades

    def put(self, trade: Trade) -> None:
        """A trade that has its history already, under a number that nobody has used."""
        self._numbers[trade.trade_no] = trade.order.out_trade_no
        self._kept(trade)

    def get(self, out_trade_no: str) -> Trade:
        """:raises LookupError: when there is no such trade"""
        trade = self._trades.get(out_trade_no)
        if trade is None:
            raise LookupError(f"trade {out_trade_no}")
        if trade.status == WAITING and trade.order.expires_at <= self.clock():
            return self._kept(replace(trade, status=CLOSED, closed_at=trade.order.expires_at))
        if trade.status == PAID and (trade.paid_at or 0) + self.refundable_seconds <= self.clock():
            return self._kept(replace(trade, status=FINISHED))
        return trade

    def by_trade_no(self, trade_no: str) -> Trade:
        """:raises LookupError: when there is no such trade"""
        if trade_no not in self._numbers:
            raise LookupError(f"trade {trade_no}")
        return self.get(self._numbers[trade_no])

    def pay(self, trade: Trade) -> Trade:
        return self._kept(replace(trade, status=PAID, paid_at=self.clock()))

    def close(self, trade: Trade) -> Trade:
        return self._kept(replace(trade, status=CLOSED, closed_at=self.clock()))

    def ask_back(self, trade: Trade, refund: Refund) -> Trade:
        """A refund is asked for, which does not move anything yet."""
        return self._kept(replace(trade, refunds=(*trade.refunds, refund)))

    def give_back(self, trade: Trade, number: str, at: float) -> Trade:
        """A refund is done. The one that leaves nothing closes the trade."""
        refunds = tuple(
            replace(one, done_at=at) if one.number == number else one for one in trade.refunds
        )
        trade = replace(trade, refunds=refunds)
        if trade.refunded_fen == trade.order.fen:
            trade = replace(trade, status=CLOSED, closed_at=at)
        return self._kept(trade)

    def _kept(self, trade: Trade) -> Trade:
        self._trades[trade.order.out_trade_no] = trade
        return trade


def _same(trade: Trade, order: TradeOrder) -> Trade:
    if trade.status in (PAID, FINISHED):
        raise Refused(failures.TRADE_HAS_SUCCESS)
    if trade.status == CLOSED:
        raise Refused(failures.TRADE_HAS_CLOSE)
    if trade.order.buyer != order.buyer:
        raise Refused(failures.TRADE_BUYER_NOT_MATCH)
    if trade.order.content != order.content:
        raise Refused(failures.CONTEXT_INCONSISTENT)
    return trade


def new_trade_no(now: float) -> str:
    """28 digits, not repeated by another sandbox with the same database behind it."""
    return f"{beijing(now)[:10].replace('-', '')}22001{secrets.randbelow(10**15):015d}"
