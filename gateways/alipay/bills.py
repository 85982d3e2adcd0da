"""The bill of a day as Alipay made it: where it is, and the file."""

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from yarl import URL

from domain.bills import BillLine, BillNotReady, NoBill
from domain.failures import Upstream, UpstreamUnavailable
from gateways.alipay.bill_reader import read_bill
from gateways.alipay.client import AlipayClient
from gateways.alipay.trade_problems import reason_of
from gateways.alipay.verdicts import AlipayRefused, broken, turned_away
from gateways.bills import Arriving, RawBill, received
from gateways.upstream_http import Request, downloaded, status_trouble

logger = logging.getLogger("clearway.alipay")

ADDRESS_QUERY = "alipay.data.dataservice.bill.downloadurl.query"
ADDRESS = re.compile(r"https?://[\x21-\x7e]{1,2000}", re.IGNORECASE)
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class AlipayBills:
    """
    Alipay's own list of what it moved, day by day.

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
        return await received(day, partial(self._download, address))

    def read(self, bill: RawBill) -> Iterator[BillLine]:
        """
        Its lines; none of them counts before the last has come without an error. It blocks.

        :raises BadBill: the file cannot be trusted as a whole
        """
        return read_bill(bill)

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

    async def _download(self, address: URL, file: Arriving) -> None:
        request = Request(Upstream.ALIPAY, "GET", address)
        try:
            answer = await downloaded(
                self.client.session, request, file.keep, seconds=self.seconds, cap=self.most_bytes
            )
            if answer.status != 200:
                raise status_trouble(answer.status, answer.headers, Upstream.ALIPAY)
            if not file.begins_with(ZIP):
                raise broken("no ZIP")
        except UpstreamUnavailable as failure:
            logger.warning("bill not fetched: %s", failure.detail)
            raise


def _address_in(node: Mapping[str, Any]) -> URL:
    value = node.get("bill_download_url")
    if isinstance(value, str) and ADDRESS.fullmatch(value):
        with suppress(ValueError):
            address = URL(value, encoded=True)
            # The port is looked at only when somebody asks for it.
            if address.host and address.port:
                return address
    raise broken("no usable bill_download_url")
