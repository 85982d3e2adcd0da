"""`/sns/jscode2session`: the code of `wx.login` becomes an account and a session key."""

import hmac
import secrets
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.platforms.accounts import account_id
from sandbox.platforms.clock import Clock
from sandbox.platforms.codes import CodeBook, CodeInvalid, CodeUsed
from sandbox.wechat.answers import Answer, Refused
from sandbox.wechat.settings import WechatSandboxSettings

_MINUTE = 60
_ID_LENGTH = 28


@dataclass(slots=True)
class Logins:
    settings: WechatSandboxSettings
    clock: Clock
    codes: CodeBook
    blocked: set[int] = field(default_factory=set)
    _minute: int = 0
    _this_minute: Counter[int] = field(default_factory=Counter)

    @classmethod
    def open(cls, settings: WechatSandboxSettings, clock: Clock) -> "Logins":
        return cls(settings, clock, CodeBook(settings.code_seconds, clock))

    def session(self, query: Mapping[str, str]) -> Answer:
        """
        Who the code stands for.

        :raises Refused: by the first check that fails; only success uses up the code
        """
        self._check_app(query)
        if query.get("grant_type") != "authorization_code":
            raise Refused(40002, "invalid grant_type")
        code = query.get("js_code")
        if not code:
            raise Refused(41008, "missing code")
        citizen = self._redeemed(code)
        return {
            "session_key": b64encode(secrets.token_bytes(16)).decode(),
            "openid": open_id(self.settings.app_id, citizen),
            "unionid": union_id(citizen),
        }

    def _check_app(self, query: Mapping[str, str]) -> None:
        if not query.get("appid"):
            raise Refused(41002, "appid missing")
        if query["appid"] != self.settings.app_id:
            raise Refused(40013, "invalid appid")
        if not query.get("secret"):
            raise Refused(41004, "appsecret missing")
        if not hmac.compare_digest(query["secret"].encode(), self.settings.app_secret.encode()):
            raise Refused(40125, "invalid appsecret")

    def _redeemed(self, code: str) -> int:
        try:
            citizen = self.codes.holder(code, self.settings.app_id)
        except CodeInvalid:
            raise Refused(40029, "invalid code") from None
        except CodeUsed:
            raise Refused(40163, "code been used") from None
        if citizen in self.blocked:
            raise Refused(40226, "code blocked")
        self._count(citizen)
        return self.codes.redeem(code, self.settings.app_id)

    def _count(self, citizen: int) -> None:
        minute = int(self.clock() // _MINUTE)
        if minute != self._minute:
            self._minute = minute
            self._this_minute.clear()
        if self._this_minute[citizen] >= self.settings.logins_per_minute:
            raise Refused(45011, "api minute-quota reach limit mustslower retry next minute")
        self._this_minute[citizen] += 1


def open_id(app_id: str, citizen: int) -> str:
    """What an app knows a citizen by; every app knows him by another."""
    return f"o{account_id('wechat', app_id, citizen)}"[:_ID_LENGTH]


def union_id(citizen: int) -> str:
    """What all apps of one developer know a citizen by."""
    return f"o{account_id('wechat-union', citizen)}"[:_ID_LENGTH]
