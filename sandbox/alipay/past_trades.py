"""Trades that were paid and refunded before anybody asked this sandbox for anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.alipay.logins import open_id
from sandbox.alipay.trade_book import CLOSED, PAID, Refund, Trade, new_trade_no
from sandbox.alipay.trade_orders import NUMBER, TradeOrder
from sandbox.alipay.trades import Trades
from sandbox.payments import PastTrade

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class PastTrades:
    trades: Trades
    app_id: str

    def put(self, past: Sequence[PastTrade]) -> None:
        """:raises ValueError: when a number cannot be one, or is used; then nothing is put"""
        for one in past:
            self._check(one)
        for one in past:
            self._put(one)

    def _check(self, one: PastTrade) -> None:
        for number in (one.number, *(refund.number for refund in one.refunds)):
            if not NUMBER.fullmatch(number):
                raise ValueError(f"{number} is no number")
        if self.trades.book.knows(one.number):
            raise ValueError(f"{one.number} is used")

    def _put(self, one: PastTrade) -> None:
        trade, till = self._trade(one), self.trades.till
        self.trades.book.put(trade)
        till.take(
            out_trade_no=one.number,
            reference=trade.trade_no,
            fen=one.fen,
            payer=trade.order.buyer,
            at=one.paid_at,
        )
        for refund in one.refunds:
            till.give_back(
                out_trade_no=one.number,
                reference=refund.number,
                fen=refund.fen,
                payer=trade.order.buyer,
                at=refund.at,
            )

    def _trade(self, one: PastTrade) -> Trade:
        refunds = tuple(Refund(each.number, each.fen, "", each.at) for each in one.refunds)
        is_over = sum(each.fen for each in refunds) == one.fen
        return Trade(
            order=self._order(one),
            trade_no=new_trade_no(one.paid_at),
            created_at=one.paid_at,
            status=CLOSED if is_over else PAID,
            paid_at=one.paid_at,
            closed_at=max(each.at for each in one.refunds) if is_over else None,
            refunds=refunds,
        )

    def _order(self, one: PastTrade) -> TradeOrder:
        return TradeOrder(
            out_trade_no=one.number,
            fen=one.fen,
            subject=one.subject,
            buyer=one.payer or open_id(self.app_id, 0),
            expires_at=one.paid_at,
            notify_url="",
            content=_NOTHING,
        )
