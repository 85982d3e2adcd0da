"""Payments: one attempt to pay decided fines through one channel, and what a channel says of it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.money import Money


class PaymentStatus(StrEnum):
    """How it stands with a payment; UNKNOWN is not failed: it is resolved by asking the channel."""

    CREATED = "created"
    AWAITING = "awaiting"
    UNKNOWN = "unknown"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDING = "refunding"
    REFUNDED = "refunded"


# Money may still come for these: no other payment may be begun for the same decision.
LIVE = frozenset({PaymentStatus.CREATED, PaymentStatus.AWAITING, PaymentStatus.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Order:
    """
    What a channel is asked to collect. Sent again it is the same to the last character.

    :ivar number: ours, 6 to 32 letters and digits (wire: out_trade_no)
    :ivar subject: what the payer reads, 1 to 127 characters without , ` and line breaks
    :ivar payer: the payer's openid at the channel
    :ivar expires_at: after it nobody can pay; whole seconds
    """

    number: str
    amount: Money
    subject: str
    payer: str = field(repr=False)
    expires_at: datetime


class TradeState(StrEnum):
    """What a channel says about a number of ours."""

    # It has never heard of it; or has not yet.
    ABSENT = "absent"
    AWAITING = "awaiting"
    # Paid, whatever has been refunded of it since.
    PAID = "paid"
    # Over, and nobody paid.
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Trade:
    """
    A channel's word on a number of ours.

    `amount`, `reference` (the channel's own number) and `paid_at` (its clock) are there if PAID.
    """

    number: str
    state: TradeState
    amount: Money | None = None
    reference: str | None = None
    paid_at: datetime | None = None


class PaymentProblem(StrEnum):
    """Why a channel refused to begin a payment."""

    # The payer's account: wrong, blocked, not verified enough, or the payee itself.
    PAYER = "payer"
    # The number has been used up: paid, closed, or begun with other values.
    NUMBER_USED = "number_used"
    # Our side: rights, limits or settings of the merchant's account.
    MERCHANT = "merchant"


class PaymentRefused(Exception):
    """The channel definitely refused to begin a payment: nothing was done. `code` is its own."""

    def __init__(self, problem: PaymentProblem, code: str) -> None:
        super().__init__(f"{problem} {code}")
        self.problem = problem
        self.code = code


class CloseRefused(Exception):
    """The channel will not close: somebody has paid, or is just paying. Ask it."""


@dataclass(frozen=True, slots=True)
class AlipayTradePay:
    """Arguments of `my.tradePay` of a mini-program in Alipay."""

    trade_no: str


@dataclass(frozen=True, slots=True)
class WechatRequestPayment:
    """Arguments of `wx.requestPayment` of a mini-program in WeChat."""

    time_stamp: str
    nonce_str: str
    package: str
    sign_type: str
    pay_sign: str = field(repr=False)


ClientAction = AlipayTradePay | WechatRequestPayment


class NoticeKind(StrEnum):
    """What a channel tells by itself."""

    TRADE = "trade"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class ChannelNotice:
    """
    A genuine notice about one of our trades. The same comes again, with the same id.

    :ivar event: the channel's own word for it
    :ivar trade: how it stood with the trade; of a refund, the trade that was refunded
    """

    id: str
    kind: NoticeKind
    event: str
    trade: Trade


class NotGenuine(Exception):
    """Nobody vouches for a notice or an answer. The text holds nothing of it."""


class BadNotice(Exception):
    """Genuine, but not about us, or not understood. The text holds nothing of it."""
