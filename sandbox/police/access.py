"""Who may call: the register's checks in its own order, then its limits."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sandbox.police.answers import Answer, refused
from sandbox.police.services import Call
from sandbox.police.settings import PoliceSandboxSettings, check_digit

SERIAL_UNKNOWN = refused("-1", "接口序列号不存在")
CHECK_DIGIT_WRONG = refused("-2", "接口序列号校验位错误")
INTERFACE_NOT_GRANTED = refused("-3", "接口序列号无权访问该接口")
SERIAL_EXPIRED = refused("-4", "接口序列号已过期")
ADDRESS_REFUSED = refused("-5", "客户端IP地址未授权")
TOO_FAST = refused("-6", "访问过于频繁，请稍后再试")
QUOTA_EXHAUSTED = refused("-7", "超出当日访问次数限制")
SYSTEM_MISMATCH = refused("-10", "系统类别与接口标识不符")
UNIT_INVALID = refused("-11", "单位机构代码格式错误，应为12位")

_CHINA_HOURS = timedelta(hours=8)


@dataclass(slots=True)
class Access:
    """Checks and counts calls. Refused calls do not use up any quota."""

    settings: PoliceSandboxSettings
    _second: Counter[str] = field(default_factory=Counter)
    _running_second: int = 0
    _day: Counter[tuple[str, str, int]] = field(default_factory=Counter)

    def refusal(self, call: Call, address: str) -> Answer | None:
        """What stands against the call, or None after it was counted."""
        return self._unauthorised(call, address) or self._over_limit(call) or _malformed(call)

    def _unauthorised(self, call: Call, address: str) -> Answer | None:
        if call.serial[:63] not in {serial[:63] for serial in self.settings.serials}:
            return SERIAL_UNKNOWN
        if call.serial[63:] != check_digit(call.serial):
            return CHECK_DIGIT_WRONG
        if call.interface not in self.settings.interfaces:
            return INTERFACE_NOT_GRANTED
        until = self.settings.serials_valid_until
        if until is not None and self._now().date() > until:
            return SERIAL_EXPIRED
        if self.settings.addresses is not None and address not in self.settings.addresses:
            return ADDRESS_REFUSED
        return None

    def _over_limit(self, call: Call) -> Answer | None:
        now = self._now()
        if int(now.timestamp()) != self._running_second:
            self._running_second = int(now.timestamp())
            self._second.clear()
        day = (call.serial, call.interface, now.date().toordinal())
        if self._second[call.serial] >= self.settings.requests_per_second:
            return TOO_FAST
        if self._day[day] >= self.settings.daily_quota:
            return QUOTA_EXHAUSTED
        self._second[call.serial] += 1
        self._day[day] += 1
        return None

    def _now(self) -> datetime:
        """The day of a quota begins at midnight in China."""
        return datetime.fromtimestamp(self.settings.clock(), UTC) + _CHINA_HOURS


def _malformed(call: Call) -> Answer | None:
    if call.system != call.interface[:2]:
        return SYSTEM_MISMATCH
    # Catches a client that sends unit name and unit code in the order of the other variant.
    if call.unit is not None and not (len(call.unit) == 12 and call.unit.isascii()):
        return UNIT_INVALID
    return None
