"""WeChat Pay, API v3: one client for all calls, the trades of a mini-program, and notices."""

from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.notices import BadNotice, Notice
from gateways.wechat_pay.states import RefundState, RefundStatus, TradeState, TradeStatus
from gateways.wechat_pay.trades import WechatPayTrades
from gateways.wechat_pay.verdicts import WechatPayRefused
from gateways.wechat_pay.verifying import NotGenuine, UnknownSerial
from gateways.wechat_pay.wire import WechatPayWire

__all__ = [
    "BadNotice",
    "NotGenuine",
    "Notice",
    "RefundState",
    "RefundStatus",
    "TradeState",
    "TradeStatus",
    "UnknownSerial",
    "WechatPayClient",
    "WechatPayRefused",
    "WechatPayTrades",
    "WechatPayWire",
]
