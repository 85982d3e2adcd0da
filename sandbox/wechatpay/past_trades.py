"""Trades that were paid and refunded before anybody asked this sandbox for anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.payments import PastTrade, Till
from sandbox.wechat.logins import open_id
from sandbox.wechatpay.book import Book, State, Trade, new_id
from sandbox.wechatpay.prepay import NUMBER, Prepay
from sandbox.wechatpay.refund_book import Refund, RefundBook, Status
from sandbox.wechatpay.refund_requests import REFUND_NUMBER, RefundRequest

_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class PastTrades:
    book: Book
    refunds: RefundBook
    till: Till
    app_id: str

    def put(self, past: Sequence[PastTrade]) -> None:
        """:raises ValueError: when a number cannot be one, or is used; then nothing is put"""
        for one in past:
            self._check(one)
        for one in past:
            self._put(one)

    def _check(self, one: PastTrade) -> None:
        if not NUMBER.fullmatch(one.number):
            raise ValueError(f"{one.number} is no number")
        if self.book.knows(one.number):
            raise ValueError(f"{one.number} is used")
        for refund in one.refunds:
            if not REFUND_NUMBER.fullmatch(refund.number):
                raise ValueError(f"{refund.number} is no number")
            if self.refunds.knows(refund.number):
                raise ValueError(f"{refund.number} is used")

    def _put(self, one: PastTrade) -> None:
        trade = self._trade(one)
        self.book.put(trade)
        self.till.take(
            out_trade_no=one.number,
            reference=trade.transaction_id,
            fen=one.fen,
            payer=trade.prepay.openid,
            at=one.paid_at,
        )
        for refund in _refunds(one, trade):
            self.refunds.put(refund)
            self.till.give_back(
                out_trade_no=one.number,
                reference=refund.refund_id,
                fen=refund.request.fen,
                payer=trade.prepay.openid,
                at=refund.accepted_at,
            )

    def _trade(self, one: PastTrade) -> Trade:
        return Trade(
            prepay=self._prepay(one),
            begun_at=one.paid_at,
            payable_until=one.paid_at,
            state=State.REFUND if one.refunds else State.SUCCESS,
            transaction_id=new_id("4200", one.paid_at),
            paid_at=one.paid_at,
        )

    def _prepay(self, one: PastTrade) -> Prepay:
        return Prepay(
            number=one.number,
            subject=one.subject,
            attach="",
            total=one.fen,
            openid=one.payer or open_id(self.app_id, 0),
            notify_url="",
            expires_at=None,
            asked=_NOTHING,
        )


def _refunds(one: PastTrade, trade: Trade) -> list[Refund]:
    return [
        Refund(
            request=RefundRequest(one.number, "", each.number, each.fen, one.fen, "", _NOTHING),
            trade=trade,
            refund_id=new_id("5030", each.at),
            accepted_at=each.at,
            ends_at=each.at,
            end=Status.SUCCESS,
            status=Status.SUCCESS,
        )
        for each in one.refunds
    ]
