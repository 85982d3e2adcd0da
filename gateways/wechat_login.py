"""Who somebody is, by WeChat: the account behind a mini-program's login code."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from yarl import URL

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.platforms import AuthCodeProblem, AuthCodeRefused, Channel, PlatformAccount
from gateways.breaker import BreakerSettings
from gateways.platform_ids import account, check_auth_code
from gateways.strict_json import read_object
from gateways.upstream_door import Door
from gateways.upstream_http import Request, exchange, new_session

logger = logging.getLogger("clearway.wechat")

BODY_CAP = 64 * 1024
BUSY = -1
BUSY_SECONDS = 1.0
REFUSALS = {
    40029: AuthCodeProblem.INVALID,
    40163: AuthCodeProblem.INVALID,  # used before
    40226: AuthCodeProblem.BLOCKED,
    45011: AuthCodeProblem.TOO_OFTEN,
}


@dataclass(frozen=True, slots=True)
class WechatWire:
    """How to reach WeChat, as which mini-program, and how hard we may lean on it."""

    base_url: str
    app_id: str
    app_secret: str = field(repr=False)

    timeout_seconds: float = 5.0
    connect_seconds: float = 3.0
    places: int = 20
    place_wait_seconds: float = 0.5
    breaker: BreakerSettings = field(default_factory=BreakerSettings)


@dataclass(frozen=True, slots=True)
class WechatLogin:
    """WeChat's word on accounts."""

    wire: WechatWire
    session: aiohttp.ClientSession
    door: Door

    @classmethod
    @asynccontextmanager
    async def open(cls, wire: WechatWire) -> AsyncIterator["WechatLogin"]:
        """Be ready for as long as the block lasts."""
        door = Door.to(
            Upstream.WECHAT,
            places=wire.places,
            wait_seconds=wire.place_wait_seconds,
            breaker=wire.breaker,
        )
        session = new_session(
            connections=wire.places, connect_seconds=wire.connect_seconds, headers={}
        )
        async with session:
            yield cls(wire, session, door)

    async def account_of(self, auth_code: str) -> PlatformAccount:
        """
        Exchange a login code; it is used up, whatever happens.

        :raises AuthCodeRefused: the code is wrong, or the account is held back
        :raises UpstreamUnavailable: nobody knows
        """
        check_auth_code(auth_code)
        try:
            async with self.door.passage(self.wire.timeout_seconds) as passage:
                request = self._request(auth_code)
                body = await exchange(self.session, request, seconds=passage.seconds, cap=BODY_CAP)
                answer = _read(body)
                passage.trial.healthy = True
                return self._account(answer)
        except UpstreamUnavailable as failure:
            logger.warning("call failed: reason=%s detail=%s", failure.reason.value, failure.detail)
            raise

    def _request(self, auth_code: str) -> Request:
        """The secret stands in the URL: neither it nor aiohttp's errors go anywhere else."""
        url = URL(self.wire.base_url) / "sns" / "jscode2session"
        query = {
            "appid": self.wire.app_id,
            "secret": self.wire.app_secret,
            "js_code": auth_code,
            "grant_type": "authorization_code",
        }
        return Request(Upstream.WECHAT, "GET", url.with_query(query))

    def _account(self, answer: dict[str, Any]) -> PlatformAccount:
        _raise_for(answer.get("errcode", 0))
        # The session_key beside them ends here.
        ids = answer.get("openid"), answer.get("unionid")
        found = account(Channel.WECHAT, self.wire.app_id, *ids)
        if found is None:
            raise _broken("no usable openid")
        return found


def _read(body: bytes) -> dict[str, Any]:
    """WeChat says text/plain as often as not: what counts is what it is."""
    try:
        return read_object(body.decode("utf-8"))
    except ValueError:
        pass
    raise _broken("not JSON")


def _raise_for(errcode: Any) -> None:
    if isinstance(errcode, bool) or not isinstance(errcode, int):
        raise _broken("no number for errcode")
    if errcode == 0:
        return
    if errcode in REFUSALS:
        raise AuthCodeRefused(REFUSALS[errcode])
    if errcode == BUSY:
        raise UpstreamUnavailable(
            UpstreamReason.UNREACHABLE,
            upstream=Upstream.WECHAT,
            retry_after=BUSY_SECONDS,
            detail="errcode -1",
        )
    logger.error("refused: errcode=%d: check app id, app secret and allowed addresses", errcode)
    raise UpstreamUnavailable(
        UpstreamReason.NOT_AUTHORISED, upstream=Upstream.WECHAT, detail=f"errcode {errcode}"
    )


def _broken(detail: str) -> UpstreamUnavailable:
    return UpstreamUnavailable(
        UpstreamReason.BROKEN_ANSWER, upstream=Upstream.WECHAT, detail=detail
    )
