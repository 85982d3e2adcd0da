"""What the sandbox decides where the real service is not public."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

# The last digit is the check digit: the sum of the others, modulo sixteen.
DEFAULT_SERIAL = "7f3a9c51e08b4d26a1c7f0925be4836d0f91ac627d35b84e1f60c2a98d7b35ec"
INTERFACES = frozenset({"01C21", "02C06", "04C01", "04C03", "04C04", "04C56", "04C57", "04C58"})


@dataclass(frozen=True, slots=True)
class PoliceSandboxSettings:
    """Who may ask, how often, and how slowly he is answered."""

    serial: str = DEFAULT_SERIAL
    other_serials: tuple[str, ...] = ()
    interfaces: frozenset[str] = INTERFACES
    serials_valid_until: date | None = None
    addresses: frozenset[str] | None = None  # None: from anywhere
    daily_quota: int = 5_000
    requests_per_second: int = 10
    latency_seconds: tuple[float, float] = (0.0, 0.0)
    latency_seed: int = 1
    body_bytes: int = 4 * 1024 * 1024
    today: date | None = None  # the register's day; None: that of the city
    is_live: bool = False  # the register's day follows the clock
    clock: Callable[[], float] = time.time

    @property
    def serials(self) -> tuple[str, ...]:
        return (self.serial, *self.other_serials)


def check_digit(serial: str) -> str:
    """The 64th digit that belongs to the first 63."""
    return f"{sum(int(digit, 16) for digit in serial[:63]) % 16:x}"
