"""The bill of a day as Alipay made it: where it is, and the file."""

import asyncio
import hashlib
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import IO, Any

import aiohttp
from yarl import URL

from domain.bills import BillNotReady, NoBill
from domain.failures import Upstream, UpstreamReason, UpstreamUnavailable
from gateways.alipay.client import AlipayClient
from gateways.alipay.trade_problems import reason_of
from gateways.alipay.verdicts import AlipayRefused, broken, turned_away
from gateways.upstream_http import CHUNK, Sending, status_trouble

logger = logging.getLogger("clearway.alipay")

ADDRESS_QUERY = "alipay.data.dataservice.bill.downloadurl.query"
ADDRESS = re.compile(r"https?://[\x21-\x7e]{1,2000}", re.IGNORECASE)
ZIP = b"PK\x03\x04"
KEPT_IN_MEMORY = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class RawBill:
    """
    A bill as it came. Whoever has it closes `file`, which is nowhere else.

    :ivar file: the ZIP; in memory if it is small
    :ivar sha256: of the ZIP, in hexadecimal
    """

    day: date
    file: IO[bytes] = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class AlipayBills:
    """
    Fetches bills, to be read by `read_bill`.

    :ivar most_bytes: of a file
    :ivar seconds: that it may take to come
    """

    client: AlipayClient
    most_bytes: int = 200 * 1024 * 1024
    seconds: float = 300.0

    async def fetch(self, day: date) -> RawBill:
        """
        Fetch the bill of a day in China; Alipay has it from about 10:00 of the next.

        :raises BillNotReady: ask later
        :raises NoBill: nothing was moved that day
        :raises UpstreamUnavailable: it did not come
        """
        address = await self._address(day)
        # Handed on while it is open: it has no name, so that closing it leaves nothing behind.
        file: IO[bytes] = SpooledTemporaryFile(KEPT_IN_MEMORY)  # noqa: SIM115
        try:
            sha256 = await self._download(address, file)
            file.seek(0)
            if file.read(len(ZIP)) != ZIP:
                raise broken("no ZIP")
        except BaseException:
            file.close()
            raise
        return RawBill(day, file, sha256)

    async def _address(self, day: date) -> URL:
        content = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            node = await self.client.call(ADDRESS_QUERY, biz_content=content)
        except AlipayRefused as refused:
            if reason_of(refused) == "NO_BILL_DATA":
                raise NoBill from None
            if reason_of(refused) == "BILL_NOT_EXIST":
                raise BillNotReady from None
            raise turned_away(ADDRESS_QUERY, refused) from None
        return _address_in(node)

    async def _download(self, address: URL, file: IO[bytes]) -> str:
        """
        Fill the file; its SHA-256.

        The errors never carry aiohttp's own: its texts hold the address, and that opens the bill.
        """
        try:
            async with (
                asyncio.timeout(self.seconds),
                self.client.session.get(
                    address, allow_redirects=False, trace_request_ctx=Sending()
                ) as response,
            ):
                if response.status == 200:
                    return await self._kept(response.content, file)
                failure = status_trouble(response.status, response.headers, Upstream.ALIPAY)
        except TimeoutError:
            failure = _trouble(UpstreamReason.TIMED_OUT, "no bill in time")
        except aiohttp.ClientPayloadError:
            failure = _trouble(UpstreamReason.BROKEN_ANSWER, "the bill was cut off")
        except (aiohttp.ClientError, OSError):
            failure = _trouble(UpstreamReason.UNREACHABLE, "no connection for the bill")
        logger.warning("bill not fetched: %s", failure.detail)
        raise failure

    async def _kept(self, content: aiohttp.StreamReader, file: IO[bytes]) -> str:
        digest, size = hashlib.sha256(), 0
        while chunk := await content.read(CHUNK):
            size += len(chunk)
            if size > self.most_bytes:
                raise broken("bill too large")
            digest.update(chunk)
            file.write(chunk)
        return digest.hexdigest()


def _address_in(node: Mapping[str, Any]) -> URL:
    value = node.get("bill_download_url")
    if isinstance(value, str) and ADDRESS.fullmatch(value):
        with suppress(ValueError):
            address = URL(value, encoded=True)
            # The port is looked at only when somebody asks for it.
            if address.host and address.port:
                return address
    raise broken("no usable bill_download_url")


def _trouble(reason: UpstreamReason, detail: str) -> UpstreamUnavailable:
    return UpstreamUnavailable(reason, upstream=Upstream.ALIPAY, detail=detail)
