"""The book of refunds: accepted, and how they end."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from sandbox.platforms.clock import Clock
from sandbox.wechatpay import failures
from sandbox.wechatpay.book import Book, State, Trade, new_id
from sandbox.wechatpay.failures import Refused
from sandbox.wechatpay.refund_requests import RefundRequest
from sandbox.wechatpay.settings import WechatPaySandboxSettings


class Status(Enum):
    PROCESSING = "退款处理中"
    SUCCESS = "退款成功"
    CLOSED = "退款关闭"
    ABNORMAL = "退款异常"


@dataclass(slots=True)
class Refund:
    """
    Times are seconds since 1970.

    :ivar end: what becomes of it at `ends_at`
    """

    request: RefundRequest
    trade: Trade
    refund_id: str
    accepted_at: float
    ends_at: float
    end: Status
    status: Status = Status.PROCESSING


@dataclass(slots=True)
class RefundBook:
    settings: WechatPaySandboxSettings
    clock: Clock
    trades: Book
    _refunds: dict[str, Refund] = field(default_factory=dict)
    _of_ids: dict[str, Refund] = field(default_factory=dict)

    def accept(self, request: RefundRequest, end: Status, has_enough: bool) -> Refund:
        """
        A new refund, or the same one if the same is asked again.

        :raises Refused: when the number stands for something else, or it cannot be one
        """
        known = self._refunds.get(request.refund_number)
        if known is not None:
            if known.request.asked != request.asked:
                raise Refused(failures.OTHER_REFUND)
            return known
        trade = self._trade(request)
        self._check(request, trade)
        if not has_enough:
            raise Refused(failures.NOT_ENOUGH)
        trade.state = State.REFUND
        refund = self._new(request, trade, end)
        self.put(refund)
        return refund

    def knows(self, refund_number: str) -> bool:
        return refund_number in self._refunds

    def put(self, refund: Refund) -> None:
        """A refund under a number that nobody has used."""
        self._refunds[refund.request.refund_number] = self._of_ids[refund.refund_id] = refund

    def of_number(self, refund_number: str) -> Refund:
        """:raises LookupError: when there is none"""
        return self._refunds[refund_number]

    def of_id(self, refund_id: str) -> Refund:
        """:raises LookupError: when there is none"""
        return self._of_ids[refund_id]

    def accepted_between(self, begin: float, end: float) -> list[Refund]:
        """Whatever has become of them since: a bill is never changed afterwards."""
        return [one for one in self._refunds.values() if begin <= one.accepted_at < end]

    def under_way(self) -> list[Refund]:
        return [one for one in self._refunds.values() if one.status is Status.PROCESSING]

    def end_those_due(self) -> list[Refund]:
        """The refunds that have come to their end since this was asked last."""
        now = self.clock()
        due = [one for one in self.under_way() if now >= one.ends_at]
        for refund in due:
            refund.status = refund.end
        return due

    def _trade(self, request: RefundRequest) -> Trade:
        find: Callable[[str], Trade] = self.trades.of_number
        if request.transaction_id:
            find = self.trades.of_transaction
        try:
            return find(request.transaction_id or request.number)
        except LookupError:
            raise Refused(failures.NOTHING_TO_REFUND) from None

    def _check(self, request: RefundRequest, trade: Trade) -> None:
        now, total = self.clock(), trade.prepay.total
        if not trade.is_paid:
            raise Refused(failures.NOT_PAID)
        if request.total != total:
            raise Refused(failures.OTHER_TOTAL)
        if now > trade.paid_at + self.settings.refundable_seconds:
            raise Refused(failures.TOO_OLD)
        earlier = [one for one in self._refunds.values() if one.trade is trade]
        left = total - sum(one.request.fen for one in earlier if one.status is not Status.CLOSED)
        if request.fen > left:
            raise Refused(failures.BEYOND if left else failures.ALL_REFUNDED)
        if len(earlier) >= self.settings.most_refunds:
            raise Refused(failures.TOO_MANY)
        if earlier and now < earlier[-1].accepted_at + self.settings.refund_gap_seconds:
            raise Refused(failures.TOO_SOON)

    def _new(self, request: RefundRequest, trade: Trade, end: Status) -> Refund:
        now = self.clock()
        return Refund(
            request, trade, new_id("5030", now), now, now + self.settings.refund_seconds, end
        )
