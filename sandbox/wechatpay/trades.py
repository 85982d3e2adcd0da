"""The trades as a payer meets them: a bill, a payment, and the notice of it."""

from dataclasses import dataclass

from sandbox.payments import (
    NOTICE,
    Bill,
    BillState,
    Letter,
    NotPayable,
    Postman,
    Tampering,
    Till,
    trouble_of,
)
from sandbox.platforms.switchboard import Switchboard
from sandbox.wechatpay.answers import Answer
from sandbox.wechatpay.book import Book, Trade
from sandbox.wechatpay.notices import Notices
from sandbox.wechatpay.scenarios import SIGNTEST


@dataclass(frozen=True, slots=True)
class Trades:
    book: Book
    till: Till
    postman: Postman
    notices: Notices
    switchboard: Switchboard[Answer]

    def bill(self, handle: str) -> Bill:
        """:raises LookupError: when nothing was begun with this prepay_id, or too long ago"""
        trade = self.book.of_prepay_id(handle)
        prepay = trade.prepay
        merchant = f"商户 {self.notices.merchant.merchant_id}"
        return Bill(prepay.number, prepay.subject, prepay.total, merchant, self._bill_state(trade))

    def pay(self, out_trade_no: str) -> None:
        """
        Move the money and post the notice.

        :raises NotPayable: nothing has moved
        """
        trade = self.book.of_number(out_trade_no)
        self.book.pay(trade)
        self.till.take(
            out_trade_no=out_trade_no,
            reference=trade.transaction_id,
            fen=trade.prepay.total,
            payer=trade.prepay.openid,
            at=trade.paid_at,
        )
        active = self.switchboard.take(NOTICE)
        trouble = trouble_of(active)
        probes = sum(one.scenario.name == SIGNTEST for one in active)
        self.postman.post(self.notices.paid(trade, trouble.tampering, probes), trouble)

    def decline(self, out_trade_no: str) -> None:
        """:raises NotPayable: there is nothing to decline"""
        if not self.book.is_payable(self.book.of_number(out_trade_no)):
            raise NotPayable

    def letter(self, out_trade_no: str, tampering: Tampering) -> Letter:
        """:raises ValueError: when there is nothing to tell, for only payments are told of"""
        trade = self.book.of_number(out_trade_no)
        if not trade.is_paid:
            raise ValueError(f"nobody has paid {out_trade_no}")
        return self.notices.paid(trade, tampering)

    def _bill_state(self, trade: Trade) -> BillState:
        if trade.is_paid:
            return BillState.PAID
        return BillState.PAYABLE if self.book.is_payable(trade) else BillState.OVER
