"""`alipay.system.oauth.token`: an authorisation code becomes an account."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.alipay.answers import Node
from sandbox.alipay.calls import Call
from sandbox.alipay.failures import Failure, Refused
from sandbox.alipay.settings import AlipaySandboxSettings
from sandbox.city.seeds import CHINA
from sandbox.platforms.accounts import account_id
from sandbox.platforms.clock import Clock
from sandbox.platforms.codes import CodeBook, CodeInvalid, CodeUsed

CODE_INVALID = Failure("40002", "isv.code-invalid", "授权码code无效")
REFRESH_TOKEN_INVALID = Failure("40002", "isv.refresh-token-invalid", "刷新令牌refresh_token无效")
GRANT_TYPE_INVALID = Failure("40002", "isv.grant-type-invalid", "授权类型grant_type无效")
_TOKEN_PREFIX = "authusrB"  # noqa: S105 - what every token of the real gateway begins with


@dataclass(frozen=True, slots=True)
class Logins:
    """`accounts` are the open_ids of all who have signed in."""

    codes: CodeBook
    refresh_tokens: CodeBook
    settings: AlipaySandboxSettings
    clock: Clock
    accounts: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, settings: AlipaySandboxSettings, clock: Clock) -> "Logins":
        return cls(
            CodeBook(settings.auth_code_seconds, clock),
            CodeBook(settings.refresh_token_seconds, clock, _TOKEN_PREFIX),
            settings,
            clock,
        )

    def token(self, call: Call) -> Node:
        """Unlike every other method, it succeeds without code and msg, and has no biz_content."""
        grant = call.required("grant_type")
        if grant == "authorization_code":
            citizen = _redeemed(self.codes, call, "code", CODE_INVALID)
        elif grant == "refresh_token":
            citizen = _redeemed(self.refresh_tokens, call, "refresh_token", REFRESH_TOKEN_INVALID)
        else:
            raise Refused(GRANT_TYPE_INVALID)
        account = open_id(call.app_id, citizen)
        self.accounts.add(account)
        return {
            "access_token": _TOKEN_PREFIX + secrets.token_hex(16),
            "auth_start": f"{datetime.fromtimestamp(self.clock(), CHINA):%Y-%m-%d %H:%M:%S}",
            "expires_in": self.settings.access_token_seconds,
            "open_id": account,
            "re_expires_in": self.settings.refresh_token_seconds,
            "refresh_token": self.refresh_tokens.issue(call.app_id, citizen),
        }


def open_id(app_id: str, citizen: int) -> str:
    """What an app knows a citizen by; every app knows him by another."""
    return account_id("alipay", app_id, citizen)


def _redeemed(book: CodeBook, call: Call, name: str, otherwise: Failure) -> int:
    try:
        return book.redeem(call.required(name), call.app_id)
    except (CodeInvalid, CodeUsed) as error:
        # The real gateway does not tell why a code is no good.
        raise Refused(otherwise) from error
