"""`alipay.trade.*`: opened by an app, paid by a payer, asked about and closed by the app."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sandbox.alipay import failures
from sandbox.alipay.answers import Node
from sandbox.alipay.buyers import Buyers
from sandbox.alipay.calls import Call
from sandbox.alipay.failures import Refused, invalid_parameter
from sandbox.alipay.trade_book import CLOSED, FINISHED, PAID, WAITING, Trade, TradeBook
from sandbox.alipay.trade_nodes import numbers, trade_node
from sandbox.alipay.trade_notices import NoticeWriter
from sandbox.alipay.trade_orders import read_order
from sandbox.payments import (
    GENUINE,
    Bill,
    BillState,
    Letter,
    NotPayable,
    Postman,
    Tampering,
    Till,
    Trouble,
)
from sandbox.platforms.clock import Clock

_MERCHANT = "交通违法自助处理 · Clearway"
_STATES = {
    WAITING: BillState.PAYABLE,
    PAID: BillState.PAID,
    FINISHED: BillState.PAID,
    CLOSED: BillState.OVER,
}


@dataclass(frozen=True, slots=True)
class Trades:
    """`trouble` says what is to happen to the next notice."""

    book: TradeBook
    buyers: Buyers
    writer: NoticeWriter
    postman: Postman
    trouble: Callable[[], Trouble]
    clock: Clock
    till: Till = field(default_factory=Till)

    def create(self, call: Call) -> Node:
        order = read_order(call, self.buyers, self.clock())
        return _done(self.book.open(order))

    def query(self, call: Call) -> Node:
        return trade_node(self.asked(call))

    def close(self, call: Call) -> Node:
        trade = self.asked(call)
        if trade.status != WAITING:
            raise Refused(failures.TRADE_STATUS_INVALID)
        trade = self.book.close(trade)
        self.tell(trade)
        return _done(trade)

    def bill(self, handle: str) -> Bill:
        trade = self.book.by_trade_no(handle)
        order = trade.order
        state = _STATES[trade.status]
        return Bill(order.out_trade_no, order.subject, order.fen, _MERCHANT, state)

    def pay(self, out_trade_no: str, *, is_early: bool = False) -> None:
        """The notice `is_early` if it is to arrive before anything else happens."""
        trade = self.book.pay(self._payable(out_trade_no))
        self.till.take(
            out_trade_no=out_trade_no,
            reference=trade.trade_no,
            fen=trade.order.fen,
            payer=trade.order.buyer,
            at=self.clock(),
        )
        self.tell(trade, is_early=is_early)

    def decline(self, out_trade_no: str) -> None:
        self._payable(out_trade_no)

    def letter(self, out_trade_no: str, tampering: Tampering) -> Letter:
        trade = self.book.get(out_trade_no)
        if not trade.order.notify_url:
            raise LookupError(f"notify_url of trade {out_trade_no}")
        return self.writer.letter(trade, tampering)

    def tell(self, trade: Trade, *, is_early: bool = False) -> None:
        """Post the notice of a trade as it stands, if anybody is to be told."""
        if not trade.order.notify_url:
            return
        trouble = self.trouble()
        older = self.writer.letter(trade.before(), GENUINE)
        letter = self.writer.letter(trade, trouble.tampering, older)
        self.postman.post(letter, replace(trouble, is_early=trouble.is_early or is_early))

    def _payable(self, out_trade_no: str) -> Trade:
        trade = self.book.get(out_trade_no)
        if trade.status != WAITING:
            raise NotPayable
        return trade

    def asked(self, call: Call) -> Trade:
        """:raises Refused: when the call names no trade, or none there is"""
        content = call.content()
        trade_no, number = content.get("trade_no"), content.get("out_trade_no")
        if not trade_no and not number:
            raise Refused(invalid_parameter("out_trade_no"))
        try:
            # The trade_no wins where both are given.
            return self.book.by_trade_no(str(trade_no)) if trade_no else self.book.get(str(number))
        except LookupError as error:
            raise Refused(failures.TRADE_NOT_EXIST) from error


def _done(trade: Trade) -> Node:
    return {"code": "10000", "msg": "Success", **numbers(trade)}
