"""The book of trades: begun, paid, closed, or past their time."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from sandbox.city.seeds import CHINA
from sandbox.payments import NotPayable
from sandbox.platforms.clock import Clock
from sandbox.wechatpay import failures
from sandbox.wechatpay.failures import Refused
from sandbox.wechatpay.prepay import Prepay
from sandbox.wechatpay.settings import WechatPaySandboxSettings


class State(Enum):
    NOTPAY = "订单未支付"
    SUCCESS = "支付成功"
    REFUND = "转入退款"  # After any refund, also of a part.
    CLOSED = "订单已关闭"


@dataclass(slots=True)
class Trade:
    """
    Times are seconds since 1970.

    :ivar payable_until: after it nobody can pay, but the trade stays open until it is closed
    """

    prepay: Prepay
    begun_at: float
    payable_until: float
    state: State = State.NOTPAY
    prepay_id: str = ""
    prepay_id_until: float = 0.0
    transaction_id: str = ""
    paid_at: float = 0.0

    @property
    def is_paid(self) -> bool:
        """Whatever has been refunded of it since."""
        return self.state in (State.SUCCESS, State.REFUND)


@dataclass(slots=True)
class Book:
    settings: WechatPaySandboxSettings
    clock: Clock
    _trades: dict[str, Trade] = field(default_factory=dict)
    _of_prepay_ids: dict[str, tuple[Trade, float]] = field(default_factory=dict)

    def begin(self, prepay: Prepay) -> str:
        """
        The prepay_id of a new trade, or of the same one if the same is asked again.

        :raises Refused: when the number stands for something else, or is used up
        """
        trade = self._trades.get(prepay.number)
        if trade is None:
            trade = self._trades[prepay.number] = self._new(prepay)
        self._check(self._settled(trade), prepay)
        now = self.clock()
        if now >= trade.prepay_id_until:
            trade.prepay_id = f"wx{local(now):%Y%m%d%H%M%S}{secrets.token_hex(10)}"
            trade.prepay_id_until = now + self.settings.prepay_seconds
            self._of_prepay_ids[trade.prepay_id] = (trade, trade.prepay_id_until)
        return trade.prepay_id

    def knows(self, number: str) -> bool:
        return number in self._trades

    def put(self, trade: Trade) -> None:
        """A trade that has its history already, under a number that nobody has used."""
        self._trades[trade.prepay.number] = trade

    def of_number(self, number: str) -> Trade:
        """:raises LookupError: when there is none"""
        if number not in self._trades:
            raise LookupError(f"trade {number}")
        return self._settled(self._trades[number])

    def of_prepay_id(self, prepay_id: str) -> Trade:
        """:raises LookupError: when it was never given out, or too long ago"""
        trade, until = self._of_prepay_ids.get(prepay_id, (None, 0.0))
        if trade is None or self.clock() >= until:
            raise LookupError(f"prepay_id {prepay_id}")
        return self._settled(trade)

    def of_transaction(self, transaction_id: str) -> Trade:
        """:raises LookupError: when there is none"""
        for trade in self._trades.values():
            if trade.transaction_id and trade.transaction_id == transaction_id:
                return trade
        raise LookupError(f"transaction {transaction_id}")

    def is_payable(self, trade: Trade) -> bool:
        return trade.state is State.NOTPAY and self.clock() < trade.payable_until

    def pay(self, trade: Trade) -> None:
        """:raises NotPayable: when it is paid or over"""
        if not self.is_payable(trade):
            raise NotPayable
        now = self.clock()
        trade.state, trade.paid_at = State.SUCCESS, now
        trade.transaction_id = new_id("4200", now)

    def close(self, trade: Trade) -> None:
        """:raises Refused: when it is paid"""
        if trade.is_paid:
            raise Refused(failures.ORDER_PAID)
        trade.state = State.CLOSED

    def _new(self, prepay: Prepay) -> Trade:
        now = self.clock()
        wanted = prepay.expires_at or now + self.settings.unpaid_seconds
        return Trade(prepay, now, max(wanted, now + self.settings.least_expiry_seconds))

    def _check(self, trade: Trade, prepay: Prepay) -> None:
        if trade.is_paid:
            raise Refused(failures.ORDER_PAID)
        if trade.state is State.CLOSED:
            raise Refused(failures.ORDER_CLOSED)
        if trade.prepay.asked != prepay.asked:
            raise Refused(failures.NOT_THE_SAME)
        if self.clock() >= trade.payable_until:
            raise Refused(failures.ORDER_EXPIRED)

    def _settled(self, trade: Trade) -> Trade:
        """The trade, closed if it has been left unpaid for too long."""
        is_over = self.clock() >= trade.begun_at + self.settings.unpaid_seconds
        if is_over and trade.state is State.NOTPAY:
            trade.state = State.CLOSED
        return trade


def new_id(kind: str, at: float) -> str:
    """28 digits, for the day in the middle and enough others for a day of many trades."""
    few, many = secrets.randbelow(10**6), secrets.randbelow(10**10)
    return f"{kind}{few:06d}{local(at):%Y%m%d}{many:010d}"


def local(now: float) -> datetime:
    return datetime.fromtimestamp(now, CHINA)
