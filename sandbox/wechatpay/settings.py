"""The merchant the sandbox knows, and what it decides where the real platform does not say."""

import time
from dataclasses import dataclass
from enum import StrEnum

from sandbox.platforms.clock import Clock
from sandbox.wechat import WECHAT_APP_ID

_MINUTE = 60.0
_HOUR = 3_600.0
_DAY = 24 * _HOUR
# Between the deliveries of a notice that nobody acknowledges: for a day and a little longer.
NOTICE_DELAYS = (
    *(15.0, 15.0, 30.0, 3 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE),
    *(30 * _MINUTE, 30 * _MINUTE, 30 * _MINUTE, _HOUR),
    *(3 * _HOUR, 3 * _HOUR, 3 * _HOUR, 6 * _HOUR, 6 * _HOUR),
)


class KeyMode(StrEnum):
    """
    What WeChat Pay signs with.

    In a migration answers are signed as the request wishes, and notices with either.
    """

    PUBLIC_KEY = "public-key"
    CERTIFICATE = "certificate"
    MIGRATION = "migration"


@dataclass(frozen=True, slots=True)
class WechatPaySandboxSettings:
    """How long things are good for. `clock` gives seconds since 1970."""

    app_id: str = WECHAT_APP_ID
    key_mode: KeyMode = KeyMode.PUBLIC_KEY
    prepay_seconds: float = 7_200.0
    least_expiry_seconds: float = 60.0  # An earlier end becomes this.
    unpaid_seconds: float = 604_800.0  # After that it is closed by itself.
    refund_seconds: float = 3.0  # From accepted to its end.
    refund_gap_seconds: float = 60.0  # Between two refunds of a trade.
    most_refunds: int = 50  # Of a trade.
    refundable_seconds: float = 365 * _DAY
    bill_ready_seconds: float = 10 * _HOUR  # After the end of the day.
    bill_link_seconds: float = 5 * _MINUTE
    fee_per_ten_thousand: int = 60
    timestamp_tolerance_seconds: float | None = 300.0  # None: any timestamp will do
    notice_delays_seconds: tuple[float, ...] = NOTICE_DELAYS
    clock: Clock = time.time
