"""What the tests write to the register, and how they look at what came of it."""

from typing import Any

from sandbox.city import MAGIC_PLATES
from tests.sandbox.wire import Answered, Wire

HEALTHY = {"hpzl": "02", "hphm": MAGIC_PLATES["healthy"]}
OPEN = "5001037990000000"
OPEN_DECISION = "500103190000000"
UNPAID_RECORD = "5001037990000001"
UNPAID = "500103190000001"
PAID = "500103190000002"
CHECK = "7"  # of UNPAID
DRIVER = "500000198808089998"
BUYER = "500000199202299995"
ACCEPTANCE = {
    "xh": OPEN,
    "jszh": DRIVER,
    "dabh": "500199999999",
    "dsr": "魔术师",
    "lxdh": "12000000000",
    "zdbs": "192.0.2.7",
}
PAYMENT = {
    "wsjyw": "",
    "jkbj": "1",
    "jkfs": "2",
    "jkrq": "2026-10-30",
    "fkje": "100",
    "znj": "12.5",
    "jkje": "112.5",
    "yhlsh": "R0001",
    "fksjbh": "",
}
UNPAID_PAYMENT = PAYMENT | {"jdsbh": UNPAID, "wsjyw": CHECK}
ANNULMENT = {"jdsbh": UNPAID, "cxyy": "当事人有误", "jbr": "甲", "spr": "乙"}
ACCEPTED = ("04C56", OPEN)
REPORTED = ("04C57", UNPAID, "R0001")
ANNULLED = ("04C58", UNPAID)
DONE = Answered("1", "数据写入成功！", None, None)


def refused(message: str) -> Answered:
    return Answered("0", message, None, None)


async def camera_row(wire: Wire, serial: str) -> dict[str, str]:
    (row,) = (await wire.ask("04C03", xh=serial)).rows or []
    return row


async def decision_row(wire: Wire, number: str) -> dict[str, str]:
    (row,) = (await wire.ask("04C01", jdsbh=number)).rows or []
    return row


async def everything(wire: Wire) -> list[Any]:
    """What the register shows of the healthy plate and of its driver."""
    return [
        (await wire.ask("04C03", **HEALTHY)).rows,
        (await wire.ask("04C01", jszh=DRIVER)).rows,
    ]
