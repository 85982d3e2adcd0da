"""A call of WeChat Pay, as the desk gets it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.payments import NOTICE
from sandbox.wechatpay.failures import Refused, parameter
from sandbox.wechatpay.gate import Wire

PREPAY, QUERY, CLOSE, CERTIFICATES = "jsapi", "query", "close", "certificates"
REFUND, REFUND_QUERY, BILL, DOWNLOAD = "refund", "refund-query", "bill", "download"
METHODS = frozenset(
    {PREPAY, QUERY, CLOSE, CERTIFICATES, REFUND, REFUND_QUERY, BILL, DOWNLOAD, NOTICE}
)


@dataclass(frozen=True, slots=True)
class Call:
    """
    A request, and what its path and query say.

    :ivar base: the address that API v3 is below, as the caller knows it
    :ivar scenarios: the names of those that apply
    """

    method: str
    wire: Wire
    path: Mapping[str, str]
    query: Mapping[str, str]
    base: str
    scenarios: tuple[str, ...] = ()

    def body(self) -> Mapping[str, Any]:
        """:raises Refused: when it is no JSON object"""
        try:
            node = json.loads(self.wire.body)
        except ValueError:
            node = None
        if not isinstance(node, dict):
            raise Refused(parameter("/", "请求体不是JSON"))
        return node
