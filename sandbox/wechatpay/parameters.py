"""What is read out of a body, each by a JSON pointer; the first that is wrong is refused."""

import re
from collections.abc import Mapping
from typing import Any

from sandbox.wechatpay.failures import Refused, parameter

_LONGEST = 255
_MOST_FEN = 10**9


def found(node: Mapping[str, Any], pointer: str) -> Any:
    value: Any = node
    for name in pointer.split("/")[1:]:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def text(node: Mapping[str, Any], pointer: str, length: int) -> str:
    """:raises Refused: when it is none, empty or too long"""
    value = found(node, pointer)
    if not isinstance(value, str) or not 1 <= len(value) <= length:
        raise Refused(parameter(pointer, "缺少参数或长度错误", value))
    return value


def fitting(node: Mapping[str, Any], pointer: str, shape: re.Pattern[str]) -> str:
    """:raises Refused: when it is of another shape"""
    value = text(node, pointer, _LONGEST)
    if not shape.fullmatch(value):
        raise Refused(parameter(pointer, "格式错误", value))
    return value


def fen(node: Mapping[str, Any], pointer: str) -> int:
    """:raises Refused: when it is no amount"""
    value = found(node, pointer)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_FEN:
        raise Refused(parameter(pointer, "金额错误", value))
    return value


def check_currency(currency: object) -> None:
    """:raises Refused: when it is not renminbi"""
    if currency != "CNY":
        raise Refused(parameter("/amount/currency", "不支持的币种", currency))
