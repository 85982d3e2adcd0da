"""What the sandbox decides where the real gateway does not say."""

import time
from dataclasses import dataclass

from sandbox.platforms.clock import Clock

# What the real gateway does: 8 deliveries in 25 hours. Here an hour takes a minute.
_REAL_DELAYS_SECONDS = (240, 600, 600, 3600, 7200, 21600, 54000)
_MINUTE_PER_HOUR = 1 / 60


@dataclass(frozen=True, slots=True)
class AlipaySandboxSettings:
    """How long things are good for. `clock` gives seconds since 1970."""

    auth_code_seconds: float = 300.0
    access_token_seconds: int = 1_296_000
    refresh_token_seconds: int = 2_592_000
    certify_seconds: float = 82_800.0
    refundable_seconds: float = 31_536_000.0
    fee_per_ten_thousand: int = 60
    bill_ready_seconds: float = 36_000.0  # after the end of the day
    bill_link_seconds: float = 30.0
    timestamp_tolerance_seconds: float | None = 900.0  # None: any timestamp will do
    notice_delays_seconds: tuple[float, ...] = tuple(
        delay * _MINUTE_PER_HOUR for delay in _REAL_DELAYS_SECONDS
    )
    clock: Clock = time.time
