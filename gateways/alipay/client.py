"""One call of Alipay's gateway, for any method: signed there, verified back, never repeated."""

import json
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from yarl import URL

from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from domain.times import CHINA, Clock, utc_now
from gateways.alipay.envelope import BadEnvelope, Envelope, open_envelope
from gateways.alipay.signing import signature_of
from gateways.alipay.verdicts import result_of
from gateways.alipay.wire import AlipayWire
from gateways.outcomes import NotDone
from gateways.upstream_door import Door
from gateways.upstream_http import Request, exchange, new_session

logger = logging.getLogger("clearway.alipay")

HEADERS = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}


@dataclass(frozen=True, slots=True)
class AlipayClient:
    """Asks Alipay. What goes wrong says whether anything was done: see `call`."""

    wire: AlipayWire
    session: aiohttp.ClientSession
    door: Door
    clock: Clock

    @classmethod
    @asynccontextmanager
    async def open(cls, wire: AlipayWire, clock: Clock = utc_now) -> AsyncIterator["AlipayClient"]:
        """Be ready for as long as the block lasts."""
        door = Door.to(
            Upstream.ALIPAY,
            places=wire.places,
            wait_seconds=wire.place_wait_seconds,
            breaker=wire.breaker,
        )
        session = new_session(
            connections=wire.places, connect_seconds=wire.connect_seconds, headers=HEADERS
        )
        async with session:
            yield cls(wire, session, door, clock)

    async def call(
        self,
        method: str,
        *,
        biz_content: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        notify_url: str | None = None,
    ) -> dict[str, Any]:
        """
        Call a method once; its node, verified and successful.

        `params` are for the few methods whose parameters do not stand in `biz_content`.

        :raises AlipayRefused: definitely refused, nothing was done
        :raises NotDone: it was not even looked at; the same may be sent again
        :raises UpstreamUnavailable: *unknown* whether it was done: ask before anything else
        """
        try:
            async with self.door.passage(self.wire.timeout_seconds) as passage:
                request = self._request(method, biz_content, params or {}, notify_url)
                envelope = await self._answer(request, method, passage.seconds)
                passage.trial.healthy = True
                return result_of(envelope, method)
        except UpstreamUnavailable as failure:
            logger.warning(
                "call failed: method=%s outcome=%s reason=%s detail=%s",
                method,
                "not done" if isinstance(failure, NotDone) else "unknown",
                failure.reason.value,
                failure.detail,
            )
            raise

    def signed_url(
        self, method: str, biz_content: Mapping[str, Any], return_url: str | None = None
    ) -> str:
        """The address of a page at Alipay that somebody is to open."""
        params = self._common(method) | _given(
            {"biz_content": _json(biz_content), "return_url": return_url}
        )
        return self._url(params | {"sign": signature_of(params, self.wire.private_key)})

    async def _answer(self, request: Request, method: str, seconds: float) -> Envelope:
        body = await exchange(self.session, request, seconds=seconds, cap=self.wire.body_cap)
        try:
            return open_envelope(body, method, self.wire.platform_key)
        except BadEnvelope as bad:
            detail = str(bad)
        raise UpstreamUnavailable(
            UpstreamReason.BROKEN_ANSWER, upstream=Upstream.ALIPAY, detail=detail
        )

    def _request(
        self,
        method: str,
        biz_content: Mapping[str, Any] | None,
        params: Mapping[str, str],
        notify_url: str | None,
    ) -> Request:
        """What identifies the call goes into the URL; codes and personal data into the body."""
        common = self._common(method) | _given({"notify_url": notify_url})
        own = _given({**params, "biz_content": _json(biz_content) if biz_content else None})
        sign = signature_of(common | own, self.wire.private_key)
        return Request(
            upstream=Upstream.ALIPAY,
            method="POST",
            url=URL(self._url(common | {"sign": sign}), encoded=True),
            data=_encoded(own).encode("ascii"),
        )

    def _common(self, method: str) -> dict[str, str]:
        return {
            "app_id": self.wire.app_id,
            "method": method,
            "format": "json",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": self.clock().astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
        }

    def _url(self, params: Mapping[str, str]) -> str:
        return f"{self.wire.gateway_url}?{_encoded(params)}"


def _given(params: Mapping[str, str | None]) -> dict[str, str]:
    """Only what has a value: Alipay does not count empty ones when it verifies."""
    return {name: value for name, value in params.items() if value}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _encoded(params: Mapping[str, str]) -> str:
    return urlencode(params, quote_via=quote)
