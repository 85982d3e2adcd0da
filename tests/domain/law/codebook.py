"""A small code table; every row says only what a test is about."""

from datetime import date
from typing import Any

from domain.codes import CodeTable, ViolationCode
from domain.money import Money

BEFORE_2022 = {"valid_from": date(2013, 1, 1), "valid_until": date(2022, 3, 31)}
SINCE_2022 = {"valid_from": date(2022, 4, 1), "valid_until": None}


def row(code: str, fine_fen: int | None, points: int | None, **changed: Any) -> ViolationCode:
    values: dict[str, Any] = {
        "code": code,
        "description": "行为",
        "fine": None if fine_fen is None else Money(fine_fen),
        "points": points,
        "province": None,
        "basis": None,
        "quality": "observed",
        "conflict": None,
    }
    return ViolationCode(**values | SINCE_2022 | changed)


def table(*rows: ViolationCode) -> CodeTable:
    by_code: dict[str, tuple[ViolationCode, ...]] = {}
    for one in rows:
        by_code[one.code] = (*by_code.get(one.code, ()), one)
    return CodeTable("重庆", by_code)
