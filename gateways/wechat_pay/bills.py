"""The bill of a day at WeChat Pay: asked for, and downloaded with the hash that it must have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from domain.bills import BillLine, BillNotReady, NoBill
from gateways.bills import Arriving, RawBill, received
from gateways.wechat_pay.bill_reader import read_bill
from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.packed import GZIP_MARK, PACKED_CAP
from gateways.wechat_pay.verdicts import WechatPayRefused, broken

BILL = "/v3/bill/tradebill"
SHA1 = re.compile(r"[0-9a-f]{40}")
DOWNLOAD_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class WechatPayBills:
    """WeChat Pay's own list of what it moved, day by day."""

    client: WechatPayClient

    async def fetch(self, day: date) -> RawBill:
        """
        Download the bill of a day in China.

        :raises BillNotReady: it is made on the next day, by ten in the morning
        :raises NoBill: nothing was moved that day
        :raises UpstreamUnavailable: it did not come
        """
        try:
            answer = await self.client.call("GET", BILL, _query(day))
            url, announced = _link(answer)
            return await received(day, partial(self._download, url), announced)
        except WechatPayRefused as refused:
            failure = _failure(refused)
        raise failure

    def read(self, bill: RawBill) -> Iterator[BillLine]:
        """
        Its lines; none of them counts before the last has come without an error. It blocks.

        :raises BadBill: the file cannot be trusted as a whole, or is not the one announced
        """
        return read_bill(bill)

    async def _download(self, url: str, file: Arriving) -> None:
        await self.client.download(url, file.keep, seconds=DOWNLOAD_SECONDS, cap=PACKED_CAP)
        if not file.begins_with(GZIP_MARK):
            raise broken("not gzipped")


def _query(day: date) -> dict[str, str]:
    return {"bill_date": day.isoformat(), "bill_type": "ALL", "tar_type": "GZIP"}


def _failure(refused: WechatPayRefused) -> Exception:
    if refused.says("NO_STATEMENT_EXIST"):
        return NoBill()
    if refused.says("STATEMENT_CREATING"):
        return BillNotReady()
    return refused.unexplained()


def _link(answer: Mapping[str, Any]) -> tuple[str, str]:
    """Where the file is, and the SHA-1 of what is packed in it."""
    url, told = answer.get("download_url"), answer.get("hash_value")
    if answer.get("hash_type") != "SHA1" or not isinstance(told, str):
        raise broken("no usable hash")
    if not SHA1.fullmatch(told.lower()):
        raise broken("no usable hash")
    if not isinstance(url, str):
        raise broken("no download_url")
    return url, told.lower()
