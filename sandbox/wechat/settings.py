"""The app the sandbox knows, and what it decides where the real platform does not say."""

import time
from dataclasses import dataclass, field

from sandbox.platforms.clock import Clock

WECHAT_APP_ID = "wx0000000000000001"
# Shaped like a real one, 32 characters, and good for nothing but this sandbox.
WECHAT_APP_SECRET = "sandbox0sandbox0sandbox0sandbox0"  # noqa: S105


@dataclass(frozen=True, slots=True)
class WechatSandboxSettings:
    """Who may ask, and how often for one person. `clock` gives seconds since 1970."""

    app_id: str = WECHAT_APP_ID
    app_secret: str = field(default=WECHAT_APP_SECRET, repr=False)
    code_seconds: float = 300.0
    logins_per_minute: int = 100  # of one person
    clock: Clock = time.time
