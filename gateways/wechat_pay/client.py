"""One call of WeChat Pay: signed there, verified back, never repeated."""

import logging
import secrets
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp

from domain.failures import Upstream, UpstreamUnavailable
from domain.payments import NotGenuine
from domain.times import Clock, utc_now
from gateways.outcomes import NotDone
from gateways.strict_json import read_object
from gateways.upstream_door import Door
from gateways.upstream_http import Answer, Request, answered, downloaded, new_session
from gateways.wechat_pay.keys import PUBLIC_KEY_ID, KeyRing, PlatformKey, by_serial
from gateways.wechat_pay.refreshing import Refreshing
from gateways.wechat_pay.requests import download_request, signed_request
from gateways.wechat_pay.resources import open_certificates
from gateways.wechat_pay.verdicts import WechatPayRefused, broken, failure_of, result_of
from gateways.wechat_pay.verifying import UnknownSerial, verify
from gateways.wechat_pay.wire import WechatPayWire

logger = logging.getLogger("clearway.wechat_pay")

HEADERS = {
    "Accept": "application/json",
    "Content-Type": "application/json",
    "User-Agent": "clearway",
}
CERTIFICATES = "/v3/certificates"
T = TypeVar("T")


def new_nonce() -> str:
    """32 characters that nobody has used before."""
    return secrets.token_hex(16).upper()


@dataclass(frozen=True, slots=True)
class WechatPayClient:
    """Asks WeChat Pay. What goes wrong says whether anything was done: see `call`."""

    wire: WechatPayWire
    session: aiohttp.ClientSession
    door: Door
    keys: KeyRing
    refreshing: Refreshing
    clock: Clock
    nonce: Callable[[], str]

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        wire: WechatPayWire,
        clock: Clock = utc_now,
        nonce: Callable[[], str] = new_nonce,
    ) -> AsyncIterator["WechatPayClient"]:
        """Be ready for as long as the block lasts."""
        door = Door.to(
            Upstream.WECHAT,
            places=wire.places,
            wait_seconds=wire.place_wait_seconds,
            breaker=wire.breaker,
        )
        keys = KeyRing(by_serial(wire.platform_keys))
        session = new_session(
            connections=wire.places, connect_seconds=wire.connect_seconds, headers=HEADERS
        )
        async with session, Refreshing.open(clock, wire.timeout_seconds) as refreshing:
            yield cls(wire, session, door, keys, refreshing, clock, nonce)

    async def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """
        Call once; the verified answer of a call that was done, empty if it says nothing.

        `path` is not encoded yet; it follows the path of the base URL, if that has one.

        :raises WechatPayRefused: definitely refused, nothing was done
        :raises NotDone: it was not even looked at; the same may be sent again
        :raises UpstreamUnavailable: *unknown* whether it was done: ask before anything else
        """
        with _logged(method, path):
            return await self._asked(
                self._request(method, path, query or {}, body),
                lambda answer: result_of(answer, self.keys, self.clock()),
            )

    async def download(
        self, url: str, keep: Callable[[bytes], None], *, seconds: float, cap: int
    ) -> None:
        """
        Fetch a file that an answer told of, piece by piece. Nobody signs it: its hash was told.

        :raises WechatPayRefused: definitely refused
        :raises UpstreamUnavailable: not now, or `url` is not below the configured address
        """
        with _logged("GET", "file"):
            now = int(self.clock().timestamp())
            try:
                request = download_request(self.wire, url, now, self.nonce())
            except ValueError:
                raise broken("a file elsewhere") from None
            async with self.door.passage(seconds) as passage:
                answer = await downloaded(
                    self.session, request, keep, seconds=passage.seconds, cap=cap
                )
                passage.trial.healthy = True
            if answer.status != 200:
                raise failure_of(answer)

    async def refresh_certificates(self) -> None:
        """
        Download the platform certificates; until that works, the last good ones stay.

        Several are in use at once while they change. A merchant with the public key has none.

        :raises WechatPayRefused: there are none for this merchant
        :raises UpstreamUnavailable: not now
        """
        with _logged("GET", CERTIFICATES):
            self.keys.downloaded = await self._asked(
                self._request("GET", CERTIFICATES, {}, None), self._certificates
            )

    async def refresh_if_unknown(self, serial: str) -> None:
        """
        Download the certificates if a message was signed with one that we do not have.

        However many ask, one download is under way, and one begins in 30 seconds: anybody can
        send serials. Whether it helped, only verifying again shows.
        """
        if self.keys.find(serial) is None and not serial.startswith(PUBLIC_KEY_ID):
            await self.refreshing.refresh(self.refresh_certificates)

    async def _asked(self, request: Request, read: Callable[[Answer], T]) -> T:
        async with self.door.passage(self.wire.timeout_seconds) as passage:
            answer = await answered(
                self.session, request, seconds=passage.seconds, cap=self.wire.body_cap
            )
            passage.trial.healthy = True
            try:
                return read(answer)
            except UnknownSerial as unknown:
                serial = unknown.serial
        # Outside the door, for this is a call of its own.
        await self.refresh_if_unknown(serial)
        try:
            return read(answer)
        except UnknownSerial as unknown:
            detail = str(unknown)
        raise broken(detail)

    def _certificates(self, answer: Answer) -> dict[str, PlatformKey]:
        """
        Read certificates. The first ones can only be vouched for by themselves.

        Nobody but WeChat Pay has the APIv3 key with which they are encrypted.
        """
        if answer.status != 200:
            raise failure_of(answer)
        try:
            told = read_object(answer.body.decode("utf-8"))
            opened = open_certificates(told, self.wire.apiv3_key)
            verify(answer.headers, answer.body, KeyRing(self.keys.configured, opened), self.clock())
        except (NotGenuine, ValueError) as doubt:
            detail = str(doubt) if isinstance(doubt, NotGenuine) else "no usable certificates"
        else:
            return opened
        raise broken(detail)

    def _request(
        self, method: str, path: str, query: Mapping[str, str], body: Mapping[str, Any] | None
    ) -> Request:
        now = int(self.clock().timestamp())
        return signed_request(self.wire, method, path, query, body, now, self.nonce())


@contextmanager
def _logged(method: str, path: str) -> Iterator[None]:
    try:
        yield
    except WechatPayRefused as refused:
        logger.info("call refused: method=%s path=%s answer=%s", method, _place(path), refused)
        raise
    except UpstreamUnavailable as failure:
        logger.warning(
            "call failed: method=%s path=%s outcome=%s reason=%s detail=%s",
            method,
            _place(path),
            "not done" if isinstance(failure, NotDone) else "unknown",
            failure.reason.value,
            failure.detail,
        )
        raise


def _place(path: str) -> str:
    """Cut a path for the log, before our numbers begin."""
    return "/".join(path.split("/")[:5])
