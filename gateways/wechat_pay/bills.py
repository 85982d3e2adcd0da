"""The bill of a day at WeChat Pay: asked for, downloaded, and compared with its hash."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha1, sha256
from typing import Any

from domain.bills import BillNotReady, NoBill
from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.packed import PACKED_CAP, unpacked
from gateways.wechat_pay.verdicts import WechatPayRefused, broken

BILL = "/v3/bill/tradebill"
SHA1 = re.compile(r"[0-9a-f]{40}")
DOWNLOAD_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class RawBill:
    """
    A bill as it came.

    :ivar packed: the file, gzipped
    :ivar sha256: of the file itself, in hexadecimal: the same file has the same, however packed
    """

    day: date
    packed: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class WechatPayBills:
    """WeChat Pay's own list of what it moved, day by day; `read_bill` reads it."""

    client: WechatPayClient

    async def fetch(self, day: date) -> RawBill:
        """
        Download the bill of a day in China.

        :raises BillNotReady: it is made on the next day, by ten in the morning
        :raises NoBill: nothing was moved that day
        :raises UpstreamUnavailable: not now, or what came is not what was announced
        """
        try:
            answer = await self.client.call("GET", BILL, _query(day))
            url, announced = _link(answer)
            packed = await self.client.download(url, seconds=DOWNLOAD_SECONDS, cap=PACKED_CAP)
        except WechatPayRefused as refused:
            failure = _failure(refused)
        else:
            # It takes a second for a hundred megabytes.
            return await asyncio.to_thread(_compared, day, packed, announced)
        raise failure


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


def _compared(day: date, packed: bytes, announced: str) -> RawBill:
    theirs, ours = sha1(usedforsecurity=False), sha256()
    try:
        for piece in unpacked(packed):
            theirs.update(piece)
            ours.update(piece)
        detail = "" if theirs.hexdigest() == announced else "another hash"
    except ValueError as error:
        detail = str(error)
    if detail:
        raise broken(detail)
    return RawBill(day, packed, ours.hexdigest())
