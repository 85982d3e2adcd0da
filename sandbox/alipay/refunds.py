"""`alipay.trade.refund` and its query: money given back, once for each out_request_no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.alipay import failures
from sandbox.alipay.answers import Node
from sandbox.alipay.calls import Call
from sandbox.alipay.failures import Refused, invalid_parameter
from sandbox.alipay.trade_book import CLOSED, FINISHED, PAID, Refund, Trade
from sandbox.alipay.trade_nodes import buyer_fields, numbers
from sandbox.alipay.trade_orders import NUMBER, beijing, fen_of, matching, yuan
from sandbox.alipay.trades import Trades

_LONGEST_REASON = 256


@dataclass(frozen=True, slots=True)
class _Pending:
    out_trade_no: str
    number: str
    due_at: float


@dataclass(slots=True)
class Refunds:
    trades: Trades
    _pending: list[_Pending] = field(default_factory=list)

    def refund(self, call: Call, delay_seconds: float) -> Node:
        """The refund is done at once, or with a delay by the first call after it."""
        trade, content = self.trades.asked(call), call.content()
        wanted = _wanted(content, trade)
        earlier = trade.refund(wanted.number)
        if earlier is not None:
            if earlier.fen != wanted.fen:
                raise Refused(failures.DISCORDANT_REPEAT)
            return _told(trade, changed=False)
        _check(trade, wanted, is_named="out_request_no" in content)
        self.trades.book.ask_back(trade, wanted)
        due_at = self.trades.clock() + delay_seconds
        self._pending.append(_Pending(trade.order.out_trade_no, wanted.number, due_at))
        self.settle()
        return _told(self.trades.asked(call), changed=delay_seconds == 0)

    def query(self, call: Call) -> Node:
        """Of a refund that is not done, the answer is that there is nothing to tell."""
        trade, content = self.trades.asked(call), call.content()
        refund = trade.refund(matching(content, "out_request_no", NUMBER).group())
        node: dict[str, object] = {"code": "10000", "msg": "Success"}
        if refund is None or refund.done_at is None:
            return node
        return {
            **node,
            **numbers(trade),
            "out_request_no": refund.number,
            "refund_reason": refund.reason,
            "total_amount": yuan(trade.order.fen),
            "refund_amount": yuan(refund.fen),
            "refund_status": "REFUND_SUCCESS",
            "gmt_refund_pay": beijing(refund.done_at),
        }

    def settle(self) -> None:
        """Do what is due."""
        now = self.trades.clock()
        due = [one for one in self._pending if one.due_at <= now]
        self._pending = [one for one in self._pending if one.due_at > now]
        for one in sorted(due, key=lambda one: one.due_at):
            self._give_back(one)

    def _give_back(self, pending: _Pending) -> None:
        book = self.trades.book
        trade = book.give_back(book.get(pending.out_trade_no), pending.number, pending.due_at)
        self.trades.till.give_back(
            out_trade_no=pending.out_trade_no,
            # There is no number of its own for a refund.
            reference=pending.number,
            fen=trade.refunds_done[-1].fen,
            payer=trade.order.buyer,
            at=pending.due_at,
        )
        self.trades.tell(trade)


def _wanted(content: Mapping[str, Any], trade: Trade) -> Refund:
    number = trade.order.out_trade_no
    if "out_request_no" in content:
        number = matching(content, "out_request_no", NUMBER).group()
    reason = content.get("refund_reason", "")
    if not isinstance(reason, str) or len(reason) > _LONGEST_REASON:
        raise Refused(invalid_parameter("refund_reason"))
    return Refund(number, fen_of(content, "refund_amount"), reason)


def _check(trade: Trade, wanted: Refund, *, is_named: bool) -> None:
    if trade.status == FINISHED:
        raise Refused(failures.TRADE_HAS_FINISHED)
    if trade.status == CLOSED:
        raise Refused(failures.TRADE_HAS_CLOSE)
    if trade.status != PAID:
        raise Refused(failures.TRADE_STATUS_ERROR)
    if not is_named and wanted.fen != trade.order.fen:
        raise Refused(failures.NOT_EQUAL_TOTAL)
    if wanted.fen > trade.remaining_fen:
        raise Refused(failures.REFUND_FEE_ERROR)


def _told(trade: Trade, *, changed: bool) -> Node:
    """What has been given back of a trade until now, all refunds together."""
    done = trade.refunds_done
    times = {"gmt_refund_pay": beijing(done[-1].done_at or 0)} if done else {}
    return {
        "code": "10000",
        "msg": "Success",
        **numbers(trade),
        **buyer_fields(trade.order.buyer, "buyer_user_id"),
        "fund_change": "Y" if changed else "N",
        "refund_fee": yuan(trade.refunded_fen),
        **times,
    }
