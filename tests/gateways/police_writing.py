"""A client that reads and writes, what it writes, and a register's answers to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from domain.money import Money
from domain.police_writes import AcceptanceOrder, PaymentReport
from gateways.police_records import PoliceRecords
from gateways.police_writes import PoliceWrites
from tests.gateways.register import Quota, Register, enveloped, police

# Of the magic citizen's healthy plate.
OPEN = "5001037990000000"
OPEN_DECISION = "500103190000000"
UNPAID_RECORD = "5001037990000001"
UNPAID = "500103190000001"
PAID = "500103190000002"
DRIVER = "500000198808089998"
ORDER = AcceptanceOrder(OPEN, DRIVER, "500199999999", "魔术师")
REPORT = PaymentReport(UNPAID, "7", Money(10_000), Money(450), date(2026, 10, 30), "R0001")


@dataclass(frozen=True, slots=True)
class Client:
    """Both sides of the gateway, and the quota they share."""

    records: PoliceRecords
    writes: PoliceWrites
    quota: Quota

    @property
    def writing_calls(self) -> int:
        """How many writes went out on the wire."""
        calls = self.records.stats.calls
        return calls["accept"] + calls["report_payment"]


@asynccontextmanager
async def connected(
    register: Register, quota: Quota | None = None, **settings: Any
) -> AsyncIterator[Client]:
    quota = quota or Quota()
    async with (
        police(register, quota, **settings) as records,
        PoliceWrites.open(records.calls) as writes,
    ):
        yield Client(records, writes, quota)


def head(code: str = "1", message: str = "成功", **more: str) -> bytes:
    """The answer to a write."""
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in more.items())
    text = f"<root><head><code>{code}</code><message>{message}</message>{fields}</head></root>"
    return enveloped(quote(f'<?xml version="1.0" encoding="GBK"?>{text}', safe=""))
