"""WeChat Pay, API v3: one client for all calls, and the trades of a mini-program."""

from gateways.wechat_pay.client import WechatPayClient
from gateways.wechat_pay.trades import WechatPayTrades
from gateways.wechat_pay.verdicts import WechatPayRefused
from gateways.wechat_pay.verifying import UnknownSerial
from gateways.wechat_pay.wire import WechatPayWire

__all__ = [
    "UnknownSerial",
    "WechatPayClient",
    "WechatPayRefused",
    "WechatPayTrades",
    "WechatPayWire",
]
