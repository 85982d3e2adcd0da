"""Codes that stand for somebody: good once, for one app, for a while."""

import secrets
from dataclasses import dataclass, field, replace

from sandbox.platforms.clock import Clock


class CodeInvalid(Exception):
    """The code was never given out, not to this app, or too long ago."""


class CodeUsed(Exception):
    """The code was good, but only once."""


@dataclass(frozen=True, slots=True)
class _Issued:
    app_id: str
    citizen: int
    until: float
    used: bool = False


@dataclass(slots=True)
class CodeBook:
    """Codes of one kind. What has expired is forgotten, so that a long run costs no memory."""

    life_seconds: float
    clock: Clock
    prefix: str = ""
    _issued: dict[str, _Issued] = field(default_factory=dict)

    def issue(self, app_id: str, citizen: int) -> str:
        self._forget_expired()
        code = self.prefix + secrets.token_hex(16)
        self._issued[code] = _Issued(app_id, citizen, self.clock() + self.life_seconds)
        return code

    def holder(self, code: str, app_id: str) -> int:
        """
        The citizen a code stands for, without using it up.

        :raises CodeInvalid: when it is none of this app's
        :raises CodeUsed: when it was redeemed before
        """
        self._forget_expired()
        issued = self._issued.get(code)
        if issued is None or issued.app_id != app_id:
            raise CodeInvalid
        if issued.used:
            raise CodeUsed
        return issued.citizen

    def redeem(self, code: str, app_id: str) -> int:
        """As `holder`, and the code is used up."""
        citizen = self.holder(code, app_id)
        self._issued[code] = replace(self._issued[code], used=True)
        return citizen

    def _forget_expired(self) -> None:
        now = self.clock()
        # All live equally long, so the oldest are the first to go.
        while self._issued and next(iter(self._issued.values())).until <= now:
            del self._issued[next(iter(self._issued))]
